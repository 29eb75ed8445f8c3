import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  endingOf,
  possibleEndings,
  type Ending,
  type OpenBreak,
} from '../../src/reconciliation/breaks/endings.ts';
import { contradicted, missing, unexpected } from '../../src/reconciliation/matching/breaks.ts';
import type { Line } from '../../src/reconciliation/matching/lines.ts';
import type { RecordedItem } from '../../src/reconciliation/statement-store.ts';
import { eur, pspReport, someItem, someLine } from '../support/matching.ts';
import { booking, confirmed, dayMs, openReconHouse, says } from '../support/recon-house.ts';

const opening = { id: 'b', at: new Date('2026-11-23T08:00:00Z'), workWithinDays: 5 };

function aboutLine(line: Partial<Line>, item?: Partial<RecordedItem>): OpenBreak {
  const told = someLine(line);
  if (item === undefined) return { broken: unexpected(told, opening), line: told };
  const expected = someItem(item);
  const figures = { field: 'amount', expected: '', actual: '', atRiskMinor: 1n };
  const found = {
    kind: 'contradiction',
    break: 'UNDER_AMOUNT',
    line: told,
    item: expected,
    ...figures,
  } as const;
  return { broken: contradicted(found, opening), line: told, item: expected };
}

function aboutItem(item: Partial<RecordedItem>, bank?: string): OpenBreak {
  const expected = someItem(item);
  const place = bank === undefined ? {} : { bank };
  return { broken: missing(expected, opening), item: expected, ...place };
}

const report = { account: pspReport, feeMinor: 30n } as const;
const reported = { expectedIn: 'report', gateway: 'psp' } as const;
const payout = { kind: 'payout', gateway: 'psp' } as const;

const rows: readonly (readonly [name: string, open: OpenBreak, ending: Ending, posts: readonly string[]])[] =
  [
    [
      'a fee of the bank',
      aboutLine({ direction: 'DBIT' }),
      'writtenOff',
      ['fees:main-eur <- bank:main-eur 1000'],
    ],
    ['money of nobody', aboutLine({}), 'suspense', ['bank:main-eur <- suspense 1000']],
    ['money that left', aboutLine({ direction: 'DBIT' }), 'suspense', ['suspense <- bank:main-eur 1000']],
    [
      'a line of a report, with its fee',
      aboutLine(report),
      'suspense',
      ['transit:psp <- suspense 1000', 'fees:psp <- transit:psp 30'],
    ],
    [
      'a line of a report that is a cost',
      aboutLine({ ...report, direction: 'DBIT' }),
      'writtenOff',
      ['fees:psp <- transit:psp 1000', 'fees:psp <- transit:psp 30'],
    ],
    [
      'less than expected',
      aboutLine({ amount: eur(900n) }, {}),
      'matchedByHand',
      [
        'transit:bank <- gateway:bank 1000',
        'bank:main-eur <- transit:bank 1000',
        'fees:main-eur <- bank:main-eur 100',
      ],
    ],
    [
      'more than expected',
      aboutLine({ amount: eur(1100n) }, {}),
      'matchedByHand',
      [
        'transit:bank <- gateway:bank 1000',
        'bank:main-eur <- transit:bank 1000',
        'bank:main-eur <- suspense 100',
      ],
    ],
    [
      'less than expected in a report',
      aboutLine({ ...report, amount: eur(900n) }, reported),
      'matchedByHand',
      ['transit:psp <- gateway:psp 1000', 'fees:psp <- transit:psp 100', 'fees:psp <- transit:psp 30'],
    ],
    [
      'as much as expected: no difference is posted',
      aboutLine({}, payout),
      'matchedByHand',
      ['bank:main-eur <- transit:psp 1000'],
    ],
    ['what does not come', aboutItem({}), 'writtenOff', ['fees:bank <- gateway:bank 1000']],
    [
      'a withdrawal that was never taken',
      aboutItem({ direction: 'DBIT' }),
      'writtenOff',
      ['gateway:bank <- fees:bank 1000'],
    ],
    ['a payout that does not come', aboutItem(payout), 'writtenOff', ['fees:psp <- transit:psp 1000']],
    ['what a report forgot', aboutItem(reported), 'received', ['transit:psp <- gateway:psp 1000']],
    [
      'what came to the bank',
      aboutItem({}, 'main-eur'),
      'received',
      ['transit:bank <- gateway:bank 1000', 'bank:main-eur <- transit:bank 1000'],
    ],
    ['a payout that came', aboutItem(payout, 'main-eur'), 'received', ['bank:main-eur <- transit:psp 1000']],
    ['what is explained', aboutItem({}), 'expected', []],
  ];

for (const [name, open, ending, posts] of rows) {
  test(`a break ends ${ending}: ${name}`, () => {
    const { postings } = endingOf(open, ending);
    assert.deepEqual(
      postings.map(({ debit, credit, amount }) => `${debit} <- ${credit} ${amount.minor}`),
      posts,
    );
  });
}

const possible: readonly (readonly [name: string, open: OpenBreak, endings: readonly Ending[]])[] = [
  ['a line', aboutLine({}), ['suspense', 'writtenOff', 'expected']],
  [
    'a line of another currency',
    aboutLine({}, { amount: { minor: 1n, currency: 'USD' } }),
    ['suspense', 'writtenOff', 'expected'],
  ],
  ['a line of another place', aboutLine({}, reported), ['suspense', 'writtenOff', 'expected']],
  [
    'a line that is matched, of which the item is left',
    { ...aboutItem({}), broken: aboutLine({}, {}).broken },
    ['expected'],
  ],
  ['an item', aboutItem({}), ['writtenOff', 'expected']],
  ['an item of a report', aboutItem(reported), ['received', 'writtenOff', 'expected']],
];

for (const [name, open, endings] of possible) {
  test(`what is possible of ${name}`, () => {
    assert.deepEqual(possibleEndings(open), endings);
    const others = (['matchedByHand', 'suspense', 'received', 'writtenOff', 'expected'] as const).filter(
      (ending) => !endings.includes(ending),
    );
    for (const ending of others) assert.throws(() => endingOf(open, ending), RangeError);
  });
}

test('a person finds the line of what is missing, and both breaks end with the match', async (t) => {
  const house = await openReconHouse(t);
  const { desk, store, clock } = house;
  await house.pay('bank', 5_000);
  await house.bringIn('bank.xml', { header: { id: 'S-1' }, entries: [booking(5_000)] });
  clock.move(4 * dayMs);
  await house.round();
  const breaks = await house.openBreaks();
  assert.deepEqual(
    breaks.map(({ kind }) => kind).toSorted((a, b) => (a < b ? -1 : 1)),
    ['MISSING', 'UNEXPECTED'],
  );
  const missed = breaks.find(({ kind }) => kind === 'MISSING');
  const [line] = await store.statementEntries({}, { limit: 1 });
  const impossible = { refused: 'ENDING_IMPOSSIBLE' };
  const propose = (ending: Ending, found?: string) =>
    desk.propose(says('ada'), missed?.id ?? '', { ending, ...(found !== undefined && { found }) });
  assert.deepEqual(await propose('matchedByHand'), impossible);
  assert.deepEqual(await propose('matchedByHand', '999'), impossible);
  assert.deepEqual(await propose('writtenOff', line?.id), impossible);
  assert.ok('act' in (await propose('matchedByHand', line?.id)));
  const file = await desk.file(missed?.id ?? '');
  assert.ok('proposal' in file && file.proposal?.detail === `matchedByHand ${line?.key}`);
  assert.ok('act' in (await confirmed(desk, 'ben', missed?.id ?? '')));
  assert.deepEqual(await house.openBreaks(), []);
  assert.equal((await house.round())?.breaks, 0);
  assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
});

test('what was proposed and is not possible any more is not done', async (t) => {
  const house = await openReconHouse(t);
  const { desk, clock } = house;
  const payment = await house.pay('bank', 5_000);
  clock.move(4 * dayMs);
  await house.round();
  const [missed] = await house.openBreaks();
  await desk.propose(says('ada'), missed?.id ?? '', { ending: 'writtenOff' });
  await house.bringIn('bank.xml', { header: { id: 'S-1' }, entries: [booking(5_000, payment)] });
  await house.round();
  assert.deepEqual(await confirmed(desk, 'ben', missed?.id ?? ''), { refused: 'BREAK_ENDED' });
  const [ended] = await house.store.breaks({}, { limit: 1 });
  assert.equal(ended?.end?.resolution, 'matched');
});
