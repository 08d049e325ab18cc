import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../playground/code/generate.ts';
import { type LanguageId, languageOf } from '../../playground/code/languages.ts';
import type { Situation } from '../../playground/code/situation.ts';
import { nextAttempt } from '../../playground/connections/reconnect-policy.ts';
import { python, redisServer, requireProgram } from '../../scripts/programs.ts';
import { closeCodes } from '../../service/contract/close-codes.ts';
import { connectionErrors } from '../../service/contract/error-codes.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { connect } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { hostileText, oneUser } from '../support/situations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'code-'));

let service: TestService;
beforeAll(async () => {
  copyFileSync(`${root}service/contract/notifications.ts`, join(folder, 'notifications.ts'));
  service = await startService();
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true });
});

/** A program that was made and runs. */
interface Running {
  /** What it has printed, the errors too. */
  readonly output: () => string;
  readonly exit: Promise<unknown>;
  stop(): Promise<unknown>;
}

const running: Running[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
});

/** What runs each file. The tools that npm brings and those beside redis-server are on the PATH. */
const commands: Partial<Record<LanguageId, () => string[]>> = {
  node: () => [process.execPath],
  typescript: () => [process.execPath, '--no-warnings'],
  python: () => [requireProgram(python)],
  wscat: () => ['sh'],
  publish: () => ['sh'],
};

let made = 0;
function start(id: LanguageId, situation: Situation, environment: Record<string, string> = {}): Running {
  const language = languageOf(id);
  const file = join(folder, `${++made}-${language.fileName}`);
  writeFileSync(file, generate(language, situation));
  const [command = '', ...args] = commands[id]?.() ?? [];
  const PATH = [join(root, 'node_modules/.bin'), dirname(requireProgram(redisServer)), process.env.PATH].join(':');
  // A group of its own: a shell that is ended leaves what it has started behind. Its input stays open, as a terminal's does.
  const child = spawn(command, [...args, file], { cwd: root, env: { PATH, ...environment }, detached: true });
  const end = () => child.pid && child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
  process.once('exit', end);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = once(child, 'close').finally(() => process.off('exit', end));
  const program = {
    output: () => output,
    exit,
    stop() {
      end();
      return exit;
    },
  };
  running.push(program);
  return program;
}

const prints = (program: Running, text: string) =>
  eventually(() => program.output().includes(text), `it prints ${text}`).catch((error) => {
    throw new Error(`${error.message}\nIt printed: ${program.output()}`);
  });

const at = (to: TestService, more: Partial<Situation> = {}): Situation => ({ ...oneUser, service: to.url, ...more });
const example = notificationExamples.batch_results_ready;
const results = JSON.stringify({ event: 'batch_results_ready', data: example });
const user = 'teacher-1';

describe.each(['node', 'typescript', 'python'] as const)('the program for %s', (id) => {
  it('prints the notifications of interest, and passes over all else that arrives', async () => {
    const program = start(id, at(service));
    await prints(program, `${user} open`);
    for (const text of ['no JSON', 'null', '[]', '{"event":"batch_results_ready"}', '{"event":"announced","data":{}}'])
      await service.publish(user, text);
    await service.publish(user, results);
    await prints(program, `${user} batch_results_ready ${example.message}`);
    expect(program.output().match(/batch_results_ready \S/g)).toHaveLength(1);
    expect(program.output()).not.toContain('announced');
  });

  it('prints all of them for each of several users, and of none else', async () => {
    const users = [
      { userId: 'teacher-1', connections: 2 },
      { userId: 'teacher-2', connections: 1 },
    ];
    const program = start(id, at(service, { users, events: 'all', reconnects: false }));
    const opened = () => program.output().match(/ open/g)?.length === 3;
    await eventually(opened, 'all three are open');
    await service.publish('teacher-3', results);
    await service.publish('teacher-1', results);
    await service.publish('teacher-2', results);
    await eventually(() => (program.output().match(/batch_results_ready/g)?.length ?? 0) >= 3, 'all have it');
    expect(
      program
        .output()
        .match(/teacher-\d(?= batch_results_ready)/g)
        ?.sort(),
    ).toEqual(['teacher-1', 'teacher-1', 'teacher-2']);
  });

  it('is right where the user and the type are hostile strings', async () => {
    const users = [{ userId: hostileText, connections: 1 }];
    const program = start(id, at(service, { users, events: [hostileText] }));
    await prints(program, `${hostileText} open`);
    await service.publish(hostileText, JSON.stringify({ event: hostileText, data: { message: 'arrived' } }));
    await prints(program, `${hostileText} ${hostileText} arrived`);
  });

  it('stops when its token is refused and the next one is no better', async () => {
    const program = start(id, at(service, { token: { kind: 'minted', lifetimeSeconds: 60, defect: 'expired' } }));
    await program.exit;
    // Two tokens that are minted in one second may be the same: it is not offered twice.
    expect([1, 2]).toContain(program.output().match(/TOKEN_EXPIRED/g)?.length);
  });

  it('says the cause of a refusal where it does not come back', async () => {
    const token = { kind: 'minted', lifetimeSeconds: 60, defect: 'wrong_issuer' } as const;
    const program = start(id, at(service, { token, reconnects: false }));
    await program.exit;
    expect(program.output()).toContain(`${user} refused: TOKEN_ISSUER_INVALID`);
  });

  // The TypeScript is for a page, which has no environment.
  if (id === 'typescript') return;
  it('takes a token from the environment, and never offers a refused one again', async () => {
    const pasted = at(service, { token: { kind: 'pasted' } });
    const good = start(id, pasted, { ACCESS_TOKEN: (await service.mint({ user_id: user })).token });
    await prints(good, `${user} open`);
    const { token } = await service.mint({ user_id: user, defect: 'expired' });
    const bad = start(id, pasted, { ACCESS_TOKEN: token });
    await bad.exit;
    expect(bad.output().match(/TOKEN_EXPIRED/g)).toHaveLength(1);
    expect(bad.output()).toContain('this token was refused, and there is no other');
  });
});

it('the programs come back after the service was restarted', async () => {
  const first = await startService();
  const programs = (['node', 'python'] as const).map((id) => start(id, at(first)));
  for (const program of programs) await prints(program, `${user} open`);
  await first.close();
  for (const program of programs) await prints(program, 'closed: SERVER_SHUTDOWN');
  const second = await startService({ WEBSOCKET_PORT: new URL(first.url).port });
  try {
    const isBack = (program: Running) => program.output().match(/ open/g)?.length === 2;
    await eventually(() => programs.every(isBack), 'both are back', 18_000);
    await second.publish(user, results);
    for (const program of programs) await prints(program, example.message);
  } finally {
    await second.close();
  }
});

describe('the waits are those of the contract’s advice', () => {
  /** Code, cause, failures, refusals. */
  const cases = [
    ...Object.entries(connectionErrors).map(([cause, { closeCode }]) => [closeCode, cause] as const),
    ...Object.keys(closeCodes).map((code) => [Number(code), ''] as const),
  ].flatMap(([code, cause]) => [0, 1, 3, 9].map((count) => [code, cause, count, count] as const));

  /** The bounds in milliseconds; `null` is to stop. A 1008 without a cause is not the service's: nothing is known to mend it. */
  const expected = cases.map(([code, cause, failures, refusals]) => {
    const next = nextAttempt(code, cause, { failures, refusals });
    if (next.name === 'stop' || (code === 1008 && cause === '')) return null;
    return [next.floorMs, next.ceilingMs];
  });

  it('in JavaScript', () => {
    const code = generate(languageOf('javascript'), oneUser).match(/^function waitAfter[\s\S]*?^\}/m)?.[0];
    const waitAfter = (random: number) => new Function('Math', `${code}; return waitAfter`)({ ...mathWith(random) });
    const [least, most] = [waitAfter(0), waitAfter(1)];
    const bounds = cases.map((one) => (least(...one) === undefined ? null : [least(...one), most(...one)]));
    expect(bounds).toEqual(expected);
  });

  const mathWith = (random: number) => ({ min: Math.min, random: () => random });

  it('in Python', async () => {
    const file = join(folder, 'waits.py');
    const code = generate(languageOf('python'), oneUser).replace(/^asyncio\.run.*$/m, '');
    const bounds = `lambda x: x if x is None else [1000 * y for y in (x if isinstance(x, list) else [x, x])]`;
    writeFileSync(
      file,
      `${code}
random.uniform = lambda least, most: [least, most]
print(json.dumps([(${bounds})(wait_after(*case)) for case in json.loads(${JSON.stringify(JSON.stringify(cases))})]))`,
    );
    const child = spawn(requireProgram(python), [file]);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await once(child, 'close');
    expect(JSON.parse(output)).toEqual(expected);
  });
});

describe('wscat', () => {
  it('prints what arrives for a user of any name', async () => {
    const users = [{ userId: hostileText, connections: 1 }];
    const program = start('wscat', at(service, { users }));
    const text = '{"event":"class_created","data":{}}';
    await eventually(async () => {
      const { receivers } = await service.publish(hostileText, text);
      return receivers === 1;
    }, 'wscat is connected');
    await prints(program, text);
  });

  it('takes a token from the environment, and ends when it is refused', async () => {
    const pasted = at(service, { token: { kind: 'pasted' } });
    const { token } = await service.mint({ user_id: user, defect: 'expired' });
    const before = service.log.length;
    await start('wscat', pasted, { TOKEN: token }).exit;
    expect(JSON.stringify(service.log.slice(before))).toContain('TOKEN_EXPIRED');
  });
});

describe('curl and redis-cli', () => {
  it.each(['embedded', 'redis'] as const)('publish exactly the text, as often as was asked: %s', async (broker) => {
    const redis = broker === 'redis' ? await startRedis() : undefined;
    const to = await startService(redis ? { REDIS_URL: redis.url, REDIS_CHANNEL_PREFIX: 'its' } : {});
    const client = await connect(`${to.wsUrl}?token=${(await to.mint({ user_id: hostileText })).token}`);
    try {
      const publish = (count: number, payload: string, perSecond?: number) =>
        start(
          'publish',
          at(to, {
            broker,
            channelPrefix: 'its',
            publication: { userId: hostileText, payload, count, perSecond },
          }),
          redis && { REDIS_URL: redis.url },
        );
      await publish(2, hostileText, 100).exit;
      await publish(2, hostileText).exit;
      // No argument of a program can hold it: over HTTP it is published all the same.
      const zero = publish(1, 'a\0b');
      await zero.exit;
      const received = (await client.messages(5)).map(String);
      expect(received, zero.output()).toEqual([...Array(4).fill(hostileText), 'a\0b']);
    } finally {
      await client.close();
      await to.close();
      await redis?.close();
    }
  });
});
