import { describe, expect, it } from 'vitest';
import { parseServiceAddress, ServiceAddress, storageKey } from '../../../playground/service/service-address.svelte.ts';

const page = (search = '') => ({ origin: 'https://docs.example', search });

function memoryStore(initial: Record<string, string> = {}) {
  const entries = new Map(Object.entries(initial));
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
}

describe('reading an address', () => {
  it.each([
    ['http://localhost:8004', 'http://localhost:8004'],
    [' https://realtime.example/ ', 'https://realtime.example'],
    ['ws://localhost:8004/ws', 'http://localhost:8004'],
    ['wss://realtime.example/live/', 'https://realtime.example/live'],
    ['https://realtime.example/live?token=secret#x', 'https://realtime.example/live'],
  ])('takes %s as %s', (text, base) => {
    expect(parseServiceAddress(text)).toEqual({ base });
  });

  it.each([
    ['', 'empty'],
    ['localhost:8004', 'http://localhost:8004'],
    ['http://', 'not a URL'],
    ['ftp://realtime.example', 'ftp://'],
    ['javascript://alert(1)', 'javascript://'],
    ['https://user:secret@realtime.example', 'password'],
  ])('refuses %j and says what is wrong', (text, hint) => {
    const parsed = parseServiceAddress(text);
    expect('problem' in parsed && parsed.problem).toContain(hint);
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});

describe('the address in use', () => {
  it('is unknown until the page is there', () => {
    expect(new ServiceAddress().base).toBeUndefined();
  });

  it("is the page's own origin where nothing else was said", () => {
    const address = new ServiceAddress();
    address.read(page(), memoryStore());
    expect(address).toMatchObject({ base: 'https://docs.example', source: 'same_origin', problem: undefined });
  });

  it('is the remembered one, and the one in the link before that', () => {
    const store = memoryStore({ [storageKey]: 'http://localhost:8004' });
    const address = new ServiceAddress();
    address.read(page(), store);
    expect(address).toMatchObject({ base: 'http://localhost:8004', source: 'remembered' });
    address.read(page('?service=wss://realtime.example'), store);
    expect(address).toMatchObject({ base: 'https://realtime.example', source: 'link' });
  });

  it('ignores a broken link, says so, and falls back', () => {
    const address = new ServiceAddress();
    address.read(page('?service=nonsense'), memoryStore());
    expect(address.base).toBe('https://docs.example');
    expect(address.problem).toContain('link is ignored');
  });

  it('outlives the page once it was chosen, and is forgotten on reset', () => {
    const store = memoryStore();
    const address = new ServiceAddress();
    address.read(page(), store);
    expect(address.choose('http://localhost:8004')).toBe(true);
    const later = new ServiceAddress();
    later.read(page(), store);
    expect(later.base).toBe('http://localhost:8004');
    later.reset();
    expect(later.base).toBe('https://docs.example');
    expect(store.getItem(storageKey)).toBeNull();
  });

  it('stays as it was when another cannot be used', () => {
    const address = new ServiceAddress();
    address.read(page(), memoryStore());
    expect(address.choose('nonsense')).toBe(false);
    expect(address.base).toBe('https://docs.example');
    expect(address.problem).toContain('no scheme');
  });

  it('works where storage is forbidden', () => {
    const address = new ServiceAddress();
    address.read(page());
    expect(address.choose('http://localhost:8004')).toBe(true);
    expect(address.base).toBe('http://localhost:8004');
  });
});
