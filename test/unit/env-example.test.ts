import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig, variables } from '../../service/config.ts';

const text = readFileSync(fileURLToPath(new URL('../../.env.example', import.meta.url)), 'utf8');

/** The file with its assignments in force: `# NAME=value` becomes `NAME=value`. */
const assignments = parseEnv(text.replace(/^# (?=[A-Z][A-Z_]*=)/gm, ''));

describe('.env.example', () => {
  it('names every variable of the table, and no other', () => {
    expect(Object.keys(assignments).sort()).toEqual(Object.keys(variables).sort());
  });

  it('changes nothing when it is used as it is', () => {
    expect(parseEnv(text)).toEqual({});
  });

  it('shows the values that hold where nothing is set', () => {
    expect(loadConfig(assignments)).toEqual(loadConfig({}));
  });
});
