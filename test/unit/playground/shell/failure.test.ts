import { describe, expect, it } from 'vitest';
import { localAccessTo } from '../../../../playground/service/address-space.ts';
import { blocked, developmentOff, timedOut, unreachable } from '../../../../playground/service/failure.ts';

describe('the command of a failure', () => {
  it('names the port that the address asks for, and none where it is the usual one', () => {
    expect(unreachable('http://localhost:8005').command).toBe('npm ci && WEBSOCKET_PORT=8005 npm start');
    expect(unreachable('http://localhost:8004').command).toBe('npm ci && npm start');
    expect(timedOut('http://[::1]:9000', 5000).command).toContain('WEBSOCKET_PORT=9000');
    expect(developmentOff('http://127.0.0.1:8005').command).toBe(
      'ENVIRONMENT=development ENABLE_DEV_ENDPOINTS=true WEBSOCKET_PORT=8005 npm start',
    );
    expect(blocked('http://127.0.0.1:8005', 'http://docs.example').command).toBe(
      `CORS_ORIGINS='["http://docs.example"]' WEBSOCKET_PORT=8005 npm start`,
    );
  });

  it('names none for another machine, where a proxy may stand at it', () => {
    expect(unreachable('https://realtime.example').command).toBe('npm ci && npm start');
    expect(unreachable('http://realtime.example:81').command).toBe('npm ci && npm start');
  });
});

describe('whether a browser keeps a page from an address', () => {
  const from = (origin: string, state: PermissionState | undefined, isSecure = true) => ({
    origin,
    isSecure,
    permission: async () => state,
  });
  const to = (url: string) => new URL(url);

  it.each([
    ['http://localhost:4321', 'http://127.0.0.1:8004'],
    ['https://docs.example', 'https://realtime.example'],
    ['http://192.168.1.4', 'http://192.168.1.5:8004'],
  ])('is not asked from %s to %s', async (origin, url) => {
    expect(await localAccessTo(to(url), from(origin, 'denied'))).toBeUndefined();
  });

  it.each([
    ['https://docs.example', 'http://localhost:8004'],
    ['http://192.168.1.4', 'http://127.0.0.1:8004'],
    ['https://docs.example', 'http://10.0.0.7:8004'],
  ])('is asked from %s to %s', async (origin, url) => {
    expect(await localAccessTo(to(url), from(origin, 'denied'))).toBe('denied');
    expect(await localAccessTo(to(url), from(origin, 'prompt'))).toBe('asks');
    expect(await localAccessTo(to(url), from(origin, 'granted'))).toBeUndefined();
    expect(await localAccessTo(to(url), from(origin, 'denied', false))).toBe('needs_https');
  });

  it('is unknown to a browser without that permission', async () => {
    expect(
      await localAccessTo(to('http://localhost:8004'), from('http://docs.example', undefined, false)),
    ).toBeUndefined();
  });
});
