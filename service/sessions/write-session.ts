import { redact } from './redact.ts';
import { type SessionFile, sessionFormat, sessionVersion } from './session-file.ts';

/** A session as text, and how many tokens were taken out of it. */
export interface WrittenSession {
  readonly text: string;
  readonly removals: number;
}

/**
 * Writes a session. Whatever in it looks like a token is replaced by words that say so.
 *
 * @param indent - Spaces a level; 0 for one line.
 */
export function writeSession(session: Omit<SessionFile, 'format' | 'version'>, indent = 2): WrittenSession {
  const { value, removals } = redact({ format: sessionFormat, version: sessionVersion, ...session });
  return { text: `${JSON.stringify(value, null, indent)}${indent > 0 ? '\n' : ''}`, removals };
}
