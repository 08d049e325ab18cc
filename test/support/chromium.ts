import { type Browser, chromium as playwright } from 'playwright-core';
import { chromium, requireProgram } from '../../scripts/programs.ts';

/**
 * Starts the system's Chromium with an empty profile of its own. Whoever starts it closes it:
 * `afterAll(() => browser.close())`.
 *
 * @throws Error when no Chromium is found; its message says how to get one.
 */
export function launchChromium(): Promise<Browser> {
  return playwright.launch({
    executablePath: requireProgram(chromium),
    headless: true,
    // The tests open pages of this repository alone, and a container's root cannot use the sandbox.
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    timeout: 30_000,
  });
}
