import type { Config } from './config.ts';

/** Takes one log line at a time. */
export interface LogStream {
  write(line: string): void;
}

/**
 * How the service logs: one JSON object a line, or for people.
 *
 * @param stream - Where lines go, as JSON, in place of the standard output.
 */
export async function loggerOptions({ log, serviceName }: Config, stream?: LogStream) {
  const options = {
    level: log.level,
    base: { service: serviceName },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (stream !== undefined) return { ...options, stream };
  if (log.format === 'json') return options;
  // Imported only where people read: production starts without it.
  const { default: pretty } = await import('pino-pretty');
  const readable = pretty({
    colorize: process.stdout.isTTY === true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'service,pid,hostname,reqId',
    singleLine: true,
    sync: true,
  });
  return { ...options, stream: readable };
}
