import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import {
  answerAlarm,
  internalDoorTelemetry,
  publicDoorTelemetry,
  soapDoorTelemetry,
} from '../../src/inbound/door-telemetry.ts';
import { gatewayWatch } from '../../src/inbound/gateway-watch.ts';
import { paymentTelemetry, writerDeathLine } from '../../src/inbound/payment-telemetry.ts';
import { createLog } from '../../src/platform/log.ts';
import { openMetrics } from '../../src/platform/metrics.ts';
import { someAttempt, somePayment, someTime } from '../support/payments.ts';

function instruments() {
  const stream = new PassThrough();
  const log = createLog({ level: 'debug', stream });
  const metrics = openMetrics({
    partners: () => ['partner-a'],
    gateways: ['bank'],
    paymentCounts: async () => ({}),
  });
  return {
    log,
    metrics,
    lines: () =>
      String(stream.read() ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    counted: async () => (await metrics.exposition()).text,
  };
}

const unknown = somePayment({ name: 'unknown', attempt: someAttempt, since: someTime });
const rejected = somePayment({ name: 'rejected', reason: { code: 'AM04' }, endedAt: someTime });
const submitted = somePayment({ name: 'submitted', attempt: someAttempt });
const about = { gateway: 'bank', correlationId: 'c-1' };
const answered = { payment: unknown, source: 'reply', answer: 'unknown', ...about } as const;

test('a payment has a line when it moves, and one at debug when a word changes nothing', () => {
  const given = instruments();
  const events = paymentTelemetry(given);
  events.accepted({ payment: submitted, correlationId: 'c-1' });
  events.accepted({ payment: rejected, correlationId: 'c-2' });
  events.answered({ ...answered, effect: 'moved' });
  events.answered({ ...answered, effect: 'ignored' });
  assert.deepEqual(
    given.lines().map((line) => [line['log.level'], line['message'], line['labels.reason_code']]),
    [
      ['debug', 'payment.submitted', undefined],
      ['info', 'payment.rejected', 'AM04'],
      ['info', 'payment.unanswered', undefined],
      ['debug', 'payment.unanswered', undefined],
    ],
  );
});

test('a transfer has a line that names its caller and not the player, and a replay has one too', () => {
  const given = instruments();
  const events = paymentTelemetry(given);
  const transferred = {
    transferId: 't-1',
    brand: 'lucky',
    direction: 'toPlay',
    correlationId: 'c-1',
  } as const;
  for (const replayed of [false, true]) events.transferred({ ...transferred, replayed });
  assert.deepEqual(
    given
      .lines()
      .map((line) =>
        ['log.level', 'message', 'labels.transfer_id', 'labels.effect', 'http.request.id'].map(
          (name) => line[name],
        ),
      ),
    [
      ['info', 'transfer.posted', 't-1', 'moved', 'c-1'],
      ['info', 'transfer.posted', 't-1', 'replayed', 'c-1'],
    ],
  );
});

test('what people, partners and the schedule change has a line that says who', () => {
  const given = instruments();
  const events = paymentTelemetry(given);
  for (const by of ['person', 'partner', 'schedule'] as const) {
    events.changed({ payment: unknown, by, correlationId: 'c-1' });
  }
  assert.deepEqual(
    given.lines().map((line) => [line['log.level'], line['message'], line['labels.source']]),
    [
      ['info', 'payment.unanswered', 'person'],
      ['info', 'payment.unanswered', 'partner'],
      ['info', 'payment.unanswered', 'schedule'],
    ],
  );
});

test('an alarm is an error in the log and a number', async () => {
  const given = instruments();
  paymentTelemetry(given).alarm({ alarm: 'unknownCode', paymentId: unknown.id, detail: 'XX99', ...about });
  answerAlarm(given)({ answer: 'deposit', paymentId: unknown.id, findings: ['/Result: pattern'] });
  assert.deepEqual(
    given
      .lines()
      .map((line) => [line['log.level'], line['message'], line['labels.detail'], line['labels.payment_id']]),
    [
      ['error', 'payment.alarmed', 'XX99', unknown.id],
      ['error', 'answer.invalidated', '/Result: pattern', unknown.id],
    ],
  );
  const text = await given.counted();
  for (const alarm of ['unknownCode', 'invalidAnswer']) {
    assert.match(text, new RegExp(`^cagebridge_alarms_total\\{alarm="${alarm}"\\} 1$`, 'm'));
  }
});

test('why the ledger failed is a line and a number each time, although the caller reads one code for all', async () => {
  const given = instruments();
  const events = paymentTelemetry(given);
  events.ledgerFailed({ trouble: 'engineFailed', code: 'SQLITE_FULL', correlationId: 'c-1' });
  events.ledgerFailed({ trouble: 'queueFull', code: undefined });
  writerDeathLine(given.log)(Object.assign(new RangeError('SECRET'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
  writerDeathLine(given.log)(undefined);
  const names = ['log.level', 'message', 'labels.trouble', 'error.type', 'error.code', 'http.request.id'];
  const lines = given.lines();
  assert.deepEqual(
    lines.map((line) => names.map((name) => line[name])),
    [
      ['error', 'ledger.failed', 'engineFailed', undefined, 'SQLITE_FULL', 'c-1'],
      ['warn', 'ledger.failed', 'queueFull', undefined, undefined, undefined],
      ['error', 'writer.died', undefined, 'RangeError', 'ERR_WORKER_OUT_OF_MEMORY', undefined],
      ['error', 'writer.died', undefined, undefined, undefined, undefined],
    ],
  );
  assert.doesNotMatch(JSON.stringify(lines), /SECRET/);
  const text = await given.counted();
  for (const labels of ['trouble="engineFailed",code="SQLITE_FULL"', 'trouble="queueFull",code="none"']) {
    assert.ok(text.includes(`cagebridge_ledger_failures_total{${labels}} 1`), labels);
  }
});

test('what the SOAP door turns away is counted as such, what a use case refuses is not', async () => {
  const given = instruments();
  const door = soapDoorTelemetry(given);
  const refused = { status: 500, durationMs: 3, correlationId: 'c-1' };
  door.refused({ ...refused, reason: 'noCertificate' });
  door.refused({ ...refused, reason: 'REFERENCE_REUSED', operation: 'deposit', partnerId: 'partner-a' });
  door.handshakeFailed({ code: 'ECONNRESET' });
  door.connectionDropped();
  door.failed({ error: new TypeError('SECRET'), correlationId: 'c-2' });
  const lines = given.lines();
  assert.deepEqual(
    lines.map((line) => line['message']),
    ['request.refused', 'request.refused', 'handshake.failed', 'connection.dropped', 'request.failed'],
  );
  assert.doesNotMatch(JSON.stringify(lines), /SECRET/);
  const text = await given.counted();
  const turnedAway = text.split('\n').filter((line) => line.startsWith('cagebridge_door_refusals_total'));
  assert.deepEqual(
    turnedAway.map((line) => /reason="(\w+)"/.exec(line)?.[1]),
    ['noCertificate', 'handshakeFailed', 'connectionDropped'],
  );
  assert.match(text, /operation="deposit",partner="partner-a",blame="sender",result="REFERENCE_REUSED"\} 1/);
});

test('the internal door likewise', async () => {
  const given = instruments();
  const door = internalDoorTelemetry(given);
  const ended = { status: 422, durationMs: 1, correlationId: 'c-1' };
  door.refused({ ...ended, operation: 'transfer', reason: 'INSUFFICIENT_FUNDS' });
  door.refused({ ...ended, operation: 'none', reason: 'HOST_NOT_ALLOWED' });
  door.refused({ ...ended, operation: 'none', reason: 'OVERLOADED' });
  door.refused({ operation: 'none', status: 400, durationMs: 0, reason: 'malformedHttp' });
  door.connectionDropped();
  door.handshakeFailed({ code: 'ECONNRESET' });
  door.answered({ ...ended, operation: 'transfer', status: 200 });
  door.answered({ ...ended, operation: 'payment', status: 200, partnerId: 'partner-a' });
  const text = await given.counted();
  assert.doesNotMatch(text, /door_refusals_total\{door="internal",reason="INSUFFICIENT_FUNDS"/);
  const turnedAway = [
    'HOST_NOT_ALLOWED',
    'OVERLOADED',
    'malformedHttp',
    'connectionDropped',
    'handshakeFailed',
  ];
  for (const reason of turnedAway) {
    assert.match(text, new RegExp(`door_refusals_total\\{door="internal",reason="${reason}"\\} 1`));
  }
  assert.match(text, /door="internal",operation="transfer",partner="none",blame="none",result="200"\} 1/);
  assert.match(text, /door="internal",operation="payment",partner="partner-a",blame="none",result="200"\} 1/);
});

test('a failure of ours is told from a fault of the caller', async () => {
  const given = instruments();
  const door = soapDoorTelemetry(given);
  const refused = { status: 500, durationMs: 3, correlationId: 'c-1', operation: 'deposit' } as const;
  door.refused({ ...refused, reason: 'LEDGER_UNAVAILABLE' });
  door.refused({ ...refused, reason: 'AMOUNT_ZERO' });
  const text = await given.counted();
  const blamed = [...text.matchAll(/^cagebridge_requests_total\{.*blame="(\w+)",result="(\w+)"\} 1$/gm)];
  assert.deepEqual(
    blamed.map(([, blame, result]) => [blame, result]),
    [
      ['receiver', 'LEDGER_UNAVAILABLE'],
      ['sender', 'AMOUNT_ZERO'],
    ],
  );
});

test('every line of a call names its span and not the header that it came in', () => {
  const given = instruments();
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const context = { correlationId: 'c-1', traceparent: `00-${traceId}-${spanId}-01` };
  const call = { gateway: 'bank', ...context };
  const events = paymentTelemetry(given);
  events.accepted({ payment: submitted, ...context });
  events.answered({ payment: unknown, source: 'reply', answer: 'unknown', effect: 'moved', ...call });
  events.gatewayCalled({ operation: 'submit', answer: 'settled', durationMs: 1, ...call });
  events.alarm({ alarm: 'caseOpened', paymentId: unknown.id, ...call });
  events.ledgerFailed({ trouble: 'timeout', ...context });
  const order = { transferId: 't-1', brand: 'lucky', direction: 'toPlay', replayed: false } as const;
  events.transferred({ ...order, ...context });
  const soap = soapDoorTelemetry(given);
  const timed = { durationMs: 3, ...context };
  soap.answered({ operation: 'status', partnerId: 'partner-a', result: 'pending', ...timed });
  soap.refused({ status: 500, reason: 'AMOUNT_ZERO', ...timed });
  soap.failed({ error: new Error('x'), ...context });
  const internal = internalDoorTelemetry(given);
  internal.answered({ operation: 'payment', status: 200, ...timed });
  internal.refused({ operation: 'payment', status: 404, reason: 'PAYMENT_NOT_FOUND', ...timed });
  internal.failed({ error: new Error('x'), ...context });
  internal.answerInvalidated({ answer: 'deposit', findings: ['/partner: maxLength'], ...context });
  const lines = given.lines();
  assert.equal(lines.length, 13);
  for (const line of lines) {
    const names = ['http.request.id', 'trace.id', 'span.id'];
    assert.deepEqual(
      names.map((name) => line[name]),
      ['c-1', traceId, spanId],
      String(line['message']),
    );
    assert.doesNotMatch(JSON.stringify(line), /00-4bf9|traceparent/);
  }
});

test("a gateway's last word is remembered", () => {
  const gateways = new Map([
    ['bank', { breaker: () => 'open' as const }],
    ['psp', { breaker: () => 'closed' as const }],
  ]);
  const watch = gatewayWatch(gateways, paymentTelemetry(instruments()), { now: () => someTime });
  watch.events.gatewayCalled({ operation: 'submit', answer: 'neverSent', durationMs: 1, ...about });
  assert.deepEqual(watch.health(), [
    { name: 'bank', breaker: 'open', lastAnswer: 'neverSent', lastAnswerAt: someTime },
    { name: 'psp', breaker: 'closed' },
  ]);
});

test('the public door tells whose webhook came and why one was refused, and nobody fills the log through it', async () => {
  const given = instruments();
  const door = publicDoorTelemetry(given);
  const ended = { correlationId: 'c-1', durationMs: 5 };
  door.received({ gateway: 'bank', result: 'known', ...ended });
  door.refused({ gateway: 'bank', reason: 'LEDGER_UNAVAILABLE', status: 503, ...ended });
  door.failed({ error: new Error('secret'), correlationId: 'c-2' });
  for (let count = 0; count < 50; count += 1)
    door.refused({ reason: 'signatureWrong', status: 401, ...ended });
  door.handshakeFailed({ code: 'ERR_SSL' });
  door.connectionDropped();
  const lines = given.lines();
  assert.deepEqual(
    lines.slice(0, 4).map((line) => [line['message'], line['labels.gateway'], line['labels.refusal']]),
    [
      ['request.answered', 'bank', undefined],
      ['request.refused', 'bank', 'LEDGER_UNAVAILABLE'],
      ['request.failed', undefined, undefined],
      ['request.refused', undefined, 'signatureWrong'],
    ],
  );
  assert.ok(lines.length < 30, `${lines.length} lines`);
  const counted = await given.counted();
  assert.match(counted, /door_refusals_total\{door="public",reason="signatureWrong"\} 50/);
  assert.match(counted, /door_refusals_total\{door="public",reason="handshakeFailed"\} 1/);
  assert.match(
    counted,
    /requests_total\{door="public",operation="webhook",[^}]*blame="receiver",result="LEDGER_UNAVAILABLE"\} 1/,
  );
  assert.doesNotMatch(counted, /door_refusals_total\{door="public",reason="LEDGER_UNAVAILABLE"/);
});
