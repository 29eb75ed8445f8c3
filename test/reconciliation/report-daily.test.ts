/** Reports over a day of two gateways, as documents and in every format. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openStores } from '../../src/store/open.ts';
import { cellText, reportNames, type Report } from '../../src/reconciliation/reports/document.ts';
import { reportOf } from '../../src/reconciliation/reports/report.ts';
import type { ReportScope, ReportWorld } from '../../src/reconciliation/reports/world.ts';
import { textFormats } from '../../src/reconciliation/reports/write-report.ts';
import { accounts, dayMs, type ReconHouse } from '../support/recon-house.ts';
import { someDay } from '../support/recon-day.ts';
import { atEnd } from '../support/store-ledger.ts';

const scope: ReportScope = { from: '2026-11-23', to: '2026-11-23', brand: 'lucky', currency: 'EUR' };
const limits = { reportPageMax: 2, reportRowsMax: 1_000 };

async function worldOf(t: TestContext, house: ReconHouse): Promise<ReportWorld> {
  const { ledger, reports } = await openStores({ url: `sqlite:${house.file}` });
  atEnd(t, () => ledger.close());
  return {
    sums: reports,
    ledger: house.ledger,
    statements: house.store,
    accounts,
    books: house.matching.books,
    limits,
  };
}

/** The rows of a section as text. */
function rowsOf({ sections }: Report, id: string): readonly string[] {
  const section = sections.find((one) => one.id === id);
  assert.ok(section, id);
  return section.rows.map((row) => section.columns.map((column) => cellText(row[column.id])).join('|'));
}

test('the day: balances, movements, fees, and what is open', async (t) => {
  const { house } = await someDay(t);
  const before = await reportOf('daily', await worldOf(t, house), scope);
  assert.deepEqual(rowsOf(before, 'balances').slice(0, 1), ['lucky|Players|0.00|35.00|228.00|-193.00|EUR']);
  assert.deepEqual(rowsOf(before, 'fees'), []);
  assert.deepEqual(rowsOf(before, 'unknowns'), ['0-1|bank|unknown|1|77.00|EUR']);
  assert.equal(rowsOf(before, 'unmatched-lines').length, 4);

  await house.round();
  const world = await worldOf(t, house);
  const after = await reportOf('daily', world, scope);
  assert.deepEqual(rowsOf(after, 'balances'), [
    'lucky|Players|0.00|35.00|335.00|-300.00|EUR',
    // 23.00 of a deposit that never came.
    'lucky|Gateway bank|0.00|305.00|282.00|23.00|EUR',
    // 20.00 that was reported with another amount.
    'lucky|Gateway psp|0.00|65.25|45.25|20.00|EUR',
    'lucky|In transit from bank|0.00|282.00|282.00|0.00|EUR',
    'lucky|In transit from psp|0.00|39.00|57.50|-18.50|EUR',
    'lucky|Bank account main-eur|0.00|304.25|30.00|274.25|EUR',
    'lucky|Fees of psp|0.00|1.25|0.00|1.25|EUR',
  ]);
});

test('the day: the ledger against the closing balance', async (t) => {
  const { house } = await someDay(t);
  const proven = async (of: ReportScope = scope) =>
    rowsOf(await reportOf('daily', await worldOf(t, house), of), 'bank-proof');
  const before = 'main-eur|2026-11-23|0.00|0.00|319.10|0.00|319.10|0.00|0.00|EUR|agrees';
  assert.deepEqual(await proven(), [before]);
  await house.round();
  const after = 'main-eur|2026-11-23|0.00|274.25|44.85|0.00|319.10|0.00|0.00|EUR|agrees';
  assert.deepEqual(await proven(), [after]);
  assert.deepEqual(await proven({ from: '2026-11-22', to: '2026-11-22' }), [
    'main-eur||||||||||EUR|nothing to compare with'.replace('||||||||||', '|||||||||'),
  ]);
  assert.deepEqual(await proven({ ...scope, currency: 'USD' }), []);
  await house.bringIn('next-day', {
    header: { id: 'S-2' },
    balances: { OPBD: [31_900, '2026-11-23'], CLBD: [32_000, '2026-11-24'] },
    entries: [[100, { bookedOn: '2026-11-24' }]],
  });
  assert.deepEqual(await proven(), [
    'main-eur|2026-11-23|0.00|274.25|45.85|1.00|319.10|0.00|0.00|EUR|agrees',
  ]);
  assert.deepEqual(await proven({ ...scope, to: '2026-11-24' }), [
    'main-eur|2026-11-24|0.00|274.25|45.85|0.00|320.00|-0.10|0.00|EUR|differs',
  ]);
});

const ages = (report: Report) =>
  report.sections.flatMap(({ id }) => rowsOf(report, id).map((row) => row.split('|')[0]));

test('ages count from the day of the event to the last day of the scope, and what lies behind it is left out', async (t) => {
  const { house } = await someDay(t);
  const world = await worldOf(t, house);
  await house.round();
  house.clock.move(9 * dayMs);
  await house.round();
  await house.round();
  const later = await reportOf('aging', world, { ...scope, from: '2026-12-02', to: '2026-12-02' });
  assert.deepEqual([...new Set(ages(later))], ['8-30']);
  const onTheDay = await reportOf('aging', world, scope);
  assert.deepEqual([...new Set(ages(onTheDay))], ['0-1']);
  const before = await reportOf('aging', world, { ...scope, from: '2026-11-01', to: '2026-11-01' });
  assert.deepEqual(ages(before), []);
});

test('where there is more than may be looked at, the section says so', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const world = { ...(await worldOf(t, house)), limits: { reportPageMax: 1, reportRowsMax: 2 } };
  const { sections } = await reportOf('aging', world, scope);
  assert.match(sections.map(({ note }) => note).join(), /more than this report may look at/);
});

test('every report is the same bytes when it is asked for again, in every format', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const world = await worldOf(t, house);
  for (const name of reportNames) {
    const [one, two] = [await reportOf(name, world, scope), await reportOf(name, world, scope)];
    for (const { write } of Object.values(textFormats)) assert.equal(write(one), write(two));
    assert.equal(
      one.sections.every(({ columns, rows }) =>
        rows.every((row) => Object.keys(row).every((id) => columns.some((column) => column.id === id))),
      ),
      true,
    );
    assert.doesNotMatch(textFormats.html.write(one), /player:|p-1/);
  }
});
