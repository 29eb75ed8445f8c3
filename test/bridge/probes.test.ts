/**
 * What is not a payment, sent to a running bridge over mutual TLS: what the sender reads, how long it takes, and that the
 * ledger and the bank know nothing of it. `PRINT=1 npm test -- test/bridge/probes.test.ts` prints the table.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RefusalCode } from '../../src/payments/refusals.ts';
import {
  entriesIn,
  type House,
  openHouse,
  paymentsIn,
  printTable,
  type Read,
  readIn,
  type Sending,
} from '../support/bridge-house.ts';
import {
  contentType,
  envelope,
  paymentBody,
  paymentMessage,
  type Version,
} from '../support/bridge-requests.ts';
import { dial, head } from '../support/door-open.ts';

let house: House;
const rows: string[][] = [];
before(async () => {
  house = await openHouse();
});
after(async () => {
  await house.close();
  printTable(
    ['probe', 'SOAP', 'HTTP', 'fault', 'code', 'outcome', 'retry', 'ms', 'payments', 'entries'],
    rows,
  );
});

/** Longer than any of them takes, even on a machine that is busy with something else. */
/** That somebody is answered at all; a machine under load takes its time. */
const boundMs = 15_000;

interface Expected {
  readonly code: RefusalCode;
  /** Where it is not what every refusal says that was made without asking the ledger. */
  readonly outcome?: 'NOT_EXECUTED';
  readonly retry?: 'NEW_ID';
  readonly http?: number;
  readonly fault?: 'VersionMismatch' | 'MustUnderstand';
}

interface Probe {
  readonly name: string;
  readonly body: (version: Version, reference: string) => string | Buffer;
  readonly sending?: (version: Version) => Sending;
  /** A refusal as a fault; or a status of HTTP where nothing of SOAP is known yet; or a payment. */
  readonly expected: Expected | number | { readonly settles: string };
}

const amount =
  (text: string, currency = 'EUR') =>
  (version: Version, reference: string): string =>
    paymentMessage(version, { operation: 'Deposit', reference, amount: text, currency });
const deposit = amount('10.00');
const changed =
  (elements: Readonly<Record<string, string>>) =>
  (version: Version, reference: string): string =>
    paymentMessage(version, { operation: 'Deposit', reference, changed: elements });
const other = { '1.1': '1.2', '1.2': '1.1' } as const;
const attributes = (count: number): string =>
  Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ');
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const doctype = (declared: string, text: string): Probe['body'] => {
  return (version, reference) => `<!DOCTYPE x [${declared}]>${amount(text)(version, reference)}`;
};
const laughs = Array.from({ length: 30 }, (_, n) => `<!ENTITY a${n + 1} "&a${n};&a${n};">`).join('');
const header = (block: string) => (version: Version, reference: string) =>
  deposit(version, reference).replace('<e:Body>', `<e:Header>${block}</e:Header><e:Body>`);

const xmlProbes: readonly Probe[] = [
  {
    name: 'malformed',
    body: (...at) => deposit(...at).slice(0, -40),
    expected: { code: 'XML_NOT_WELL_FORMED' },
  },
  { name: 'no XML at all', body: () => '{"deposit":1}', expected: { code: 'XML_NOT_WELL_FORMED' } },
  { name: 'an empty body', body: () => '', expected: { code: 'XML_NOT_WELL_FORMED' } },
  { name: 'DOCTYPE', body: doctype('', '10.00'), expected: { code: 'XML_NOT_ALLOWED' } },
  {
    name: 'DOCTYPE in UTF-16',
    body: (...at) => utf16(doctype('', '10.00')(...at).toString()),
    sending: (version) => ({
      headers: { 'content-type': contentType(version).replace('utf-8', 'utf-16') },
    }),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  {
    name: 'XXE, a file',
    body: doctype('<!ENTITY e SYSTEM "file:///etc/passwd">', '&e;'),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  {
    name: 'XXE, a parameter entity',
    body: doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd">%p;', '10.00'),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  {
    name: 'billion laughs',
    body: doctype(`<!ENTITY a0 "1">${laughs}`, '&a30;'),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  {
    name: 'depth 150,000',
    body: () => '<a>'.repeat(150_000),
    expected: { code: 'BODY_TOO_LARGE', http: 413 },
  },
  {
    name: 'depth 21,000, all that is read',
    body: () => '<a>'.repeat(21_000),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  {
    name: '25,000 attributes',
    body: (version) => envelope(version, `<a ${attributes(25_000)}/>`),
    expected: { code: 'BODY_TOO_LARGE', http: 413 },
  },
  {
    name: '6,000 attributes, all that is read',
    body: (version) => envelope(version, `<a ${attributes(6_000)}/>`),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
];

const soapProbes: readonly Probe[] = [
  {
    name: "the other version's envelope",
    body: (version, reference) => deposit(other[version], reference),
    expected: { code: 'SOAP_VERSION_MISMATCH', fault: 'VersionMismatch', http: 500 },
  },
  {
    name: "nobody's envelope",
    body: (...at) => deposit(...at).replace(/xmlns:e="[^"]*"/, 'xmlns:e="urn:nobody"'),
    expected: { code: 'SOAP_VERSION_MISMATCH', fault: 'VersionMismatch', http: 500 },
  },
  {
    name: 'wrong namespace',
    body: (...at) => deposit(...at).replace('payments:v1', 'payments:v2'),
    expected: { code: 'OPERATION_UNKNOWN' },
  },
  {
    name: "children in the wrapper's namespace",
    body: (...at) => deposit(...at).replace('"urn:cagebridge:types:v1"', '"urn:cagebridge:payments:v1"'),
    expected: { code: 'REQUEST_INVALID' },
  },
  {
    name: 'two bodies',
    body: (...at) => deposit(...at).replace(/<e:Body>.*<\/e:Body>/, '$&$&'),
    expected: { code: 'SOAP_MESSAGE_INVALID' },
  },
  {
    name: 'two operations',
    body: (version, reference) =>
      envelope(version, paymentBody({ operation: 'Deposit', reference }).repeat(2)),
    expected: { code: 'SOAP_MESSAGE_INVALID' },
  },
  {
    name: 'SOAPAction mismatch',
    body: deposit,
    sending: (version) =>
      version === '1.1'
        ? { headers: { soapaction: '"urn:cagebridge:payments:v1/Status"' } }
        : {
            headers: {
              'content-type': `${contentType('1.2')}; action="urn:cagebridge:payments:v1/Status"`,
            },
          },
    expected: { code: 'SOAP_ACTION_MISMATCH' },
  },
  {
    name: 'mustUnderstand',
    body: header('<h xmlns="urn:h" e:mustUnderstand="1">x</h>'),
    expected: { code: 'SOAP_MUST_UNDERSTAND', fault: 'MustUnderstand', http: 500 },
  },
];

/** What a use case says that has asked the ledger and found nothing. */
const refusedByUseCase = { outcome: 'NOT_EXECUTED', retry: 'NEW_ID' } as const;
const valueProbes: readonly Probe[] = [
  {
    name: 'an amount of 5,000 digits',
    body: amount('1'.repeat(5_000)),
    expected: { code: 'REQUEST_INVALID' },
  },
  {
    name: 'a comment inside the amount',
    body: amount('90<!-- x -->07.10'),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  { name: 'CDATA inside the amount', body: amount('<![CDATA[12]]>.30'), expected: { settles: '12.30' } },
  {
    name: 'a processing instruction inside the amount',
    body: amount('90<?x?>07.10'),
    expected: { code: 'XML_NOT_ALLOWED' },
  },
  { name: 'a negative amount', body: amount('-5.00'), expected: { code: 'REQUEST_INVALID' } },
  {
    name: 'an amount of zero',
    body: amount('0.00'),
    expected: { code: 'AMOUNT_ZERO', ...refusedByUseCase },
  },
  {
    name: 'JPY with decimals',
    body: amount('1000.50', 'JPY'),
    expected: { code: 'AMOUNT_TOO_MANY_DECIMALS', ...refusedByUseCase },
  },
  {
    name: 'a currency that nobody agreed on',
    body: amount('10.00', 'CHF'),
    expected: { code: 'CURRENCY_FORBIDDEN', ...refusedByUseCase },
  },
  {
    name: 'a card number as account',
    body: changed({ Party: '<Debtor><Account><Other>4111 1111 1111 1111</Other></Account></Debtor>' }),
    expected: { code: 'CARD_NUMBER_REFUSED', ...refusedByUseCase },
  },
  {
    name: 'an unknown property',
    body: changed({ Property: '<Property><Name>colour</Name><Value>red</Value></Property>' }),
    expected: { code: 'PROPERTY_UNKNOWN', ...refusedByUseCase },
  },
  {
    name: 'an unknown element',
    body: changed({ Property: '<Colour>red</Colour>' }),
    expected: { code: 'REQUEST_INVALID' },
  },
];

const transportProbes: readonly Probe[] = [
  {
    name: 'a body of 10 MB',
    body: () => Buffer.alloc(10_000_000, ' '),
    expected: { code: 'BODY_TOO_LARGE', http: 413 },
  },
  {
    name: 'a body of 10 MB in chunks',
    body: () => Buffer.alloc(10_000_000, ' '),
    sending: () => ({ headers: { 'transfer-encoding': 'chunked' } }),
    expected: { code: 'BODY_TOO_LARGE', http: 413 },
  },
  {
    name: 'media type application/xml',
    body: deposit,
    sending: () => ({ headers: { 'content-type': 'application/xml' } }),
    expected: 415,
  },
  {
    name: 'media type application/json',
    body: deposit,
    sending: () => ({ headers: { 'content-type': 'application/json' } }),
    expected: 415,
  },
  { name: 'PUT', body: deposit, sending: () => ({ method: 'PUT' }), expected: 405 },
  { name: 'DELETE', body: () => '', sending: () => ({ method: 'DELETE' }), expected: 405 },
  { name: 'another path', body: deposit, sending: () => ({ path: '/soap/v2/payments' }), expected: 404 },
];

/** How many payments and entries there are, here and at the bank. */
async function standing() {
  const [payments, entries, instructions] = await Promise.all([
    paymentsIn(house.ledger),
    entriesIn(house.ledger),
    house.bank.instructions(),
  ]);
  return { payments: payments.length, entries: entries.length, instructions: instructions.length };
}

/** What is expected of the answer, as it can be compared with what was read. */
function expectedRead(expected: Probe['expected'], version: Version) {
  if (typeof expected === 'number') return { http: expected, fault: '-' };
  if ('settles' in expected) return { http: 200, fault: '-', status: 'ACSC' };
  const { code, outcome = 'UNKNOWN', retry = 'SAME_ID' } = expected;
  const { http = version === '1.1' ? 500 : 400, fault = version === '1.1' ? 'Client' : 'Sender' } = expected;
  return { http, fault, code, outcome, retry };
}

function record(
  name: string,
  version: Version,
  read: Read,
  changes: { payments: number; entries: number },
): void {
  const { http, fault, code = '', outcome = '', retry = '', status = '', tookMs } = read;
  const told = [String(http), fault, code || status, outcome, retry, tookMs.toFixed(0)];
  rows.push([name, version, ...told, `+${changes.payments}`, `+${changes.entries}`]);
}

for (const [title, probes] of Object.entries({ xmlProbes, soapProbes, valueProbes, transportProbes })) {
  describe(title, () => {
    for (const [index, { name, body, sending, expected }] of probes.entries()) {
      for (const version of ['1.1', '1.2'] as const) {
        test(`${name}, SOAP ${version}`, async () => {
          const earlier = await standing();
          const reference = `${title}-${index}-${version}`;
          const read = await house.send(body(version, reference), { version, ...sending?.(version) });
          const wanted = expectedRead(expected, version);
          const found = Object.fromEntries(
            Object.keys(wanted).map((key) => [key, read[key as keyof typeof wanted]]),
          );
          assert.deepEqual(found, wanted, read.body);
          assert.ok(read.tookMs < boundMs, `${read.tookMs} ms`);
          const later = await standing();
          const settles =
            typeof expected === 'object' && 'settles' in expected ? expected.settles : undefined;
          const more = settles === undefined ? 0 : 1;
          assert.equal(read.text('SettledAmount'), settles);
          assert.deepEqual(later, {
            payments: earlier.payments + more,
            entries: earlier.entries + more,
            instructions: earlier.instructions + more,
          });
          record(name, version, read, { payments: more, entries: more });
        });
      }
    }
  });
}

for (const version of ['1.1', '1.2'] as const) {
  test(`chunked without an end: answered while it still comes, then cut off, SOAP ${version}`, async () => {
    const earlier = await standing();
    const { certificates, port } = house.address;
    const connection = await dial(port, certificates.ca, certificates['partner-a']);
    const startedAt = performance.now();
    const opening = { 'Content-Type': contentType(version), 'Transfer-Encoding': 'chunked' };
    connection.socket.write(head(opening));
    const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
    const pump = (): void => {
      while (!connection.socket.destroyed && connection.socket.write(chunk));
      connection.socket.once('drain', pump);
    };
    pump();
    const answer = await connection.until('</soap:Envelope>');
    const tookMs = performance.now() - startedAt;
    const read = { ...readIn({ status: Number(answer.slice(9, 12)), headers: {}, body: answer }), tookMs };
    await connection.untilClosed();
    assert.ok(performance.now() - startedAt < boundMs);
    assert.deepEqual(
      [read.http, read.code, read.outcome, read.retry],
      [413, 'BODY_TOO_LARGE', 'UNKNOWN', 'SAME_ID'],
    );
    assert.deepEqual(await standing(), earlier);
    house.silence.heard(answer);
    record('chunked without an end', version, read, { payments: 0, entries: 0 });
  });
}

test('after all of it the bridge is as good as before', async () => {
  const earlier = await standing();
  for (const version of ['1.1', '1.2'] as const) {
    const read = await house.send(deposit(version, `after-${version}`), { version });
    assert.equal(read.status, 'ACSC', read.body);
  }
  assert.equal((await standing()).payments, earlier.payments + 2);
  assert.deepEqual(await house.ledger.violations(10), []);
});

test('no log line and no fault of all this names the person or holds a secret', () => house.silence.check());
