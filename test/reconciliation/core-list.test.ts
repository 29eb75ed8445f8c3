/** The core's own list against a real ledger: what is opened, what ends, and what reading it again changes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { Order } from '../../src/payments/gateways.ts';
import type { CoreListOrder } from '../../src/reconciliation/core-list/world.ts';
import type { RecordedBreak } from '../../src/reconciliation/statement-store.ts';
import { takeCoreList } from '../../src/reconciliation/core-list/take-list.ts';
import { textFile } from '../support/importing.ts';
import { coreHouse, countsOf, csvOf, jsonOf, lineOf } from '../support/core-list.ts';
import { confirmed, openReconHouse, says } from '../support/recon-house.ts';
import { unguardedConnection } from '../store/unguarded.ts';

const day: Partial<CoreListOrder> = {
  from: new Date('2026-11-23T00:00:00Z'),
  until: new Date('2026-11-24T00:00:00Z'),
};
const hourMs = 3_600_000;

const pending = ({ instrId, amount }: Order) => ({ kind: 'pending', echo: { instrId, amount } }) as const;
const declined = ({ instrId, amount }: Order) =>
  ({ kind: 'declined', echo: { instrId, amount }, reason: { code: 'AC04' } }) as const;

/** Two deposits and a withdrawal that settled, one that is open and one that was declined, and a day later. */
async function aDay(t: TestContext) {
  const house = await openReconHouse(t);
  const payments = {
    first: await house.pay('bank', 1_000),
    second: await house.pay('psp', 2_000),
    out: await house.pay('bank', -500),
    open: await house.pay('bank', 3_000, pending),
    declined: await house.pay('psp', 4_000, declined),
  };
  house.clock.move(24 * hourMs);
  const lines = Object.values(payments).map((payment) => lineOf(payment));
  return { house, payments, lines, core: coreHouse(house) };
}

const told = ({ kind, field, subject, expected, actual, atRisk }: RecordedBreak) => [
  kind,
  field,
  'corePayment' in subject ? subject.corePayment : '',
  expected,
  actual,
  atRisk.minor,
];

test('a core that missed nothing opens nothing, and its list is kept as it came', async (t) => {
  const { house, lines, core } = await aDay(t);
  const text = csvOf(lines);
  const outcome = await core.compare(text, day);
  assert.deepEqual(countsOf(outcome), { rows: 5, payments: 5, agreeing: 5 });
  assert.deepEqual(await house.openBreaks(), []);
  const [file] = await house.store.files({}, { limit: 10 });
  assert.deepEqual(
    [file?.id, file?.sha256, file?.end?.format, file?.end?.state, file?.end?.entries],
    [outcome.fileId, outcome.sha256, 'core-list', 'read', 5],
  );
  const bytes: Uint8Array[] = [];
  for await (const part of house.store.bytesOf(outcome.fileId)) bytes.push(part);
  assert.equal(Buffer.concat(bytes).toString(), text);
});

test('each difference is one break with what is expected, what is, and what is at risk', async (t) => {
  const { house, payments, core } = await aDay(t);
  const { first, second, out, open, declined: refused } = payments;
  const outcome = await core.compare(
    csvOf([
      lineOf(first, { amount: '10.50' }),
      lineOf(second, { currency: 'USD', amount: '20' }),
      lineOf(out, { direction: 'deposit' }),
      lineOf(open, { status: 'settled' }),
      { ...lineOf(first), id: 'nobody-knows-it' },
      { ...lineOf(first), id: 'refused-at-the-door', status: 'failed' },
    ]),
    day,
  );
  assert.deepEqual(countsOf(outcome), { rows: 6, payments: 5, agreeing: 1, opened: 6 });
  const breaks = await house.openBreaks();
  assert.deepEqual(
    breaks.map(told).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    [
      ['CURRENCY_MISMATCH', 'currency', 'partner-a/ref-2', 'EUR', 'USD', 2_000n],
      ['DATA_MISMATCH', 'status', 'partner-a/ref-4', 'PDNG', 'settled', 3_000n],
      ['DIRECTION_MISMATCH', 'direction', 'partner-a/ref-3', 'DBIT', 'CRDT', 500n],
      ['MISSING', 'payment', 'partner-a/ref-5', 'RJCT', undefined, 0n],
      ['OVER_AMOUNT', 'amount', 'partner-a/ref-1', '10.00', '10.50', 50n],
      ['UNEXPECTED', 'payment', 'partner-a/nobody-knows-it', undefined, 'settled', 1_000n],
    ],
  );
  for (const { between, place, brand, suggestion, dueOn, happenedOn } of breaks) {
    assert.deepEqual(
      [between, place, brand, suggestion, dueOn, happenedOn],
      ['ledgerAndCore', 'partner-a', 'lucky', 'raised', '2026-11-29', '2026-11-23'],
    );
  }
  assert.equal(refused.state.name, 'rejected');
});

test('the same list twice opens nothing twice, and one that agrees later ends what is explained by it', async (t) => {
  const { house, payments, lines, core } = await aDay(t);
  const wrong = csvOf([lineOf(payments.first, { status: 'pending' }), ...lines.slice(2)]);
  const [once, twice] = [await core.compare(wrong, day), await core.compare(wrong, day)];
  assert.deepEqual(countsOf(once), { rows: 4, payments: 5, agreeing: 3, opened: 2 });
  assert.deepEqual(countsOf(twice), { rows: 4, payments: 5, agreeing: 3, open: 2 });
  assert.deepEqual([once.known, twice.known, once.fileId], [false, true, twice.fileId]);

  house.clock.move(hourMs);
  const right = await core.compare(csvOf(lines), day);
  assert.deepEqual(countsOf(right), { rows: 5, payments: 5, agreeing: 5, ended: 2 });
  assert.deepEqual(await house.openBreaks(), []);
  const ended = await house.store.breaks({ open: false }, { limit: 10 });
  assert.deepEqual(
    ended.map(({ end }) => [end?.resolution, end?.by]),
    [
      ['agrees', right.fileId],
      ['agrees', right.fileId],
    ],
  );
  house.clock.move(hourMs);
  assert.deepEqual(countsOf(await core.compare(wrong, day)), {
    rows: 4,
    payments: 5,
    agreeing: 3,
    explained: 2,
  });

  house.clock.move(hourMs);
  const again = `${wrong}\n`;
  assert.deepEqual(countsOf(await core.compare(again, day)), {
    rows: 4,
    payments: 5,
    agreeing: 3,
    opened: 2,
  });
  assert.deepEqual((await core.compare(csvOf(lines), day)).ended, 0, 'the older list ends nothing newer');
  assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
});

test('the break of a list ends when the ledger comes to say the same', async (t) => {
  const { house, payments, lines, core } = await aDay(t);
  const list = csvOf([...lines.filter(({ id }) => id !== 'ref-5'), lineOf(payments.declined)]);
  const early = csvOf([{ ...lineOf(payments.first), id: 'ref-6' }, ...lines]);
  assert.deepEqual(countsOf(await core.compare(early, day)), {
    rows: 6,
    payments: 5,
    agreeing: 5,
    opened: 1,
  });
  await house.pay('bank', 1_000);
  const later = await core.compare(early, day);
  assert.deepEqual([later.known, later.opened, later.ended], [true, 0, 1]);
  assert.deepEqual(countsOf(await core.compare(list, day)), { rows: 5, payments: 5, agreeing: 5 });
});

test('two people explain a break, and it does not come back', async (t) => {
  const { house, payments, lines, core } = await aDay(t);
  const wrong = csvOf([lineOf(payments.first, { amount: '9.99' }), ...lines.slice(1)]);
  await core.compare(wrong, day);
  const [broken] = await house.openBreaks();
  assert.ok(broken);
  const file = await house.desk.file(broken.id);
  assert.ok(!('refused' in file));
  assert.deepEqual(
    file.endings.map(({ ending, ended }) => [ending, ended.postings]),
    [['expected', []]],
  );
  assert.deepEqual(await house.desk.propose(says('ada'), broken.id, { ending: 'received' }), {
    refused: 'ENDING_IMPOSSIBLE',
  });
  await house.desk.raise(says('ada'), broken.id);
  await house.desk.propose(says('ada'), broken.id, { ending: 'expected' });
  await confirmed(house.desk, 'ben', broken.id);
  house.clock.move(hourMs);
  assert.deepEqual(countsOf(await core.compare(`${wrong}\n`, day)), {
    rows: 5,
    payments: 5,
    agreeing: 4,
    explained: 1,
  });
  assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
});

test('what happened within the grace before the list was made is expected to differ', async (t) => {
  const house = await openReconHouse(t);
  const old = await house.pay('bank', 1_000, pending);
  house.clock.move(hourMs);
  const fresh = await house.pay('bank', 2_000, pending);
  const core = coreHouse(house);
  const order = { ...day, madeAt: new Date(house.clock.now().getTime() + 10 * 60_000) };
  const lines = [lineOf(old, { status: 'settled' }), lineOf(fresh, { status: 'settled' })];
  const one = await core.compare(csvOf(lines), order);
  assert.deepEqual(countsOf(one), { rows: 2, payments: 2, recent: 1, opened: 1 });
  const unknown = { ...lineOf(fresh), id: 'on-its-way' };
  const other = await core.compare(csvOf([lineOf(old), unknown]), order);
  assert.deepEqual(countsOf(other), { rows: 2, payments: 2, agreeing: 1, recent: 2, ended: 1 });
  house.clock.move(hourMs);
  const late = { ...day, madeAt: new Date(house.clock.now().getTime() - 45 * 60_000 + 1) };
  const third = await core.compare(csvOf([lineOf(old), unknown, unknown]), late);
  assert.deepEqual(countsOf(third), { rows: 3, payments: 2, agreeing: 1, opened: 2 });
});

test('a payment is called by its reference or by our id, once; another time is looked up', async (t) => {
  const { house, payments, lines, core } = await aDay(t);
  const { first, second } = payments;
  const byId = csvOf([lineOf(first, { id: first.id }), ...lines.slice(1)]);
  assert.deepEqual(countsOf(await core.compare(byId, day)), { rows: 5, payments: 5, agreeing: 5 });
  const both = csvOf([lineOf(first, { id: first.id }), ...lines, lineOf(second)]);
  assert.deepEqual(countsOf(await core.compare(both, day)), {
    rows: 7,
    payments: 5,
    agreeing: 3,
    opened: 2,
  });
  assert.deepEqual((await house.openBreaks()).map(told), [
    ['DUPLICATE', 'payment', 'partner-a/ref-1', '1', '2', 1_000n],
    ['DUPLICATE', 'payment', 'partner-a/ref-2', '1', '2', 2_000n],
  ]);
  const nextDay = { from: new Date('2026-11-24T00:00:00Z'), until: new Date('2026-11-24T09:00:00Z') };
  const outside = await core.compare(csvOf([...lines, lineOf(first, { id: first.id })]), nextDay);
  assert.deepEqual([outside.payments, outside.agreeing, outside.open], [0, 4, 1]);
  const somebodys = csvOf([lineOf(first, { id: '0199a1b2-c3d4-7e5f-8a6b-123456789012' })]);
  const unknown = await core.compare(somebodys, nextDay);
  assert.deepEqual([unknown.agreeing, unknown.opened], [0, 1]);
});

test('a bad row is reported, the good ones are compared, and nothing is said of what it leaves open', async (t) => {
  const { lines, core } = await aDay(t);
  const [first, second, third, ...rest] = csvOf(lines).trim().split('\n');
  const named = [first, second?.replace('10.00', '10.001'), third, ...rest].join('\n');
  const one = await core.compare(named, day);
  assert.deepEqual(countsOf(one), { rows: 5, badRows: 1, payments: 5, agreeing: 4, undecided: 1 });
  assert.deepEqual(one.remarks, [{ level: 'badRow', line: 2, rule: 'tooManyDecimals', field: 'amount' }]);
  const unnamed = [first, ...rest, '"half a row'].join('\n').replace('"half a row', '"half" a row');
  const two = await core.compare(unnamed, day);
  assert.deepEqual(countsOf(two), { rows: 4, badRows: 1, payments: 5, agreeing: 3, undecided: 2 });
});

test('a list in JSON says its own window, and a list without one is as long as its rows', async (t) => {
  const { lines, core } = await aDay(t);
  const head = { partner: 'partner-a', from: '2026-11-23T00:00:00Z', until: '2026-11-24T01:00:00+01:00' };
  const outcome = await core.compare(jsonOf(lines, head));
  assert.deepEqual(countsOf(outcome), { rows: 5, payments: 5, agreeing: 5 });
  assert.equal(outcome.until.toISOString(), '2026-11-24T00:00:00.000Z');
  assert.deepEqual(countsOf(await core.compare(csvOf(lines))), { rows: 5, payments: 5, agreeing: 5 });
});

test('a list that cannot be compared opens nothing and ends nothing', async (t) => {
  const { house, lines } = await aDay(t);
  const text = csvOf(lines);
  const of = (changes: object) => coreHouse(house, changes);
  const from = new Date('2026-11-23T00:00:00Z');
  const table: readonly (readonly [rule: string, outcome: () => Promise<object>])[] = [
    ['partnerUnknown', () => of({}).take(text, { ...day, partner: 'shop' })],
    ['windowMissing', () => of({}).take(csvOf([]), {})],
    ['windowEmpty', () => of({}).take(text, { from, until: from })],
    ['windowTooLong', () => of({ windowMsMax: 1_000 }).take(text, day)],
    ['madeInFuture', () => of({}).take(text, { ...day, madeAt: new Date('2026-11-26T00:00:00Z') })],
    ['tooManyRows', () => of({ rowsMax: 4 }).take(text, day)],
    ['fileTooLarge', () => of({ bytesMax: 100 }).take(text, day)],
    ['tooManyDifferences', () => of({ breaksMax: 4 }).take(csvOf([]), day)],
    ['missingHeader', () => of({}).take('', day)],
    ['missingColumn', () => of({}).take('id,amount\n', day)],
  ];
  for (const [rule, outcome] of table) {
    const { outcome: what, rule: said } = (await outcome()) as { outcome: string; rule: string };
    assert.deepEqual([what, said], ['refused', rule]);
  }
  const { world } = coreHouse(house);
  const { partner: _none, ...settings } = world.settings;
  const nobodys = textFile('core.csv', text);
  assert.deepEqual(await takeCoreList({ ...world, settings }, nobodys, { source: 'rest', ...day }), {
    outcome: 'refused',
    rule: 'partnerMissing',
  });
  const caller = { source: 'rest', caller: 'partner-a', ...day } as const;
  const own = await takeCoreList({ ...world, settings }, nobodys, caller);
  assert.equal(own.outcome, 'compared');
  assert.deepEqual(await house.openBreaks(), []);
});

test('while another process compares a list, the next one is told to come again', async (t) => {
  const { house, lines, core } = await aDay(t);
  const now = house.clock.now();
  const leaseUntil = new Date(now.getTime() + 60_000);
  const held = await house.store.claimJob({ name: 'core.list', now, leaseUntil });
  assert.ok(held);
  const waiting = core.take(csvOf(lines), day);
  await house.store.releaseJob({ name: 'core.list', fence: held.fence });
  assert.equal((await waiting).outcome, 'compared');
  const limits = { ...core.world.limits, importWaitMs: 0 };
  assert.ok(await house.store.claimJob({ name: 'core.list', now, leaseUntil }));
  const file = textFile('core.csv', csvOf(lines));
  assert.deepEqual(await takeCoreList({ ...core.world, limits }, file, { source: 'person', ...day }), {
    outcome: 'busy',
  });
});

test('verify finds a break that ended by something that is no list of the core', async (t) => {
  const { house, lines, core } = await aDay(t);
  await core.compare(csvOf(lines.slice(1)), day);
  await core.compare(csvOf(lines), day);
  const raw = unguardedConnection(t, house.file);
  const findings = async () =>
    (await house.ledger.verify({ findingsMax: 10 })).violations.map(({ invariant }) => invariant);
  assert.deepEqual(await findings(), []);
  raw.exec(`update statement_file_end set facts = replace(facts, '"core-list"', '"csv:adyen"')`);
  assert.deepEqual(await findings(), ['I14']);
  raw.exec(
    `update statement_file_end set facts = replace(facts, '"csv:adyen"', '"core-list"'), state = 'refused'`,
  );
  assert.deepEqual(await findings(), ['I14']);
});

test('a list that was cut off keeps no statement out, and is made whole when it comes again', async (t) => {
  const { house, lines, core } = await aDay(t);
  const text = csvOf(lines.slice(1));
  const { fileId } = await house.store.receiveFile({
    id: core.world.ids.uuid(),
    sha256: createHash('sha256').update(text).digest('hex'),
    name: 'core.csv',
    source: 'person',
    sizeBytes: text.length,
    receivedAt: house.clock.now(),
  });
  await house.bringIn('monday', { header: { id: 'S1' } });
  const outcome = await core.compare(text, day);
  assert.deepEqual([outcome.fileId, outcome.known, outcome.opened], [fileId, false, 1]);
  assert.equal((await house.store.fileById(fileId))?.end?.state, 'read');
});
