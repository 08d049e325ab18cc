import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

/** All that the first group of a pattern finds, each once. */
function all(pattern: RegExp): string[] {
  return [...new Set([...readme.matchAll(pattern)].map((match) => match[1] ?? ''))];
}

/** The paths of the map of folders, where two spaces more mean one folder deeper. */
function mappedPaths(): string[] {
  const map = readme.match(/### Where things are\n\n```\n([\s\S]*?)```/)?.[1] ?? '';
  let folder = '';
  return map.split('\n').flatMap((line) => {
    const names = line.match(/^ *([^\s,]+(?:, [^\s,]+)*)/)?.[1]?.split(', ') ?? [];
    if (line.startsWith(' ')) return names.map((name) => folder + name);
    folder = names[0] ?? '';
    return names;
  });
}

describe('the README', () => {
  it('maps folders and files that exist', () => {
    expect(mappedPaths().length).toBeGreaterThan(15);
    expect(mappedPaths().filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
  });

  it('names files that exist', () => {
    const named = all(/`((?:service|playground|docs|test|scripts)\/[^\s`]+)`/g);
    const linked = all(/\]\((?!http)([^)]+)\)/g);
    expect(named.length).toBeGreaterThan(10);
    expect([...named, ...linked].filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
  });

  it('names scripts of package.json that exist', () => {
    const scripts = all(/npm run (?:-s )?([a-z-]+)/g);
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });
});
