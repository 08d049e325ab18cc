import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Publisher } from '../../../playground/publish/publisher.svelte.ts';
import { notificationExamples } from '../../../service/contract/examples.ts';
import { notificationEvents } from '../../../service/contract/notifications.ts';

function publisher(userId = 'teacher-1') {
  const identity = { userId };
  return { identity, publisher: new Publisher(() => identity.userId) };
}

describe('the message', () => {
  it.each(notificationEvents)('is the example of %s with an id and a time of its own', (event) => {
    const { publisher: made } = publisher();
    made.event = event;
    const { data, ...rest } = JSON.parse(made.text);
    expect(rest).toEqual({ event });
    expect(data).toMatchObject({
      ...notificationExamples[event],
      correlation_id: data.correlation_id,
      timestamp: data.timestamp,
    });
    expect(data.correlation_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Math.abs(Date.parse(data.timestamp) - Date.now())).toBeLessThan(5000);
    expect(made.validity).toEqual({ valid: true });
  });

  it('is fresh at each publish as long as nobody edited it', () => {
    const { publisher: made } = publisher();
    expect(made.take()).not.toBe(made.take());
  });

  it('stays as it was written once it is edited, until it is reset', () => {
    const { publisher: made } = publisher();
    made.text = '{"event": "own", "data": {}}';
    expect(made.isEdited).toBe(true);
    expect([made.take(), made.take()]).toEqual([made.text, made.text]);
    made.reset();
    expect(made.isEdited).toBe(false);
    expect(JSON.parse(made.text).event).toBe('batch_results_ready');
  });

  it.each([
    ['{', 'Not JSON'],
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['{"data": {}}', '“event”'],
    ['{"event": "x"}', '“data”'],
    ['{"event": "x", "data": null}', '“data”'],
  ])('is judged before it is sent: %s', (text, hint) => {
    const { publisher: made } = publisher();
    made.text = text;
    expect(made.validity).toEqual({ valid: false, message: expect.stringContaining(hint) });
  });
});

describe('the target', () => {
  it('follows the identity until someone else is named, and again once that is taken back', () => {
    const { identity, publisher: made } = publisher();
    identity.userId = 'teacher-2';
    expect(made.target).toBe('teacher-2');
    made.target = 'teacher-9';
    identity.userId = 'teacher-3';
    expect(made.target).toBe('teacher-9');
    made.target = 'teacher-3';
    identity.userId = 'teacher-4';
    expect(made.target).toBe('teacher-4');
  });
});

describe('the command for the shell', () => {
  it('through the service gives npm exactly the user and the message', () => {
    const { publisher: made } = publisher("o'brien; $HOME");
    made.text = `{"event": "x", "data": {"message": "it's"}}`;
    const printed = execFileSync('sh', ['-c', made.commandThroughService.replace('npm run', 'printf "%s\\n"')], {
      encoding: 'utf8',
    });
    const message = `{"event":"x","data":{"message":"it's"}}`;
    expect(printed.split('\n')).toEqual([
      '-s',
      'publish-notification',
      '--',
      '--user',
      "o'brien; $HOME",
      '--payload',
      message,
      '',
    ]);
  });

  it('gives a shell exactly the channel and the message', () => {
    const { publisher: made } = publisher("o'brien; rm -rf $HOME");
    made.text = `{"event": "x", "data": {"message": "it's \`here\` $HOME"}}`;
    const printed = execFileSync('sh', ['-c', made.command.replace('redis-cli', 'printf "%s\\n"')], {
      encoding: 'utf8',
    });
    expect(printed.split('\n')).toEqual([
      'PUBLISH',
      "ws:o'brien; rm -rf $HOME",
      `{"event":"x","data":{"message":"it's \`here\` $HOME"}}`,
      '',
    ]);
  });

  it('uses the channel prefix that the service has told', () => {
    const { publisher: made } = publisher('a:b');
    made.learn('staging:ws:a:b', 'a:b');
    expect(made.channel).toBe('staging:ws:a:b');
  });
});
