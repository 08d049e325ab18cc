#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { CannotRun, UsageError } from './commands/usage.ts';

const usage = `Usage: huleedu-realtime <command> [options]

  serve                       Run the service, configured by the environment.

  token --user <id>           Print a token for a user.
    --lifetime <duration>       How long it is valid, such as 90s, 15m, 8h or 7d; 1h unless given.
    --claim <name>=<JSON>       Add or replace a claim; null removes it. May be given more than once.
    --defect <name>             Make the token wrong in one way, to see it refused.

  publish --user <id>         Publish a notification as a backend service would.
    --event <type>              The notification type; its example is sent, made fresh.
    --data <JSON>               Other data than the example's. - reads the standard input.
    --payload <text>            The whole message as it stands, valid or not. - reads the standard input.
    --url <address>             The service to publish through where REDIS_URL is unset;
                                the one on this machine, at WEBSOCKET_PORT, unless given.

  replay <file>               Run a session that the playground saved, as a test: 0 where all went as recorded,
                              1 where something did not, 2 where it could not be run.
    --url <address>             The service to run it against; one of its own, in memory, unless given.
    --speed <number>            So many times as fast as recorded; max makes no pauses. 1 unless given.

  --help                      Show this.

Secret, issuer, audience, Redis and channel prefix come from the environment, as for the service.
`;

/** Each is loaded when it is called: a shell that wants a token does not wait for the server's code. */
const commands = {
  async serve(args: string[]) {
    // It takes none: whoever gives a port here would otherwise get another.
    parseArgs({ args });
    const { serve } = await import('./serve.ts');
    await serve(process.env);
  },
  async token(args: string[]) {
    const { token } = await import('./commands/token.ts');
    await token(args);
  },
  async publish(args: string[]) {
    const { publish } = await import('./commands/publish.ts');
    await publish(args);
  },
  async replay(args: string[]) {
    const { replayCommand } = await import('./commands/replay.ts');
    await replayCommand(args);
  },
};

/** Runs one command. @returns The exit code: 0, 1 where the command failed, 2 where it was called wrongly or could not run. */
async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  try {
    if (!Object.hasOwn(commands, name)) throw new UsageError(`There is no command ${name}.`);
    if (rest.includes('--help')) process.stdout.write(usage);
    else await commands[name as keyof typeof commands](rest);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  const { message, code } = error as NodeJS.ErrnoException;
  const isUsage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${message}\n${isUsage ? 'Run with --help to see what can be given.\n' : ''}`);
  return isUsage || error instanceof CannotRun ? 2 : 1;
}

process.exitCode = await run(process.argv.slice(2));
