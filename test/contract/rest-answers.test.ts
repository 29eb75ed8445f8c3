/** Every operation of the internal door is called until it has given each of its answers, and each is what the contract says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sha256Of } from '../../src/reconciliation/reports/close-day.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { openStores } from '../../src/store/open.ts';
import { certificatesOf } from '../../src/cli/development.ts';
import { issueLeaf } from '../../src/pki/authority.ts';
import { bankStatement, type BankLine } from '../support/bank-statement.ts';
import type { HttpReply } from '../support/http.ts';
import { certificateFiles, issuerOf } from '../support/rotating-house.ts';
import { daysFromNow } from '../support/tls-callers.ts';
import {
  type ClientName,
  closeDays,
  openRestHouse,
  operationsOf,
  type RestHouse,
  violationsIn,
} from './rest-house.ts';

let house: RestHouse;
const closing: (() => unknown)[] = [];
before(async () => {
  house = await openRestHouse({ after: (work) => void closing.unshift(work as () => unknown) });
  violations = violationsIn(house.contract);
});
after(async () => {
  for (const close of closing) await close();
});

let violations: ReturnType<typeof violationsIn>;
/** Which answers were met, as `get /v1/payments 200`. */
const met = new Set<string>();

interface Call {
  readonly as?: ClientName;
  readonly body?: object | string;
  /** What stands in the path instead of `{id}`. */
  readonly id?: string;
  readonly query?: string;
  readonly at?: RestHouse['ask'];
}

/** Calls an operation, and holds what comes against the contract. */
async function did(name: string, { as = 'payer', body, id = '', query = '', at = house.ask }: Call = {}) {
  const [method = '', path = ''] = name.split(' ');
  const asked = {
    method: method.toUpperCase(),
    path: path.replace('{id}', id).replace('{brand}', 'main') + query,
  };
  const reply = await at(as, { ...asked, ...(body !== undefined && { body }) });
  assert.deepEqual(violations(name, reply), [], `${name} ${reply.status} ${reply.text.slice(0, 500)}`);
  met.add(`${name} ${reply.status}`);
  return reply;
}

const told = ({ json }: HttpReply) =>
  json as Record<string, string> & { version: number } & Record<string, { id: string; kind: string }[]>;

const said = { reason: 'CHECKED', comment: 'Seen in the portal of the bank.' };
const euros = (value: string) => ({ value, currency: 'EUR' });

function instruction(partnerReference: string, value: string, more: object = {}): object {
  const base = { partnerReference, playerId: 'player-1', amount: euros(value), paymentToken: 'x' };
  return { ...base, paymentMethod: 'BANK_TRANSFER', ...more };
}

const dayMs = 86_400_000;
/** Long enough ago that whatever is not matched of it is a break. */
const day = new Date(Date.now() - 10 * dayMs).toISOString().slice(0, 10);
const statement = (id: string, lines: readonly BankLine[]) => bankStatement({ id, on: day, lines });

test('payments are told as the contract says: taken, repeated, pending, declined, given back', async () => {
  const large = instruction('a-1', '500.00', { endToEndId: 'E2E/1', returnUrl: 'https://casino.example/' });
  assert.equal((await did('post /v1/deposits', { body: large })).status, 201);
  assert.equal((await did('post /v1/deposits', { body: large })).status, 200);
  await house.misbehave('decline');
  await did('post /v1/deposits', { body: instruction('a-2', '5.00') });
  await house.misbehave('pendingThenSettled', { count: 1, delayMs: 600_000 });
  assert.equal((await did('post /v1/deposits', { body: instruction('a-3', '5.00') })).status, 202);

  const small = instruction('w-1', '20.00');
  assert.equal((await did('post /v1/withdrawals', { body: small })).status, 201);
  assert.equal((await did('post /v1/withdrawals', { body: small })).status, 200);
  const waiting = await did('post /v1/withdrawals', { body: instruction('w-2', '60.00') });
  assert.equal(waiting.status, 202);
  const cancelled = await did('post /v1/payments/{id}/cancel', { id: told(waiting)['id'] ?? '' });
  assert.equal(told(cancelled)['status'], 'CANC');
  await did('post /v1/withdrawals', { body: instruction('w-4', '70.00') });
  await did('post /v1/withdrawals', { body: instruction('w-3', '49.00', { playerId: 'has-nothing' }) });

  // Only the PSP gives back.
  const voucher = instruction('a-4', '30.00', { paymentMethod: 'VOUCHER' });
  const id = told(await did('post /v1/deposits', { body: voucher }))['id'] ?? '';
  const refund = { partnerReference: 'f-1', amount: euros('7.00') };
  assert.equal((await did('post /v1/payments/{id}/refunds', { id, body: refund })).status, 201);
  assert.equal((await did('post /v1/payments/{id}/refunds', { id, body: refund })).status, 200);
  await house.misbehave('pendingThenSettled', { gateway: 'psp', count: 1, delayMs: 600_000 });
  const slow = { partnerReference: 'f-2', amount: euros('1.00') };
  assert.equal((await did('post /v1/payments/{id}/refunds', { id, body: slow })).status, 202);
  const { version } = told(await did('get /v1/payments/{id}', { id }));
  const back = { version, kind: 'chargeback', amount: euros('3.00'), reasonCode: 'MD06', reference: 'CB-1' };
  const asAda = { id, as: 'ada', body: { ...back, ...said } } as const;
  assert.equal((await did('post /v1/payments/{id}/returns', asAda)).status, 201);
  const { version: now } = told(await did('get /v1/payments/{id}', { id, as: 'reader' }));
  const again = { ...asAda, body: { ...asAda.body, version: now } };
  assert.equal((await did('post /v1/payments/{id}/returns', again)).status, 200);
  const transfer = { transferId: 't-1', brand: 'main', playerId: 'player-1', direction: 'TO_PLAY' };
  await did('post /v1/transfers', { body: { ...transfer, amount: euros('1.00') } });
  await did('get /v1/players/{brand}/{id}/balances', { as: 'reader', id: 'player-1' });
});

test('cases and approvals are told as the contract says', async () => {
  await house.misbehave('wrongAmount', { count: 2 });
  for (const reference of ['c-1', 'c-2'])
    await did('post /v1/deposits', { body: instruction(reference, '9.00') });
  const [first] = told(await did('get /v1/cases', { as: 'finance' }))['cases'] ?? [];
  const id = first?.id ?? '';
  await did('post /v1/cases/{id}/assign', { as: 'ada', id, body: { assignee: 'ben', ...said } });
  await did('post /v1/cases/{id}/comments', { as: 'ben', id, body: said });
  const file = (await did('get /v1/cases/{id}', { as: 'ada', id })).json as { payment: { version: number } };
  const { version } = file.payment;
  const resolution = { resolution: 'completed', version, ...said };
  const proposed = await did('post /v1/cases/{id}/resolutions', { as: 'ada', id, body: resolution });
  assert.equal(proposed.status, 202);
  await did('get /v1/approvals', { as: 'ada' });
  const act = told(proposed)['act'] ?? '';
  const approved = { id: act, body: { version, ...said } };
  await did('post /v1/approvals/{id}/approve', { as: 'ada', ...approved });
  assert.equal((await did('post /v1/approvals/{id}/approve', { as: 'ben', ...approved })).status, 200);
  await did('get /v1/cases/{id}', { as: 'ada', id });

  const waiting = told(await did('get /v1/approvals', { as: 'ada' }))['approvals'] ?? [];
  const payment = waiting.find(({ kind }) => kind === 'payment') as unknown as {
    id: string;
    payment: { version: number };
  };
  const yes = { id: payment.id, body: { version: payment.payment.version, ...said } };
  assert.equal((await did('post /v1/approvals/{id}/approve', { as: 'ada', ...yes })).status, 202);
  assert.equal((await did('post /v1/approvals/{id}/reject', { as: 'ben', ...yes })).status, 200);
});

test('statements, rounds and breaks are told as the contract says', async () => {
  const [instructed] = await house.instructions();
  const lines: BankLine[] = [
    { minor: 50_000n, reference: 'B-1', instruction: instructed?.instructionId ?? '' },
    { minor: -35n, reference: 'B-2' },
    // More than a payment may be, and all that ISO 20022 allows.
    { minor: 999_999_999_999_999_999n, reference: 'B-3' },
    { minor: 49_000n, reference: 'B-4', instruction: instructed?.instructionId ?? '' },
  ];
  const body = statement('S-1', lines);
  const query = '?name=monday.xml';
  const asFinance = { as: 'finance', body, query } as const;
  assert.equal((await did('post /v1/statements', asFinance)).status, 201);
  assert.equal((await did('post /v1/statements', asFinance)).status, 200);
  const broken = bankStatement({ id: 'S-2', on: day, lines, closingMinor: 1n });
  await did('post /v1/statements', { as: 'finance', body: broken });
  assert.equal((await did('post /v1/statements', { as: 'finance', body: 'hello' })).status, 400);
  for (const list of ['statements', 'statement-files', 'statement-entries']) {
    await did(`get /v1/${list}`, { as: 'reader' });
  }
  await did('post /v1/matching-rounds', { as: 'ada' });
  const breaks = told(await did('get /v1/breaks', { as: 'reader' }))['breaks'] ?? [];
  assert.ok(breaks.length >= 4, `${breaks.length}`);
  for (const { id } of breaks) await did('get /v1/breaks/{id}', { as: 'ada', id });
  const [id = '', other = ''] = breaks.filter(({ kind }) => kind === 'UNEXPECTED').map((one) => one.id);
  const act = (name: string, as: ClientName, more: object = {}, of = id) =>
    did(`post /v1/breaks/{id}/${name}`, { as, id: of, body: { ...said, ...more } });
  const proposalOf = async (of: string) => {
    const { proposal } = told(await did('get /v1/breaks/{id}', { as: 'ben', id: of }));
    return { proposal };
  };
  await act('assign', 'ada', { assignee: 'ben' });
  await act('comments', 'ben');
  await act('raise', 'ben');
  assert.equal((await act('resolutions', 'ada', { resolution: 'suspense' })).status, 202);
  assert.equal((await act('confirm', 'ben', await proposalOf(id))).status, 200);
  await act('resolutions', 'ada', { resolution: 'suspense' }, other);
  await did('get /v1/breaks/{id}', { as: 'ada', id: other });
  assert.equal((await act('decline', 'ben', await proposalOf(other), other)).status, 200);
  // The greatest line and what it posted are listed with everything else.
  await act('resolutions', 'ada', { resolution: 'suspense' }, other);
  assert.equal((await act('confirm', 'ben', await proposalOf(other), other)).status, 200);
  for (const list of ['breaks', 'entries', 'payments']) await did(`get /v1/${list}`, { as: 'reader' });
});

const coreRow = (change: object = {}) => ({
  id: 'core-1',
  amount: { value: '10.00', currency: 'EUR' },
  direction: 'deposit',
  status: 'settled',
  time: '2026-11-20T10:00:00Z',
  ...change,
});

const coreList = (payments: readonly unknown[], more: object = {}) => ({
  partner: 'payer',
  from: '2026-11-20T00:00:00Z',
  until: '2026-11-20T12:00:00Z',
  payments,
  ...more,
});

test("the core's list is compared, with bad rows in it or without, and its breaks are told", async () => {
  const did200 = async (body: object) =>
    told(await did('post /v1/core-list', { as: 'finance', body })) as Record<string, unknown>;
  const rows = [coreRow(), coreRow({ id: 'core-2', status: 'whatever' }), 'no row'];
  const first = await did200(coreList(rows));
  assert.deepEqual([first['opened'], first['badRows'], first['known']], [1, 2, false]);
  assert.equal((await did200(coreList(rows)))['known'], true);
  const body = coreList([], { partner: 'nobody' });
  assert.equal((await did('post /v1/core-list', { as: 'finance', body })).status, 400);
  const breaks = told(await did('get /v1/breaks', { as: 'reader', query: '?place=payer' }))['breaks'] ?? [];
  assert.equal(breaks.length, 1);
  for (const { id } of breaks) await did('get /v1/breaks/{id}', { as: 'ada', id });
});

test('who does not wait for the end of an import or of a round is told that it goes on', async () => {
  const at = await house.another((config) => {
    const { reconciliation } = config;
    const limits = { ...reconciliation.limits, uploadAnswerMs: 1 };
    return { ...config, reconciliation: { ...reconciliation, limits } };
  });
  const lines = Array.from({ length: 200 }, (_, line) => ({ minor: 100n, reference: `L-${line}` }));
  const body = statement('S-3', lines);
  assert.equal((await did('post /v1/statements', { as: 'finance', body, at })).status, 202);
  const list = coreList(Array.from({ length: 200 }, (_, place) => coreRow({ id: `core-${place}` })));
  assert.equal((await did('post /v1/core-list', { as: 'finance', body: list, at })).status, 202);
  for (let tries = 0; tries < 100 && !met.has('post /v1/matching-rounds 202'); tries += 1) {
    await did('post /v1/matching-rounds', { as: 'ada', at });
  }
});

test('reports are told as the contract says, in each of their formats', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const reports = [...operationsOf(house.contract).keys()].filter((name) => name.includes('/reports/'));
  assert.ok(reports.length >= 6);
  for (const name of reports) {
    for (const format of ['json', 'csv', 'html', 'xlsx']) {
      const query = `?format=${format}&from=${day}&to=${today}`;
      const { status, headers } = await did(name, { as: 'finance', query });
      assert.deepEqual([status, headers['cache-control']], [200, 'no-store'], name);
    }
    await did(name, { as: 'finance' });
    assert.equal((await did(name, { as: 'finance', query: '?from=yesterday' })).status, 400);
  }
  await did('get /v1/openapi.json');
});

test('a closed day is told, and two people open it again', async () => {
  await closeDays(house, 2);
  const found = told(await did('get /v1/closes', { as: 'reader' }))['closes'] ?? [];
  assert.equal(found.length, 2);
  const [first = '', id = ''] = found.map((one) => one.id);
  const step = async (path: string, as: ClientName, of = id) =>
    (await did(`post /v1/closes/{id}/reopening${path}`, { as, id: of, body: said })).status;
  assert.equal(await step('', 'ada', first), 409, 'a later day is closed');
  assert.equal(await step('/confirm', 'ben'), 404);
  assert.equal(await step('', 'ada'), 202);
  assert.equal(await step('/confirm', 'ada'), 403, 'the same person');
  assert.equal(await step('/decline', 'ben'), 200);
  assert.equal(await step('', 'ada'), 202);
  assert.equal(await step('/confirm', 'ben'), 200);
  const file = told(await did('get /v1/closes/{id}', { as: 'reader', id }));
  assert.deepEqual(
    file['acts']?.map(({ kind }) => kind),
    ['proposed', 'declined', 'proposed', 'confirmed'],
  );
  assert.ok(file['reopenedAt']);
  for (const format of ['json', 'csv', 'html']) {
    const { text } = await did('get /v1/closes/{id}/document', {
      as: 'reader',
      id,
      query: `?format=${format}`,
    });
    if (format === 'json') assert.equal(sha256Of(text), file['sha256'], 'it stays what it was');
  }
  assert.equal(await step('', 'ada'), 404, 'it stands no more');
  await did('get /v1/closes', { as: 'reader' });
});

test('security looks at the certificates, has them read again, and refuses one for ever', async () => {
  const inventory = told(await did('get /v1/admin/certificates', { as: 'ada' }));
  const certificates = inventory['certificates'] as unknown as Record<string, string>[];
  assert.deepEqual(
    new Set(certificates.map(({ role, owner }) => `${role} ${owner}`)),
    new Set([
      'server soap',
      'server public',
      'gatewayClient bank',
      'gatewayAuthority bank',
      'gatewayAuthority psp',
    ]),
  );
  assert.deepEqual(inventory['refused'], []);
  const reload = await did('post /v1/admin/certificates/reload', { as: 'ada', body: said });
  const parts = told(reload)['parts'] as unknown as Record<string, string>[];
  assert.deepEqual(
    parts.map(({ part, result }) => `${part} ${result}`),
    ['doors.soap unchanged', 'doors.public unchanged', 'gateways.bank unchanged', 'gateways.psp unchanged'],
  );
  const files = certificateFiles(house.whole.home);
  const { ca, server } = await certificatesOf(house.whole.env);
  const inside = await issueLeaf({
    name: 'CN=inside',
    usages: ['serverAuth'],
    altNames: [{ type: 'dns', value: 'localhost' }],
    keyKind: 'ec-p256',
    issuer: issuerOf(ca),
    notBefore: daysFromNow(-1),
    notAfter: daysFromNow(9),
  });
  const soapDoor = async (more: object = {}) => {
    const reply = await did('post /v1/admin/certificates/reload', { as: 'ada', body: { ...said, ...more } });
    const [door] = (told(reply)['parts'] ?? []) as unknown as Record<string, string>[];
    return [reply.status, door?.['result'], door?.['reason']].filter((word) => word !== undefined).join(' ');
  };
  await files.put('server', inside);
  assert.equal(await soapDoor(), '200 refused namesLost');
  assert.equal(await soapDoor({ accept: ['expired'] }), '400', 'nobody can mean an end');
  assert.equal(await soapDoor({ accept: ['namesLost'] }), '200 loaded');
  await files.put('server', server);
  assert.equal(await soapDoor(), '200 loaded');
  const deny = async (certificate: object, as: ClientName = 'ada') =>
    did('post /v1/admin/certificates/deny', {
      as,
      body: { ...said, reason: 'keyCompromise', ...certificate },
    });
  const fingerprint = 'ab'.repeat(32);
  assert.equal(told(await deny({ fingerprint }))['did'], 'DENIED');
  assert.equal(told(await deny({ fingerprint }))['did'], 'KNOWN');
  const serial = { serialNumber: '0A1B', issuerHash: '0123456789abcdef' };
  assert.equal(told(await deny(serial))['did'], 'DENIED');
  for (const unclear of [
    {},
    { fingerprint, ...serial },
    { serialNumber: '0A1B' },
    { fingerprint: fingerprint.toUpperCase() },
    { fingerprint, reason: 'removeFromCRL' },
  ]) {
    assert.equal((await deny(unclear)).status, 400, JSON.stringify(unclear));
  }
  for (const [as, code] of [
    ['reader', 'CLIENT_NOT_A_PERSON'],
    ['ben', 'ROLE_MISSING'],
  ] as const) {
    const refused = [
      await did('get /v1/admin/certificates', { as }),
      await did('post /v1/admin/certificates/reload', { as, body: said }),
      await deny({ fingerprint: 'cd'.repeat(32) }, as),
    ];
    for (const reply of refused) assert.deepEqual([reply.status, told(reply)['code']], [403, code]);
  }
  const { partners, ledger } = await openStores(readLedgerConfig(house.whole.env).ledger);
  const acts = await partners.certificateActs({ limit: 100 });
  const denials = await partners.denials();
  await ledger.close();
  assert.deepEqual(
    acts.filter(({ kind }) => kind === 'loaded').map(({ subject, reason }) => `${subject} ${reason}`),
    ['ada doors.soap: request, accepted namesLost', 'ada doors.soap: request'],
  );
  assert.deepEqual(
    acts.filter(({ kind }) => kind === 'revoked').map(({ subject, reason }) => `${subject} ${reason}`),
    ['ada keyCompromise', 'ada keyCompromise', 'ada keyCompromise'],
  );
  assert.deepEqual(
    denials.map(({ subject, comment }) => `${subject}: ${comment}`),
    [`ada: ${said.comment}`, `ada: ${said.comment}`],
  );
});

test('every answer that the contract lists was given', () => {
  const listed = [...operationsOf(house.contract)].flatMap(([name, { responses }]) =>
    Object.keys(responses).flatMap((status) => (/^2\d\d$/.test(status) ? [`${name} ${status}`] : [])),
  );
  assert.deepEqual(
    listed.filter((answer) => !met.has(answer)),
    [],
  );
  assert.doesNotMatch(house.whole.log(), /answer\.invalidated|"http\.response\.status_code":500/);
});
