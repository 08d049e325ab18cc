import { describe, expect, it } from 'vitest';
import { claimMeanings, defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import { closeCodes, lookUpCloseCode } from '../../service/contract/close-codes.ts';
import { tokenDefects } from '../../service/contract/development.ts';
import {
  defaultMaxConnectionsPerUser,
  defaultPort,
  endpoints,
  legacyWebsocketPrefix,
  maxClientMessageBytes,
  maxCloseReasonBytes,
  websocketUrl,
} from '../../service/contract/endpoints.ts';
import {
  type ConnectionErrorCode,
  connectionErrors,
  parseCloseReason,
  retryAdvice,
} from '../../service/contract/error-codes.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { httpErrors } from '../../service/contract/http-errors.ts';
import { notificationEvents, notificationSenders } from '../../service/contract/notifications.ts';
import { endingPage, httpErrorPage, trialPage } from '../../service/contract/reference-pages.ts';
import { closeReason } from '../../service/errors.ts';

const sentence = /^\S.*[.`]$/s;

describe('close codes', () => {
  /** What the platform's frontends have been told of each code. */
  const contracted: Record<number, string> = {
    1000: 'never',
    1001: 'spread_out',
    1003: 'never',
    1008: 'with_new_token',
    1009: 'never',
    1011: 'back_off',
    1013: 'back_off',
    4000: 'after_closing_another',
  };

  it('are those of the contract, with its advice', () => {
    const retries = Object.keys(contracted).map((code) => [code, lookUpCloseCode(Number(code))?.retry]);
    expect(Object.fromEntries(retries)).toEqual(contracted);
  });

  it('beyond the contract are those that RFC 6455 makes a server or a browser use', () => {
    const others = Object.keys(closeCodes).filter((code) => !(code in contracted));
    expect(others).toEqual(['1002', '1005', '1006', '1007']);
  });

  it.each(Object.entries(closeCodes))('explain themselves: %s', (_code, { name, when, advice }) => {
    expect(name).not.toBe('');
    expect(when).toMatch(sentence);
    expect(advice).toMatch(sentence);
  });

  it('that the service does not know have no entry', () => {
    expect(lookUpCloseCode(4001)).toBeUndefined();
    expect(lookUpCloseCode(Number.NaN)).toBeUndefined();
  });
});

describe('causes', () => {
  const causes = Object.entries(connectionErrors);

  it.each(causes)('have a close code of the table, sent by the server or nobody: %s', (_code, { closeCode }) => {
    expect(['server', 'nobody']).toContain(closeCodes[closeCode].sentBy);
  });

  it.each<[number, string | undefined, string]>([
    [1008, 'TOKEN_EXPIRED', 'with_new_token'],
    [1008, 'ORIGIN_NOT_ALLOWED', 'never'],
    [1008, 'MESSAGE_RATE_EXCEEDED', 'never'],
    [1008, undefined, 'with_new_token'],
    [1008, 'A_CAUSE_OF_A_LATER_VERSION', 'with_new_token'],
    [1006, undefined, 'back_off'],
    [3999, undefined, 'back_off'],
  ])('say whether to try again where the code alone would mislead: %s %s', (code, cause, advice) => {
    expect(retryAdvice(code, cause)).toBe(advice);
  });

  it('of 1008 never advise the same token', () => {
    const advised = causes.filter(([, { closeCode }]) => closeCode === 1008).map(([code]) => retryAdvice(1008, code));
    expect([...new Set(advised)].sort()).toEqual(['never', 'with_new_token']);
  });

  it.each(causes)('fit into a close reason whole: %s', (code, { message }) => {
    const correlationId = 'f'.repeat(12);
    const text = closeReason(code as ConnectionErrorCode, correlationId);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxCloseReasonBytes);
    expect(JSON.parse(text)).toEqual({ error_code: code, message, correlation_id: correlationId });
    expect(parseCloseReason(text)).toEqual(JSON.parse(text));
  });

  it.each(causes)('say why and what to do: %s', (code, { cause, remedy, message }) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
    expect(cause).toMatch(sentence);
    expect(remedy).toMatch(sentence);
    expect(message).not.toMatch(/\.$/);
  });

  it('use every code that the server sends', () => {
    const used = new Set(causes.map(([, { closeCode }]) => String(closeCode)));
    const sent = Object.entries(closeCodes).flatMap(([code, { sentBy }]) => (sentBy === 'server' ? [code] : []));
    expect(sent.filter((code) => !used.has(code))).toEqual([]);
  });

  it('refuse a reason that would have to be cut', () => {
    expect(() => closeReason('TOKEN_MISSING', 'x'.repeat(123))).toThrow(RangeError);
  });

  it('are what the ready-made wrong tokens lead to', () => {
    for (const { error } of Object.values(tokenDefects)) expect(connectionErrors[error].closeCode).toBe(1008);
  });
});

describe('parseCloseReason', () => {
  it.each([
    '',
    'going away',
    '{"error_code":"TOKEN_EXPIRED","message":"cut o',
    'null',
    '[]',
    '42',
    '"text"',
    '{}',
    '{"error_code":1,"message":"m","correlation_id":"c"}',
    '{"error_code":"E","message":"m"}',
    '{"error_code":"E","correlation_id":"c"}',
    '{"error_code":"E","message":null,"correlation_id":"c"}',
  ])('takes foreign text for none of ours: %j', (text) => {
    expect(parseCloseReason(text)).toBeUndefined();
  });

  it('reads a code that is newer than the client', () => {
    expect(parseCloseReason('{"error_code":"NEW","message":"m","correlation_id":"c","extra":1}')?.error_code).toBe(
      'NEW',
    );
  });
});

describe('addresses', () => {
  it('are those that the platform dials', () => {
    expect(endpoints).toMatchObject({
      websocket: '/ws',
      health: '/healthz',
      healthRedis: '/healthz/redis',
      healthWebsocket: '/healthz/websocket',
      metrics: '/metrics',
      devTokens: '/dev/tokens',
      devNotifications: '/dev/notifications',
    });
    expect([defaultPort, legacyWebsocketPrefix]).toEqual([8004, '/ws/v1/status']);
    expect([defaultMaxConnectionsPerUser, maxClientMessageBytes]).toEqual([5, 65_536]);
    expect([defaultIssuer, defaultAudience]).toEqual(['huleedu-identity-service', 'huleedu-platform']);
  });

  it.each([
    ['http://localhost:8004', 'ws://localhost:8004/ws?token=t'],
    ['https://realtime.example/', 'wss://realtime.example/ws?token=t'],
    ['ws://websocket-service:8004', 'ws://websocket-service:8004/ws?token=t'],
    ['wss://realtime.example/behind/proxy/', 'wss://realtime.example/behind/proxy/ws?token=t'],
    ['http://localhost:8004/?service=x&token=old#there', 'ws://localhost:8004/ws?token=t'],
    ['http://[::1]:8004', 'ws://[::1]:8004/ws?token=t'],
  ])('are made of the base alone: %s', (base, url) => expect(websocketUrl(base, 't')).toBe(url));

  it('can be shown without a token, and carry any token whole', () => {
    expect(websocketUrl('http://localhost:8004')).toBe('ws://localhost:8004/ws');
    expect(new URL(websocketUrl('http://localhost:8004', 'a+b/c=&d')).searchParams.get('token')).toBe('a+b/c=&d');
  });

  it('are refused where the base is none', () => {
    expect(() => websocketUrl('localhost')).toThrow(TypeError);
  });
});

describe('the pages of the reference', () => {
  it.each<[number, string | undefined, string]>([
    [1008, 'TOKEN_EXPIRED', '/reference/close-codes/1008/#token_expired'],
    [4000, 'CONNECTION_LIMIT_EXCEEDED', '/reference/close-codes/4000/#connection_limit_exceeded'],
    [1000, undefined, '/reference/close-codes/1000/'],
    [1008, 'A_CAUSE_OF_A_LATER_VERSION', '/reference/close-codes/1008/'],
    // A proxy may have written anything into the reason.
    [1011, 'TOKEN_EXPIRED', '/reference/close-codes/1011/'],
    [1008, 'constructor', '/reference/close-codes/1008/'],
    [3999, undefined, '/protocol/close-codes/'],
  ])('explain %s %s', (code, cause, page) => expect(endingPage(code, cause)).toBe(page));

  it('are linked to without a token, whatever is to be tried', () => {
    expect(trialPage('TOKEN_EXPIRED')).toBe('/playground/?try=token_expired');
    expect(trialPage(1000)).toBe('/playground/?try=1000');
    expect(httpErrorPage('NOT_FOUND')).toBe('/reference/http-errors/#not_found');
  });
});

describe('claims', () => {
  it('that are required are the four that decide', () => {
    const required = Object.entries(claimMeanings).flatMap(([name, { required }]) => (required ? [name] : []));
    expect(required.sort()).toEqual(['aud', 'exp', 'iss', 'sub']);
  });
});

describe('HTTP errors', () => {
  it.each(Object.entries(httpErrors))(
    'have a status of an error, a title, an occasion and a remedy: %s',
    (_code, row) => {
      expect(row.status).toBeGreaterThanOrEqual(400);
      expect(row.status).toBeLessThan(600);
      expect(row.title).not.toMatch(/\.$/);
      expect(row.when).toMatch(sentence);
      expect(row.remedy).toMatch(sentence);
    },
  );
});

const denied =
  'batch_id credit_deficit available_credits denial_reason message next_steps org_id requested_pipeline required_credits resource_breakdown';
const phase = 'batch_id failed_count message phase_name phase_status success_count total_count';
const orchestrator = 'batch orchestrator service';
const lifecycle = 'essay lifecycle service';
const classes = 'class management service';
const results = 'result aggregator service';
const files = 'file service';

/** Event, sender, category, priority, whether there is something to do, own fields: what the backend services send. */
const sent: [string, string, string, string, boolean, string][] = [
  [
    'batch_files_uploaded',
    files,
    'file_operations',
    'standard',
    false,
    'batch_id file_upload_id filename message upload_status',
  ],
  ['batch_file_removed', files, 'file_operations', 'standard', false, 'batch_id file_upload_id filename message'],
  [
    'batch_validation_failed',
    files,
    'system_alerts',
    'immediate',
    true,
    'batch_id file_upload_id filename validation_error error_message message',
  ],
  ['class_created', classes, 'class_management', 'standard', false, 'class_id class_designation course_codes message'],
  [
    'student_added_to_class',
    classes,
    'class_management',
    'low',
    false,
    'student_id student_name class_id class_designation message',
  ],
  [
    'validation_timeout_processed',
    classes,
    'student_workflow',
    'immediate',
    false,
    'batch_id auto_confirmed_count timeout_hours message auto_confirmed_associations',
  ],
  [
    'student_associations_confirmed',
    classes,
    'student_workflow',
    'high',
    false,
    'batch_id confirmed_count message associations validation_summary timeout_triggered',
  ],
  [
    'batch_processing_started',
    orchestrator,
    'batch_progress',
    'low',
    false,
    'batch_id requested_pipeline resolved_pipeline first_phase total_phases message',
  ],
  [
    'pipeline_completed',
    orchestrator,
    'batch_progress',
    'high',
    false,
    'batch_id final_status completed_phases successful_essays failed_essays duration_seconds message',
  ],
  ['pipeline_denied_insufficient_credits', orchestrator, 'batch_progress', 'immediate', true, denied],
  ['pipeline_denied_rate_limit', orchestrator, 'batch_progress', 'immediate', true, denied],
  ['batch_spellcheck_completed', lifecycle, 'batch_progress', 'low', false, phase],
  ['batch_cj_assessment_completed', lifecycle, 'batch_progress', 'standard', false, phase],
  ['batch_nlp_completed', lifecycle, 'batch_progress', 'standard', false, phase],
  [
    'batch_results_ready',
    results,
    'processing_results',
    'high',
    false,
    'batch_id total_essays completed_essays overall_status processing_duration_seconds phase_results message',
  ],
  [
    'batch_assessment_completed',
    results,
    'processing_results',
    'standard',
    false,
    'batch_id assessment_job_id rankings_available rankings_count message',
  ],
];

const common = 'category priority action_required deadline batch_id class_id correlation_id timestamp'.split(' ');

describe('the catalogue of notifications', () => {
  it('has the types that the platform sends, in its order, and no others', () => {
    expect(notificationEvents).toEqual(sent.map(([event]) => event));
    expect(Object.keys(notificationExamples)).toEqual(notificationEvents);
  });

  it.each(sent)(
    'has the sender, category, priority and fields of %s',
    (event, sender, category, priority, action, own) => {
      const name = event as keyof typeof notificationExamples;
      const example = notificationExamples[name];
      expect(notificationSenders[name]).toBe(sender);
      expect([example.category, example.priority, example.action_required]).toEqual([category, priority, action]);
      expect(Object.keys(example).sort()).toEqual([...new Set([...common, ...own.split(' ')])].sort());
    },
  );

  it('has examples that agree with themselves', () => {
    const {
      batch_cj_assessment_completed: phaseDone,
      batch_nlp_completed: nlp,
      validation_timeout_processed: timedOut,
      student_associations_confirmed: confirmed,
      batch_processing_started: started,
      pipeline_denied_insufficient_credits: credits,
      pipeline_completed: done,
    } = notificationExamples;
    for (const one of [phaseDone, nlp]) expect(one.success_count + one.failed_count).toBe(one.total_count);
    expect(timedOut.auto_confirmed_associations).toHaveLength(timedOut.auto_confirmed_count);
    expect(confirmed.associations).toHaveLength(confirmed.confirmed_count);
    expect(started.resolved_pipeline).toHaveLength(started.total_phases);
    expect(started.resolved_pipeline[0]).toBe(started.first_phase);
    expect(credits.required_credits - credits.available_credits).toBe(credits.credit_deficit);
    expect(done.action_required).toBe(done.failed_essays > 0);
  });
});
