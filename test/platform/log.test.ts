import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { createLog, type Log, type LogLevel } from '../../src/platform/log.ts';
import { errorFields, redacted, scrub } from '../../src/platform/redaction.ts';

function captured(
  level: LogLevel,
  write: (log: Log) => void,
): { text: string; lines: Record<string, unknown>[] } {
  const stream = new PassThrough();
  write(createLog({ level, stream }));
  const text = String(stream.read() ?? '');
  const lines = text.split('\n').filter((line) => line !== '');
  return { text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const paymentId = '0199a1b2-c3d4-7e5f-8a6b-123456789012';

test('an event is one JSON line with ECS names', () => {
  const { lines } = captured('info', (log) =>
    log.info('payment.settled', { paymentId, correlationId: 'c-1', partnerId: 'acme', durationMs: 1.5 }),
  );
  assert.equal(lines.length, 1);
  const { '@timestamp': at, ...line } = lines[0]!;
  assert.match(String(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, {
    'ecs.version': '8.10.0',
    'event.action': 'payment.settled',
    'event.dataset': 'cagebridge',
    'event.duration': 1_500_000,
    'labels.partner': 'acme',
    'labels.payment_id': paymentId,
    'log.level': 'info',
    message: 'payment.settled',
    'process.pid': process.pid,
    'service.name': 'cagebridge',
    'http.request.id': 'c-1',
  });
});

test('a level keeps what is below it quiet', () => {
  const { lines } = captured('warn', (log) => {
    log.debug('gateway.called');
    log.info('payment.settled');
    log.warn('request.refused');
    log.error('process.failed');
  });
  assert.deepEqual(
    lines.map((line) => line['log.level']),
    ['warn', 'error'],
  );
});

test('a field that is not in the table does not pass, whatever it holds', () => {
  const smuggled = {
    playerName: 'Erika Mustermann',
    iban: 'DE89370400440532013000',
    __proto__: { detail: 'x' },
  };
  const { text } = captured('info', (log) => log.info('payment.settled', { paymentId, ...smuggled }));
  assert.doesNotMatch(text, /Erika|DE89|playerName|iban/);
});

test('a field that does not have its form is redacted', () => {
  const { lines } = captured('info', (log) =>
    log.info('payment.settled', {
      paymentId: 'Erika Mustermann',
      state: 'completed because Erika said so',
      version: 'DE89370400440532013000',
      clientFingerprint: 'DE89 3704 0044 0532 0130 00',
      durationMs: 'long',
    }),
  );
  const written = lines[0]!;
  for (const name of [
    'labels.payment_id',
    'labels.state',
    'labels.version',
    'tls.client.hash.sha256',
    'event.duration',
  ]) {
    assert.equal(written[name], redacted, name);
  }
});

const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----';

/** Before and after. What does not change is as much a promise as what does. */
const transcripts: readonly (readonly [string, string])[] = [
  ['account DE89370400440532013000 is closed', 'account [redacted] is closed'],
  ['account DE89 3704 0044 0532 0130 00 is closed', 'account [redacted] is closed'],
  ['gb29nwbk60161331926819', '[redacted]'],
  ['NO9386011117947', '[redacted]'],
  ['MT84MALT011000012345MTLCAST001S', '[redacted]'],
  ['card 4111111111111111 expired', 'card [redacted] expired'],
  ['card 4111 1111 1111 1111', 'card [redacted]'],
  ['card 3782-822463-10005', 'card [redacted]'],
  ['<Debtor><Name>Erika Mustermann</Name></Debtor>', '<Debtor><Name>[redacted]</Name></Debtor>'],
  ['<p:Name xml:lang="de">Erika', '<p:Name xml:lang="de">[redacted]'],
  ['<Nm>Erika Mustermann</Nm>', '<Nm>[redacted]</Nm>'],
  [String.raw`{"name": "Eri\"ka", "at": 1}`, '{"name": "[redacted]", "at": 1}'],
  ['Authorization: Bearer abc.DEF-123_~+/=', 'Authorization: [redacted]'],
  ['authorization: basic dXNlcjpwYXNz', 'authorization: [redacted]'],
  ['token eyJhbGciOiJIUzI1NiJ9.e30.x1', 'token [redacted]'],
  [`key ${pem} end`, 'key [redacted] end'],
  ['cut -----BEGIN CERTIFICATE-----\nMIIE', 'cut [redacted]'],
  [`payment ${paymentId} settled`, `payment ${paymentId} settled`],
  // A span id may begin like an IBAN: two letters, two digits.
  [
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-ab12c3d4e5f60718-01',
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-ab12c3d4e5f60718-01',
  ],
  ['digest 12345678901234567890123456789012', 'digest 12345678901234567890123456789012'],
  ['4111111111111112 fails the Luhn test', '4111111111111112 fails the Luhn test'],
  ['timed out after 30000 ms at bank, AB06', 'timed out after 30000 ms at bank, AB06'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  ['ECONNREFUSED 127.0.0.1:8453', 'ECONNREFUSED 127.0.0.1:8453'],
  ['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:00.000Z'],
];

for (const [before, after] of transcripts) {
  test(`scrubbed: ${after.replaceAll('\n', ' ')}`, () => assert.equal(scrub(before), after));
}

test('text fields are scrubbed and cut', () => {
  const { text, lines } = captured('info', (log) => {
    log.warn('payment.alarmed', {
      detail: 'unknown code in <Name>Erika Mustermann</Name>',
      partnerId: 'DE89370400440532013000',
    });
    log.warn('payment.alarmed', { detail: 'x'.repeat(10_000) });
  });
  assert.doesNotMatch(text, /Erika|DE89/);
  assert.equal(String(lines[1]?.['labels.detail']).length, 300);
});

test('an error tells its type, code and places, never its message', () => {
  const error = Object.assign(new TypeError('no player Erika\n    at DE89370400440532013000 (file:Erika)'), {
    code: 'E_X',
  });
  const { text, lines } = captured('error', (log) => log.error('process.failed', errorFields(error)));
  assert.equal(lines[0]?.['error.type'], 'TypeError');
  assert.equal(lines[0]?.['error.code'], 'E_X');
  assert.match(String(lines[0]?.['error.stack_trace']), /log\.test\.ts:\d+:\d+/);
  assert.doesNotMatch(text, /Erika|DE89/);
  assert.deepEqual(errorFields('Erika'), { errorType: 'string' });
});
