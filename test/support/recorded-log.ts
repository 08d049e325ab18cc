import type { BrokerLog } from '../../service/broker/broker.ts';

export interface LogLine {
  readonly level: keyof BrokerLog;
  readonly details: object;
  readonly message: string;
}

/** A log that keeps its lines. */
export function recordedLog(): BrokerLog & { readonly lines: LogLine[]; at(level: keyof BrokerLog): string[] } {
  const lines: LogLine[] = [];
  const keep = (level: keyof BrokerLog) => (details: object, message: string) => {
    lines.push({ level, details, message });
  };
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    at: (level) => lines.filter((line) => line.level === level).map((line) => line.message),
  };
}
