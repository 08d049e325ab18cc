import { describe, expect, it } from 'vitest';
import { isSessionLink, readSessionLink, sessionLink } from '../../../playground/sessions/session-link.ts';
import { sessionLimits } from '../../../service/sessions/session-file.ts';

const page = 'https://realtime.example/playground/?service=http%3A%2F%2Flocalhost&tool=code#top';
const hashOf = async (text: string) => new URL(await sessionLink(page, text)).hash;

describe('a link', () => {
  it('brings the text back, whatever stands in it, and nothing else of the page’s address', async () => {
    const text = '{"a":"Ö\u0000\u{1f600}"}'.repeat(50);
    const link = await sessionLink(page, text);
    expect(link).toMatch(/^https:\/\/realtime\.example\/playground\/#s=[\w-]+$/);
    expect(link.length).toBeLessThan(200);
    expect(isSessionLink(new URL(link).hash)).toBe(true);
    expect(await readSessionLink(new URL(link).hash)).toEqual({ text });
  });

  it('is told from other hashes', () => {
    for (const hash of ['', '#', '#section', '#state=x']) expect(isSessionLink(hash)).toBe(false);
  });

  it('says that it is broken, however it was broken', async () => {
    const hash = await hashOf('{"a":"some text that takes some room"}');
    const middle = hash.length >> 1;
    for (const broken of [
      '#s=',
      '#s=%%%',
      '#s=abc',
      hash.slice(0, -8),
      hash.slice(0, middle) + hash.slice(middle + 4),
    ]) {
      expect(await readSessionLink(broken)).toMatchObject({ problem: expect.stringContaining('The link is broken') });
    }
  });

  it('stops where it unpacks to more than a session may hold', async () => {
    const hash = await hashOf('x'.repeat(sessionLimits.bytes + 1));
    expect(hash.length).toBeLessThan(10_000);
    expect(await readSessionLink(hash)).toMatchObject({
      problem: expect.stringContaining('more than a session may hold'),
    });
  });
});
