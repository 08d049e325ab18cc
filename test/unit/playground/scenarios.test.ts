import { describe, expect, it } from 'vitest';
import {
  connectStep,
  expectationOf,
  type ScenarioName,
  scenarioNamed,
  scenarioNames,
  scenarios,
  scenariosOf,
  stepsOf,
} from '../../../playground/scenarios.ts';
import { loadConfig } from '../../../service/config.ts';
import { type CloseCode, closeCodes } from '../../../service/contract/close-codes.ts';
import { tokenDefects } from '../../../service/contract/development.ts';
import { connectionErrors } from '../../../service/contract/error-codes.ts';

describe('the scenarios', () => {
  it('are one for each cause, and one for each code that can come without one', () => {
    const names = scenarioNames.map(String).sort();
    expect(names).toEqual([...Object.keys(connectionErrors), '1000', '1005', '1006'].sort());
  });

  it.each(scenarioNames)('expect of %s what the tables say', (name) => {
    const { code, cause } = expectationOf(name);
    if (typeof name === 'number') expect({ code, cause }).toEqual({ code: name, cause: undefined });
    else {
      expect(code).toBe(connectionErrors[name].closeCode);
      expect(cause).toBe(code === 1006 ? undefined : name);
    }
  });

  it.each(scenarioNames)('take for %s the wrong token that leads to it', (name) => {
    const { act } = scenarios[name];
    if (act.kind === 'wrong_token') expect(tokenDefects[act.defect].error).toBe(name);
  });

  it('reach every close code', () => {
    const reached = new Set(scenarioNames.map((name) => expectationOf(name).code));
    expect([...reached].sort()).toEqual(Object.keys(closeCodes).map(Number));
    for (const code of reached) expect(scenariosOf(code).every((name) => expectationOf(name).code === code)).toBe(true);
  });

  it('say what is done, and what to do by hand where the page can but watch', () => {
    for (const name of scenarioNames) {
      const { what, act, outside } = scenarios[name];
      expect(what).toMatch(/^\S.*[.:]$/);
      expect(act.kind === 'watch', String(name)).toBe(outside !== undefined);
      const steps = stepsOf(name);
      expect(steps.length > 0, String(name)).toBe(outside !== undefined && name !== 'INTERNAL_ERROR');
      for (const { text } of steps) expect(text).toMatch(/^\S.*[.:]$/);
      if (steps.length > 0) expect(steps.includes(connectStep)).toBe(!outside?.byProgram);
    }
  });

  it('start the service with settings that it takes', () => {
    const environments = scenarioNames.map((name) => scenarios[name].outside?.environment ?? {});
    expect(environments.filter((one) => Object.keys(one).length > 0).length).toBeGreaterThan(2);
    for (const environment of environments) expect(() => loadConfig(environment)).not.toThrow();
  });
});

describe('a scenario is named', () => {
  it.each<[string, ScenarioName]>([
    ['token_expired', 'TOKEN_EXPIRED'],
    ['TOKEN_EXPIRED', 'TOKEN_EXPIRED'],
    [' Token_Expired ', 'TOKEN_EXPIRED'],
    ['1000', 1000],
    ['1006', 1006],
    ['4000', 'CONNECTION_LIMIT_EXCEEDED'],
    ['1002', 'FRAME_INVALID'],
  ])('by %j', (text, name) => expect(scenarioNamed(text)).toBe(name));

  it.each(['', 'nonsense', '1008', '4001', 'constructor', '__proto__', '1e3'])('not by %j', (text) => {
    expect(scenarioNamed(text)).toBeUndefined();
  });

  it('by its code, where the code has but one cause', () => {
    for (const code of Object.keys(closeCodes).map(Number) as CloseCode[]) {
      const [first, ...others] = scenariosOf(code);
      const isPlain = first === code || others.length === 0;
      expect(scenarioNamed(String(code))).toBe(isPlain ? first : undefined);
    }
  });
});
