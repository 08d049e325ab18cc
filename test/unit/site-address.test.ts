import { describe, expect, it } from 'vitest';
import { siteAddress } from '../../scripts/site-address.ts';

describe('SITE_URL', () => {
  it.each([
    [undefined, 'http://localhost:8004'],
    ['', 'http://localhost:8004'],
    ['https://realtime.example', 'https://realtime.example'],
    ['https://realtime.example/', 'https://realtime.example'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%j means %s', (value, address) => {
    expect(siteAddress(value)).toBe(address);
  });

  it.each([
    'realtime.example',
    'ftp://realtime.example',
    'https://realtime.example/docs',
    'https://realtime.example/?a',
    'https://user:secret@realtime.example',
    'https://',
  ])('%s is refused in one line that says what it may be', (value) => {
    expect(() => siteAddress(value)).toThrow(
      `SITE_URL is "${value}"; it may be an address of http or https without a path, such as https://realtime.example.`,
    );
  });
});
