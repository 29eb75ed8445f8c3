/**
 * I12 over the whole bridge: what is written for everybody to read holds no person and no secret, whatever goes wrong, and
 * one correlation id leads from the door through the payment to the gateway and back to the caller. Every other file of
 * this folder ends with the same check over everything that its bridges said.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { type House, linesAbout, openHouse, type Read } from '../support/bridge-house.ts';
import { impatient } from '../support/bridge.ts';
import { envelope, paymentMessage, person, statusMessage } from '../support/bridge-requests.ts';
import { silence } from '../support/bridge-silence.ts';
import { call } from '../support/http.ts';

let house: House;
before(async () => {
  const short = impatient(1_500);
  house = await openHouse((config) => ({
    ...short(config),
    limits: {
      ...config.limits,
      ledger: { ...config.limits.ledger, busyTimeoutMs: 100, commandTimeoutMs: 400 },
      payments: { ...config.limits.payments, recordPauseMs: 20 },
    },
  }));
});
after(() => house.close());

const deposit = (reference: string, amount?: string): string =>
  paymentMessage('1.1', { operation: 'Deposit', reference, ...(amount !== undefined && { amount }) });

/** The events that carry the correlation id which the caller reads, in their order. */
function eventsOf({ correlationId }: Read): string[] {
  assert.match(correlationId ?? '', /^[0-9a-f-]{36}$/);
  return linesAbout(house.whole.log(), correlationId).map((line) => String(line['message']));
}

test('one correlation id leads from the caller through door, payment and gateway', async () => {
  const settled = await house.send(deposit('traced'));
  assert.deepEqual(eventsOf(settled), [
    'payment.submitted',
    'gateway.called',
    'payment.settled',
    'request.answered',
  ]);

  await house.bank.misbehave('timeoutAfter');
  const unanswered = await house.send(deposit('traced-lost'));
  assert.deepEqual(eventsOf(unanswered), [
    'payment.submitted',
    'gateway.called',
    'payment.unanswered',
    'request.answered',
  ]);
  const asked = await house.send(statusMessage('1.2', { reference: 'traced-lost' }), { version: '1.2' });
  assert.deepEqual(eventsOf(asked), ['gateway.called', 'payment.settled', 'request.answered']);

  await house.bank.misbehave('wrongAmount');
  const conflicting = await house.send(deposit('traced-wrong'));
  assert.deepEqual(eventsOf(conflicting), [
    'payment.submitted',
    'gateway.called',
    'payment.unanswered',
    'payment.alarmed',
    'request.answered',
  ]);

  const refused = await house.send(deposit('traced', '11.00'));
  assert.equal(refused.text('CorrelationId'), refused.correlationId);
  assert.deepEqual(eventsOf(refused), ['request.refused']);
  const short = paymentMessage('1.1', {
    operation: 'Withdrawal',
    reference: 'traced-short',
    playerId: 'poor',
  });
  assert.deepEqual(eventsOf(await house.send(short)), ['payment.rejected', 'request.answered']);
});

const asElement = `<Iban>${person.iban}</Iban>`;
const inAttribute = `a="${person.name} ${person.iban}"`;

/** Requests that carry the person where no person belongs, so that whatever quotes its input would tell. */
const telltale: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
  [
    'XML that breaks off in the account',
    deposit('tell-1').slice(0, deposit('tell-1').indexOf(person.iban) + 12),
  ],
  ['an unknown element with the account', deposit('tell-2').replace('<PlayerId>', `${asElement}<PlayerId>`)],
  ['the account as a name of an element', envelope('1.1', `<${person.iban}/>`)],
  ['the person in an attribute', deposit('tell-3').replace('<Amount ', `<Amount ${inAttribute} `)],
  ['the person as an amount', deposit('tell-4', `${person.name} ${person.iban}`)],
  ['the person as a currency', deposit('tell-5').replace('"EUR"', `"${person.iban}"`)],
  [
    'the person in the header of the envelope',
    deposit('tell-6').replace(
      '<e:Body>',
      `<e:Header><h xmlns="urn:h" e:mustUnderstand="1">${person.name}</h></e:Header><e:Body>`,
    ),
  ],
  [
    'the person in a DOCTYPE',
    `<!DOCTYPE x [<!ENTITY e "${person.name} ${person.iban}">]>${deposit('tell-7')}`,
  ],
  ['the person in SOAPAction', deposit('tell-8'), { soapaction: `"${person.name} ${person.iban}"` }],
  [
    'the person in the media type',
    deposit('tell-9'),
    { 'content-type': `text/xml; charset="${person.iban}"` },
  ],
  ['the token where it is not asked for', '<x/>', { authorization: `Basic ${person.token}` }],
];

for (const [title, body, headers] of telltale) {
  test(`${title}: refused without quoting it`, async () => {
    const read = await house.send(body, headers === undefined ? {} : { headers });
    assert.notEqual(read.http, 200);
    assert.deepEqual(eventsOf(read), ['request.refused']);
    house.silence.check();
  });
}

test('a path and a query that name the person, at both doors', async () => {
  const path = `/${encodeURIComponent(person.name)}/${person.iban}`;
  await house.send('', { method: 'GET', path: `/soap/v1/payments?wsdl=${person.iban}` });
  await house.send('', { method: 'GET', path });
  const { internal } = house.whole.bridge.ports;
  const token = readFileSync(tokenPath(house.whole.home), 'utf8').trim();
  const answers = [
    await call(internal, { path, headers: [['Authorization', `Bearer ${token}`]] }),
    await call(internal, { path: '/v1/payments/x', headers: [['Authorization', `Bearer ${token}x`]] }),
    await call(internal, {
      method: 'POST',
      path: '/v1/transfers',
      headers: [
        ['Authorization', `Bearer ${token}`],
        ['Content-Type', 'application/json'],
      ],
      body: JSON.stringify({ transferId: person.iban, name: person.name, amount: person.token }),
    }),
    await call(internal, { path: '/v1/payments/x', headers: [['Host', `${person.iban}.example`]] }),
  ];
  for (const { status, text } of answers) {
    assert.ok(status >= 400);
    house.silence.heard(text);
  }
  house.silence.check();
});

test('a bank that answers garbage with the person in flight', async () => {
  for (const mode of ['garbage', 'error500', 'decline', 'connectionRefused']) {
    await house.bank.misbehave(mode);
    const read = await house.send(deposit(`bank-${mode}`));
    assert.equal(read.http, 200);
    house.silence.heard(read.body);
  }
  await house.bank.behave();
  house.silence.check();
});

test('a ledger that is away: a fault that says UNKNOWN, and the same request later is paid once', async () => {
  const blocker = new Database(`${house.whole.home}/ledger.sqlite`);
  blocker.exec('BEGIN IMMEDIATE');
  const read = await house.send(deposit('ledger-away'));
  blocker.exec('ROLLBACK');
  blocker.close();
  assert.deepEqual(
    [read.http, read.fault, read.code, read.outcome, read.retry],
    [500, 'Server', 'LEDGER_UNAVAILABLE', 'UNKNOWN', 'SAME_ID'],
  );
  // The caller is told to try again, the log why: in the engine's own word.
  assert.deepEqual(eventsOf(read), ['ledger.failed', 'request.refused']);
  const again = await house.send(deposit('ledger-away'));
  // A command whose acknowledgement was lost may have landed; then the payment is found, and nobody sends it again.
  assert.match(again.status ?? '', /^(?:ACSC|ACSP|PDNG AB06)$/);
  const found = (await house.bank.instructions()).filter(({ submissions }) => submissions !== 1);
  assert.deepEqual(found, []);
  house.silence.check();
});

test('every line of the log is one JSON document with an event and a level', () => {
  const lines = house.whole.log().trimEnd().split('\n');
  assert.ok(lines.length > 30);
  for (const line of lines) {
    const { message, 'log.level': level } = JSON.parse(line) as Record<string, string>;
    assert.match(message ?? '', /^[a-z_]+\.[a-z_]+$/);
    assert.match(level ?? '', /^(?:debug|info|warn|error)$/);
  }
});

test('the check finds what it looks for', () => {
  const told: readonly string[] = [
    `x ${person.name} y`,
    person.iban,
    'at 6119 0430 0234 573201',
    person.iban.toLowerCase(),
    'Wunderlich',
    person.token,
    readFileSync(tokenPath(house.whole.home), 'utf8').trim(),
    readFileSync(`${house.whole.home}/certs/partner-a.key`, 'utf8').split('\n')[3] ?? '',
    '-----BEGIN PRIVATE KEY-----',
    'Authorization: Bearer abc',
  ];
  for (const text of ['', ...told]) {
    const quiet = silence();
    quiet.guards(house.whole.home);
    if (text === '') assert.throws(() => quiet.check());
    else {
      quiet.heard(text);
      assert.throws(() => quiet.check(), assert.AssertionError, text);
    }
  }
});

test('I12: no log line and no fault of all this names the person or holds a secret', () =>
  house.silence.check());
