import type { FastifyBaseLogger } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../service/contract/endpoints.ts';
import { createMetrics } from '../../service/http/metrics.ts';
import { createObserver } from '../../service/http/observe.ts';
import { connect, dial } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblemResponse } from '../support/problem.ts';
import { sendRaw } from '../support/raw-http.ts';
import { startService, type TestService } from '../support/service.ts';

/** The names that dashboards and alerts of the platform rely on, with the labels of each. */
const contracted: Record<string, { type: string; labels: string[] }> = {
  websocket_connections_total: { type: 'counter', labels: ['status'] },
  websocket_active_connections: { type: 'gauge', labels: [] },
  websocket_messages_sent_total: { type: 'counter', labels: [] },
  websocket_messages_failed_total: { type: 'counter', labels: ['error_type'] },
  jwt_validation_total: { type: 'counter', labels: ['result'] },
  websocket_connection_duration_seconds: { type: 'histogram', labels: [] },
  redis_subscription_duration_seconds: { type: 'histogram', labels: [] },
  websocket_http_requests_total: { type: 'counter', labels: ['method', 'endpoint', 'http_status'] },
  websocket_http_request_duration_seconds: { type: 'histogram', labels: ['method', 'endpoint'] },
};

const atStart: [series: string, value: number][] = [
  ['websocket_connections_total{status="accepted"}', 0],
  ['websocket_connections_total{status="rejected"}', 0],
  ['websocket_connections_total{status="closed"}', 0],
  ['websocket_active_connections', 0],
  ['websocket_messages_sent_total', 0],
  ['websocket_messages_failed_total{error_type="not_utf8"}', 0],
  ['websocket_messages_failed_total{error_type="slow_consumer"}', 0],
  ['jwt_validation_total{result="success"}', 0],
  ['jwt_validation_total{result="expired"}', 0],
  ['jwt_validation_total{result="invalid"}', 0],
  ['websocket_connection_duration_seconds_count', 0],
  ['redis_subscription_duration_seconds_count', 0],
];

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const read = async () => (await fetch(service.url + endpoints.metrics)).text();

/** The value of each series, by its name and labels. */
async function series(): Promise<Map<string, number>> {
  const lines = (await read()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** What some events change, waiting until they have been counted. */
async function expectChange(act: () => Promise<unknown>, expected: Record<string, number>): Promise<void> {
  const before = await series();
  await act();
  let changes: Record<string, number> = {};
  const changed = async () => {
    const after = await series();
    changes = Object.fromEntries(
      Object.keys(expected).map((name) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)]),
    );
    return Object.entries(expected).every(([name, by]) => changes[name] === by);
  };
  await eventually(changed, 'the change is counted', 2000).catch(() => {});
  expect(changes).toEqual(expected);
}

async function urlOf(user_id: string, request: object = {}): Promise<string> {
  return `${service.wsUrl}?token=${(await service.mint({ user_id, ...request })).token}`;
}

describe('messages that fail', () => {
  it('are counted each and logged at once, then no more than once in a while: each kind for itself', () => {
    const lines: object[] = [];
    const log = { warn: (line: object) => lines.push(line) } as unknown as FastifyBaseLogger;
    const metrics = createMetrics(() => 0);
    const observer = createObserver(metrics, log);
    for (let message = 0; message < 1000; message += 1) observer.failed('not_utf8', 2, 'ws:teacher');
    observer.failed('slow_consumer', 1, 'ws:teacher');
    expect(lines).toEqual([
      { error_type: 'not_utf8', channel: 'ws:teacher', sockets: 2 },
      { error_type: 'slow_consumer', channel: 'ws:teacher', sockets: 1 },
    ]);
    const failed = metrics.registry.getSingleMetricAsString('websocket_messages_failed_total');
    return expect(failed).resolves.toMatch(/not_utf8"\} 2000\n.*slow_consumer"\} 1$/s);
  });
});

describe('GET /metrics', () => {
  it('has every series that has fixed labels from the start', async () => {
    const now = await series();
    expect(atStart.map(([name]) => [name, now.get(name)])).toEqual(atStart);
  });

  it('is Prometheus text with the names, types and labels of the contract, and no others', async () => {
    await fetch(service.url + endpoints.health);
    const response = await fetch(service.url + endpoints.metrics);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    expect(Object.fromEntries(types)).toEqual(
      Object.fromEntries(Object.entries(contracted).map(([name, { type }]) => [name, type])),
    );
    for (const [name, { type, labels }] of Object.entries(contracted)) {
      const sample = type === 'histogram' ? `${name}_count` : name;
      const found = [...text.matchAll(new RegExp(`^${sample}(?:\\{(.*)\\})? `, 'gm'))];
      expect(found.length, sample).toBeGreaterThan(0);
      for (const [, held = ''] of found)
        expect([...held.matchAll(/(\w+)="/g)].map(([, label]) => label)).toEqual(labels);
      expect(text).toMatch(new RegExp(`^# HELP ${name} .+\\.$`, 'm'));
    }
  });

  it('counts a connection accepted, what it is sent, and its end', async () => {
    const url = await urlOf('teacher');
    await expectChange(
      async () => {
        const clients = await Promise.all([connect(url), connect(url)]);
        await service.publish('teacher', '{}');
        for (const client of clients) await client.messages(1);
        await clients[0]?.close();
      },
      {
        'websocket_connections_total{status="accepted"}': 2,
        'websocket_connections_total{status="closed"}': 1,
        'websocket_connections_total{status="rejected"}': 0,
        websocket_active_connections: 1,
        websocket_messages_sent_total: 2,
        'jwt_validation_total{result="success"}': 2,
        'jwt_validation_total{result="invalid"}': 0,
        websocket_connection_duration_seconds_count: 1,
        redis_subscription_duration_seconds_count: 2,
      },
    );
  });

  it.each([
    ['an expired token', 'expired', 'expired'],
    ['a wrong signature', 'wrong_signature', 'invalid'],
    ['a wrong audience', 'wrong_audience', 'invalid'],
    ['what is no token', 'malformed', 'invalid'],
  ])('counts a refusal for %s', async (_what, defect, result) => {
    const url = await urlOf('teacher', { defect });
    await expectChange(() => dial(url).closed, {
      'websocket_connections_total{status="rejected"}': 1,
      'websocket_connections_total{status="accepted"}': 0,
      'websocket_connections_total{status="closed"}': 0,
      'jwt_validation_total{result="success"}': 0,
      'jwt_validation_total{result="expired"}': result === 'expired' ? 1 : 0,
      'jwt_validation_total{result="invalid"}': result === 'invalid' ? 1 : 0,
    });
  });

  it('counts a good token as good although the connection is refused', async () => {
    const url = await urlOf('crowd');
    const five = await Promise.all(Array.from({ length: 5 }, () => connect(url)));
    await expectChange(() => dial(url).closed, {
      'websocket_connections_total{status="rejected"}': 1,
      'jwt_validation_total{result="success"}': 1,
    });
    for (const client of five) await client.close();
  });

  it('counts HTTP requests by method, route and status', async () => {
    await expectChange(
      async () => {
        await fetch(`${service.url}${endpoints.health}?a=b`);
        await fetch(`${service.url}/nothing/here`);
        await fetch(`${service.url}/ws/v1/status/user-1`);
        await fetch(service.url + endpoints.devTokens, { method: 'POST' });
      },
      {
        'websocket_http_requests_total{method="GET",endpoint="/healthz",http_status="200"}': 1,
        'websocket_http_requests_total{method="GET",endpoint="none",http_status="404"}': 1,
        'websocket_http_requests_total{method="GET",endpoint="/ws/v1/status/*",http_status="410"}': 1,
        'websocket_http_requests_total{method="POST",endpoint="/dev/tokens",http_status="400"}': 1,
        'websocket_http_request_duration_seconds_count{method="GET",endpoint="/healthz"}': 1,
      },
    );
  });

  it('holds no user id, path or token in any label, whatever is asked for', async () => {
    const mark = 'm4rk3d';
    const { token } = await service.mint({ user_id: mark });
    const client = await connect(`${service.wsUrl}?token=${token}`);
    await service.publish(mark, mark);
    await client.messages(1);
    await client.close();
    const { token: wrong } = await service.mint({ user_id: mark, defect: 'wrong_issuer', claims: { [mark]: mark } });
    await dial(`${service.wsUrl}?token=${wrong}`).closed;
    const paths = [
      `/${mark}`,
      `/ws/v1/status/${mark}`,
      `/ws?token=${mark}`,
      `/%zz${mark}`,
      `/_astro/${mark}.js`,
      `/dev/${mark}`,
    ];
    for (const path of paths)
      for (const method of ['GET', 'POST', 'PROPFIND', 'OPTIONS'])
        await sendRaw(service.url, `${method} ${path} HTTP/1.1`);
    for (let number = 0; number < 50; number += 1) await sendRaw(service.url, `GET /page-${number} HTTP/1.1`);
    const text = await read();
    expect(text).not.toContain(mark);
    expect(text).not.toContain('page-');
    expect(text).not.toContain(token.slice(0, 20));
    const endpointsSeen = new Set([...text.matchAll(/endpoint="([^"]*)"/g)].map(([, endpoint]) => endpoint));
    expect(
      [...endpointsSeen].filter(
        (one) => !/^(none|\*|\/\*|\/healthz|\/metrics|\/dev\/\w+|\/ws\/?|\/ws\/v1\/status(\/\*)?)$/.test(String(one)),
      ),
    ).toEqual([]);
  });

  it('is not there with ENABLE_METRICS=false', async () => {
    const without = await startService({ ENABLE_METRICS: 'false' });
    await expectProblemResponse(await fetch(without.url + endpoints.metrics), 'NOT_FOUND');
    await without.close();
  });
});
