import { parseArgs } from 'node:util';
import { mintSettings, mintToken } from '../auth/mint.ts';
import { loadConfig } from '../config.ts';
import { maxTokenLifetimeSeconds, type TokenDefect, tokenDefects } from '../contract/development.ts';
import { parseJson, required, UsageError } from './usage.ts';

const secondsPerUnit: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `token`: prints a token, and nothing else, so that a shell can take it. */
export async function token(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: 'string' },
      lifetime: { type: 'string' },
      claim: { type: 'string', multiple: true },
      defect: { type: 'string' },
    },
  });
  const user_id = required(values.user, 'user');
  const request = {
    user_id,
    claims: Object.fromEntries((values.claim ?? []).map(parseClaim)),
    ...(values.lifetime !== undefined && { lifetime_seconds: parseLifetime(values.lifetime) }),
    ...(values.defect !== undefined && { defect: parseDefect(values.defect) }),
  };
  const settings = mintSettings(loadConfig(process.env).jwt);
  if (settings === undefined)
    throw new UsageError(
      'Tokens can be minted only where JWT_ALGORITHM is HS256: there is no private key to sign with.',
    );
  const minted = await mintToken(settings, request);
  process.stdout.write(`${minted.token}\n`);
}

function parseLifetime(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  const seconds = Number(amount) * (secondsPerUnit[unit] ?? 0);
  if (seconds >= 1 && seconds <= maxTokenLifetimeSeconds) return seconds;
  throw new UsageError(`--lifetime holds "${text}"; it may hold a duration of 1s to 30d, such as 90s, 15m, 8h or 7d.`);
}

function parseClaim(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new UsageError(`--claim holds "${text}"; it may hold a name, = and JSON, such as 'nbf=1790000000'.`);
  const name = text.slice(0, at);
  return [name, parseJson(text.slice(at + 1), `The value of the claim ${name}`)];
}

function parseDefect(text: string): TokenDefect {
  if (Object.hasOwn(tokenDefects, text)) return text as TokenDefect;
  throw new UsageError(`--defect holds "${text}"; it may hold ${Object.keys(tokenDefects).join(', ')}.`);
}
