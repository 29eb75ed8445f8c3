import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { answerAlarm, internalDoorTelemetry, soapDoorTelemetry } from '../../src/inbound/door-telemetry.ts';
import { gatewayWatch } from '../../src/inbound/gateway-watch.ts';
import { paymentTelemetry, writerDeathLine } from '../../src/inbound/payment-telemetry.ts';
import { createLog } from '../../src/platform/log.ts';
import { openMetrics } from '../../src/platform/metrics.ts';
import { someAttempt, somePayment, someTime } from '../support/payments.ts';

function instruments() {
  const stream = new PassThrough();
  const log = createLog({ level: 'debug', stream });
  const metrics = openMetrics({
    partners: ['partner-a'],
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
        ['log.level', 'message', 'labels.transfer_id', 'labels.effect', 'trace.id'].map((name) => line[name]),
      ),
    [
      ['info', 'transfer.posted', 't-1', 'moved', 'c-1'],
      ['info', 'transfer.posted', 't-1', 'replayed', 'c-1'],
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
  const names = ['log.level', 'message', 'labels.trouble', 'error.type', 'error.code', 'trace.id'];
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
  assert.match(text, /operation="deposit",partner="partner-a",result="REFERENCE_REUSED"\} 1/);
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
  door.answered({ ...ended, operation: 'transfer', status: 200 });
  const text = await given.counted();
  assert.doesNotMatch(text, /door_refusals_total\{door="internal",reason="INSUFFICIENT_FUNDS"/);
  for (const reason of ['HOST_NOT_ALLOWED', 'OVERLOADED', 'malformedHttp', 'connectionDropped']) {
    assert.match(text, new RegExp(`door_refusals_total\\{door="internal",reason="${reason}"\\} 1`));
  }
  assert.match(text, /door="internal",operation="transfer",partner="none",result="200"\} 1/);
});

test("a gateway's last word is remembered", () => {
  const watch = gatewayWatch(['bank', 'psp'], paymentTelemetry(instruments()), { now: () => someTime });
  watch.events.gatewayCalled({ operation: 'submit', answer: 'neverSent', durationMs: 1, ...about });
  assert.deepEqual(watch.health(), [
    { name: 'bank', lastAnswer: 'neverSent', lastAnswerAt: someTime },
    { name: 'psp' },
  ]);
});
