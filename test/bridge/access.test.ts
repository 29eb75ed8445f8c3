/**
 * Who gets no further than the door, and who gets no further than his own payments: what the caller reads, and what the
 * log says instead. `PRINT=1 npm test -- test/bridge/access.test.ts` prints the table.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import {
  entriesIn,
  type House,
  linesAbout,
  type LogLine,
  openHouse,
  paymentsIn,
  printTable,
  type Read,
} from '../support/bridge-house.ts';
import { paymentMessage, statusMessage, type Version } from '../support/bridge-requests.ts';
import { daysFromNow, partnerUri } from '../support/tls-callers.ts';

const versions: readonly Version[] = ['1.1', '1.2'];

let house: House;
let made: Awaited<ReturnType<typeof certificatesOfB>>;
const rows: string[][] = [];
before(async () => {
  made = await certificatesOfB();
  house = await openHouse((config) => ({
    ...config,
    revoked: [fingerprintOf(new X509Certificate(made.revoked.certificate))],
    // partner-b has an authority of its own, as partners do; partner-a keeps the one of this home.
    partners: config.partners.map((partner) =>
      partner.id === 'partner-b' ? { ...partner, issuers: [made.authority.certificate] } : partner,
    ),
  }));
});
after(async () => {
  await house.close();
  printTable(
    ['caller', 'SOAP', 'HTTP', 'fault', 'code', 'outcome', 'retry', 'the log: event', 'reason', 'partner'],
    rows,
  );
});

/** What partner-b's authority has issued, and what nobody has. */
async function certificatesOfB() {
  const inDate = { notBefore: daysFromNow(-1), notAfter: daysFromNow(30) };
  const authority = await makeAuthority({ name: 'O=Bank B, CN=Bank B CA', ...inDate });
  const leaf = async (id: string, signed: { issuer?: Authority } = { issuer: authority }) =>
    issueLeaf({
      name: `CN=${id}`,
      usages: ['clientAuth'],
      altNames: [{ type: 'url', value: partnerUri(id) }],
      ...inDate,
      ...signed,
    });
  const [b, revoked, sameName, nobody, selfSigned] = await Promise.all([
    leaf('partner-b'),
    leaf('partner-b'),
    leaf('partner-a'),
    leaf('partner-c'),
    leaf('partner-a', {}),
  ]);
  return { authority, b, revoked, sameName, nobody, selfSigned };
}

interface Refused {
  readonly caller: string;
  readonly certificate: () => Credential | 'nobody';
  readonly code: string;
  /** The words of the log. */
  readonly reason: string;
  readonly openSslCode?: string;
  /** Whose name the certificate bears, where the log can know it. */
  readonly partner?: string;
}

const missing = 'CLIENT_CERTIFICATE_MISSING';
const notAccepted = 'CLIENT_CERTIFICATE_NOT_ACCEPTED';
const refusedCallers: readonly Refused[] = [
  { caller: 'no certificate', certificate: () => 'nobody', code: missing, reason: 'noCertificate' },
  {
    caller: 'expired',
    certificate: () => house.address.certificates.expired,
    code: notAccepted,
    reason: 'chainRefused',
    openSslCode: 'CERT_HAS_EXPIRED',
  },
  {
    caller: 'of a CA that nobody knows',
    certificate: () => house.address.certificates.stranger,
    code: notAccepted,
    reason: 'chainRefused',
    openSslCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
  {
    caller: 'self-signed',
    certificate: () => made.selfSigned,
    code: notAccepted,
    reason: 'chainRefused',
    openSslCode: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
  {
    caller: "partner-a's name, of partner-b's CA",
    certificate: () => made.sameName,
    code: notAccepted,
    reason: 'otherIssuer',
    partner: 'partner-a',
  },
  {
    caller: 'a name that nobody has',
    certificate: () => made.nobody,
    code: notAccepted,
    reason: 'unknownName',
  },
  { caller: 'revoked', certificate: () => made.revoked, code: notAccepted, reason: 'revoked' },
];

const deposit = (version: Version, reference: string): string =>
  paymentMessage(version, { operation: 'Deposit', reference });

/** The one line that says why, by the correlation id that the caller reads. */
function refusalLine({ correlationId, text }: Read): LogLine {
  assert.equal(text('CorrelationId') ?? correlationId, correlationId);
  const [line, ...more] = linesAbout(house.whole.log(), correlationId).filter(
    ({ 'log.level': level }) => level !== 'debug',
  );
  assert.deepEqual(more, []);
  assert.equal(line?.['message'], 'request.refused');
  return line ?? {};
}

/** All that a line about a refusal may hold. */
const permitted = [
  '@timestamp',
  'log.level',
  'message',
  'ecs.version',
  'service.name',
  'process.pid',
  'event.action',
  'event.dataset',
  'event.duration',
  'http.request.id',
  'trace.id',
  'span.id',
  'http.response.status_code',
  'error.code',
  'tls.client.hash.sha256',
  'tls.client.x509.serial_number',
  'labels.client_issuer_hash',
  'labels.door',
  'labels.refusal',
  'labels.partner',
  'labels.operation',
];

function record(caller: string, version: Version, read: Read, line: LogLine): void {
  const { http, fault, code = '', outcome = '', retry = '', status = '' } = read;
  const reason = `${line['labels.refusal']} ${line['error.code'] ?? ''}`.trim();
  const logged = [String(line['message']), reason, String(line['labels.partner'] ?? '')];
  rows.push([caller, version, String(http), fault, code || status, outcome, retry, ...logged]);
}

/** What a Sender's fault is in each version. */
const blame = { '1.1': [500, 'Client'], '1.2': [400, 'Sender'] } as const;

describe('a caller who is no partner at this moment gets no further than the door', () => {
  for (const { caller, certificate, code, reason, openSslCode, partner } of refusedCallers) {
    for (const version of versions) {
      test(`${caller}, SOAP ${version}`, async () => {
        const reference = `refused-${refusedCallers.findIndex((row) => row.caller === caller)}-${version}`;
        const shown = certificate();
        const read = await house.send(deposit(version, reference), { version, caller: shown });
        assert.deepEqual(
          [read.http, read.fault, read.code, read.outcome, read.retry],
          [...blame[version], code, 'UNKNOWN', 'SAME_ID'],
        );
        const line = refusalLine(read);
        assert.deepEqual(
          [line['labels.refusal'], line['error.code'], line['labels.partner']],
          [reason, openSslCode, partner],
        );
        // The certificate can be found again by what the log says of it, and it names nobody.
        const fingerprint =
          shown === 'nobody' ? undefined : fingerprintOf(new X509Certificate(shown.certificate));
        assert.equal(line['tls.client.hash.sha256'], fingerprint);
        assert.deepEqual(
          Object.keys(line).filter((key) => !permitted.includes(key)),
          [],
        );
        assert.equal(await house.ledger.paymentByReference('partner-a', reference), undefined);
        record(caller, version, read, line);
      });
    }
  }
});

interface Forbidden {
  readonly what: string;
  readonly message: (version: Version) => string;
  readonly code: string;
  readonly outcome: string;
  readonly operation: string;
}

const theirs = 'of-partner-a';
let theirId = '';
const forbidden: readonly Forbidden[] = [
  {
    what: 'partner-b: an operation that it may not use',
    message: (version) => paymentMessage(version, { operation: 'Withdrawal', reference: `w-${version}` }),
    code: 'OPERATION_FORBIDDEN',
    outcome: 'NOT_EXECUTED',
    operation: 'withdrawal',
  },
  {
    what: "partner-b: somebody else's payment by PaymentId",
    message: (version) => statusMessage(version, { paymentId: theirId }),
    code: 'PAYMENT_NOT_FOUND',
    outcome: 'UNKNOWN',
    operation: 'status',
  },
  {
    what: "partner-b: somebody else's payment by reference",
    message: (version) => statusMessage(version, { reference: theirs }),
    code: 'PAYMENT_NOT_FOUND',
    outcome: 'UNKNOWN',
    operation: 'status',
  },
  {
    what: 'partner-b: a payment that is nowhere',
    message: (version) => statusMessage(version, { paymentId: '019aab00-0000-7000-8000-000000000000' }),
    code: 'PAYMENT_NOT_FOUND',
    outcome: 'UNKNOWN',
    operation: 'status',
  },
];

/** What partner-b reads, without what differs from answer to answer. */
async function readByB(message: string): Promise<string> {
  const { body, correlationId = '' } = await house.send(message, { caller: made.b });
  return body.replaceAll(correlationId, '');
}

describe('a partner gets no further than what is his', () => {
  before(async () => {
    const paid = await house.send(deposit('1.1', theirs));
    assert.equal(paid.status, 'ACSC');
    theirId = paid.text('PaymentId') ?? '';
  });

  for (const { what, message, code, outcome, operation } of forbidden) {
    for (const version of versions) {
      test(`${what}, SOAP ${version}`, async () => {
        const read = await house.send(message(version), { version, caller: made.b });
        assert.deepEqual(
          [read.http, read.fault, read.code, read.outcome, read.retry],
          [...blame[version], code, outcome, 'SAME_ID'],
        );
        assert.ok(!read.body.includes(theirId), 'the id of a payment that is not his');
        const line = refusalLine(read);
        assert.deepEqual(
          [line['labels.refusal'], line['labels.partner'], line['labels.operation']],
          [code, 'partner-b', operation],
        );
        assert.deepEqual(
          Object.keys(line).filter((key) => !permitted.includes(key)),
          [],
        );
        record(what, version, read, line);
      });
    }
  }

  test("somebody else's payment and no payment read the same, but for the correlation id", async () => {
    const [foreign, nowhere] = [
      await readByB(statusMessage('1.1', { paymentId: theirId })),
      await readByB(statusMessage('1.1', { paymentId: '019aab00-0000-7000-8000-000000000000' })),
    ];
    assert.equal(foreign, nowhere);
  });

  test('the same reference of two partners is two payments', async () => {
    const ours = await house.send(deposit('1.1', theirs), { caller: made.b });
    assert.equal(ours.status, 'ACSC');
    assert.notEqual(ours.text('PaymentId'), theirId);
    assert.equal((await house.bank.effects()).length, 2);
  });
});

test('all that was refused has left nothing: two payments, an entry each', async () => {
  assert.equal((await paymentsIn(house.ledger)).length, 2);
  assert.equal((await entriesIn(house.ledger)).length, 2);
  assert.equal((await house.bank.instructions()).length, 2);
});

test('no log line and no fault of all this names the person or holds a secret', () => house.silence.check());
