import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationExamples } from '../../service/contract/examples.ts';
import { notificationEvents } from '../../service/contract/notifications.ts';
import { notificationPage } from '../../service/contract/reference-pages.ts';
import { fileOf } from '../support/built-site.ts';
import { eventually } from '../support/eventually.ts';
import { startService, type TestService } from '../support/service.ts';
import { typeCheck } from '../support/type-check.ts';

const contract = join(import.meta.dirname, '..', '..', 'service', 'contract');

/** The code blocks of a built page, as its copy buttons give them. */
function codeOf(page: string): string[] {
  const html = readFileSync(fileOf(page), 'utf8');
  return [...html.matchAll(/data-code="([^"]*)"/g)].map(([, text = '']) => unescaped(text).replaceAll('\u007f', '\n'));
}

function unescaped(text: string): string {
  return text.replaceAll(/&#(\d+);|&#x([\da-f]+);|&(\w+);/gi, (_all, decimal, hex, name) => {
    if (name) return { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" }[name as string] ?? '';
    return String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16));
  });
}

const handlers = notificationEvents.map((event) => {
  const code = codeOf(notificationPage(event)).find((text) => text.startsWith('import type')) ?? '';
  return { event, code };
});

/** What TypeScript says of programs that stand beside the contract's types, as a frontend would keep them. */
function typeFaults(programs: readonly string[]): string[] {
  const files = new Map(programs.map((code, index) => [join(contract, `handler-${index}.ts`), code]));
  files.set(join(contract, 'free-names.d.ts'), 'declare const socket: WebSocket;');
  return typeCheck([...files.keys()], files).map(({ message }) => message);
}

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

describe('the typed handler on the page of each notification', () => {
  it('is there, and has no fault of type', () => {
    expect(handlers.filter(({ code }) => code === '')).toEqual([]);
    expect(typeFaults(handlers.map(({ code }) => code))).toEqual([]);
  });

  it('would have one where a field does not exist', () => {
    const [first] = handlers;
    const wrong = first?.code.replace('{ message,', '{ message, invented,') ?? '';
    expect(typeFaults([wrong]).join()).toContain('invented');
  });

  it.each(handlers)('says what arrived: $event', async ({ event, code }) => {
    const { token } = await service.mint({ user_id: event });
    const socket = new WebSocket(`${service.wsUrl}?token=${token}`);
    const lines: unknown[][] = [];
    const log = { log: (...line: unknown[]) => lines.push(line) };
    new Function('socket', 'console', stripTypeScriptTypes(code))(socket, log);
    await once(socket, 'open');
    await service.publish(event, JSON.stringify({ event: 'of_another_type', data: {} }));
    await service.publish(event, JSON.stringify({ event, data: notificationExamples[event] }));
    await eventually(() => lines.length > 0, 'the handler was called');
    const [[message, fields] = []] = lines;
    expect(lines).toHaveLength(1);
    expect(message).toBe(notificationExamples[event].message);
    expect(notificationExamples[event]).toMatchObject(fields as object);
    expect(Object.keys(fields as object).length).toBeGreaterThan(0);
    socket.close();
    await once(socket, 'close');
  });
});
