import { describe, expect, it } from 'vitest';
import { closeCodes } from '../../service/contract/close-codes.ts';
import { maxCloseReasonBytes } from '../../service/contract/endpoints.ts';
import { type ConnectionErrorCode, connectionErrors, parseCloseReason } from '../../service/contract/error-codes.ts';
import { httpErrors } from '../../service/contract/http-errors.ts';
import { ConnectionError, closeReason, HttpError, problemDocument } from '../../service/errors.ts';
import { newCorrelationId } from '../../service/http/correlation.ts';

const causes = Object.keys(connectionErrors) as ConnectionErrorCode[];

describe('the close reason', () => {
  it.each(causes)('of %s is whole JSON that fits a close frame', (cause) => {
    const correlationId = newCorrelationId();
    const text = closeReason(cause, correlationId);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxCloseReasonBytes);
    expect(JSON.parse(text)).toEqual({
      error_code: cause,
      message: connectionErrors[cause].message,
      correlation_id: correlationId,
    });
    expect(parseCloseReason(text)?.error_code).toBe(cause);
  });

  it('is refused rather than cut where it would not fit, counted in bytes and not in characters', () => {
    const room = maxCloseReasonBytes - Buffer.byteLength(closeReason('SERVER_SHUTDOWN', ''));
    expect(Buffer.byteLength(closeReason('SERVER_SHUTDOWN', 'x'.repeat(room)))).toBe(maxCloseReasonBytes);
    expect(() => closeReason('SERVER_SHUTDOWN', 'x'.repeat(room + 1))).toThrow(RangeError);
    expect(() => closeReason('SERVER_SHUTDOWN', 'é'.repeat(Math.ceil((room + 1) / 2)))).toThrow(RangeError);
  });

  it.each(['', 'bye', '{"error_code":"TOKEN_EXPI', 'null', '[]', '{"error_code":1,"message":"","correlation_id":""}'])(
    'is not read out of %j',
    (text) => {
      expect(parseCloseReason(text)).toBeUndefined();
    },
  );
});

describe('the table of causes', () => {
  it.each(causes)('%s has a close code of the table and three different texts', (cause) => {
    const { closeCode, message, cause: because, remedy } = connectionErrors[cause];
    expect(closeCodes).toHaveProperty(String(closeCode));
    expect(new Set([message, because, remedy]).size).toBe(3);
  });

  it('uses only codes that a server may send, and 1006 where it sends none', () => {
    for (const cause of causes) {
      const { sentBy } = closeCodes[connectionErrors[cause].closeCode];
      expect(sentBy, cause).toBe(cause === 'PEER_UNRESPONSIVE' ? 'nobody' : 'server');
    }
  });

  it('has one message for one cause', () => {
    expect(new Set(causes.map((cause) => connectionErrors[cause].message)).size).toBe(causes.length);
  });
});

describe('errors', () => {
  it('carry a code to switch on, and what brought them about', () => {
    const cause = new Error('the connection was reset');
    const error = new ConnectionError('BROKER_UNAVAILABLE', { cause });
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'BROKER_UNAVAILABLE', cause });
    expect(error.message).toBe(connectionErrors.BROKER_UNAVAILABLE.message);
    expect(new HttpError('NOT_FOUND', 'There is no such thing.')).toMatchObject({
      name: 'HttpError',
      code: 'NOT_FOUND',
      message: 'There is no such thing.',
    });
  });

  it('become problem documents whose type leads to the documentation', () => {
    const problem = problemDocument('BODY_INVALID', 'body/user_id must be string.', '0123456789ab', {
      endpoint: '/ws',
    });
    expect(problem).toEqual({
      type: '/reference/http-errors/#body_invalid',
      title: httpErrors.BODY_INVALID.title,
      status: 400,
      detail: 'body/user_id must be string.',
      error_code: 'BODY_INVALID',
      remedy: httpErrors.BODY_INVALID.remedy,
      correlation_id: '0123456789ab',
      endpoint: '/ws',
    });
  });
});
