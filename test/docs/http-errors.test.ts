import { afterAll, describe, expect, it } from 'vitest';
import { httpProvocations } from '../../docs/components/http-provocations.ts';
import { type HttpErrorCode, httpErrors } from '../../service/contract/http-errors.ts';
import { startService, type TestService } from '../support/service.ts';
import { runCommand } from '../support/service-process.ts';

const services = new Map<string, TestService>();
afterAll(() => Promise.all([...services.values()].map((service) => service.close())));

/** A service that was started in this way; commands that ask for the same share one. */
async function serviceWith(environment: Readonly<Record<string, string>>): Promise<TestService> {
  const key = JSON.stringify(environment);
  const service = services.get(key) ?? (await startService({ ...environment, REDIS_CONNECT_TIMEOUT: '0.3' }));
  services.set(key, service);
  return service;
}

const names = Object.keys(httpErrors) as HttpErrorCode[];
const provoked = names.filter((name) => httpProvocations[name].command !== undefined);

describe('the command that the page gives for an HTTP error', () => {
  it('exists for each but the one that nothing brings about on purpose', () => {
    expect(names.filter((name) => !provoked.includes(name))).toEqual(['INTERNAL_ERROR']);
  });

  it.each(provoked)('leads to %s', async (name) => {
    const { command = '', environment = {} } = httpProvocations[name];
    const service = await serviceWith(environment);
    const line = command.replaceAll('http://localhost:8004', service.url);
    expect(line).toContain(service.url);
    // The status on a line of its own, after the answer.
    const shell = runCommand('sh', ['-c', `curl() { command curl -w '\\n%{http_code}' "$@"; }\n${line}`]);
    expect((await shell.exit).code, shell.stderr()).toBe(0);
    const [body = '', status] = shell.stdout().split('\n');
    const { title, remedy, status: expected } = httpErrors[name];
    expect(JSON.parse(body)).toMatchObject({ error_code: name, status: expected, title, remedy });
    expect(Number(status)).toBe(expected);
  });
});
