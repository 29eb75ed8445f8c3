/** However often and in whatever documents a bank tells of its bookings, each counts once, and none is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileOf, openImporting, type Said } from '../support/importing.ts';
import { freshSeed } from '../support/seed.ts';

type Line = NonNullable<Said['entries']>[number];

/** Small amounts and few references, so that bookings and balances are equal by chance. */
const line = fc.record({
  minor: fc.constantFrom(1, -1, 2),
  reference: fc.constantFrom('NONREF', 'MONTHLY', undefined),
  own: fc.constantFrom('1', '2', undefined),
});

const day = fc.record({
  lines: fc.array(line, { maxLength: 5 }),
  /** Lines on the first page; with none of it the statement has one page. */
  firstPage: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
  /** A report within the day told so many of them before. */
  reported: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
  /** The same day in another format, with the opening dated by the day itself. */
  again: fc.boolean(),
  /** An export that goes back so many days. */
  exportDays: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
});

interface Day {
  readonly on: string;
  readonly before: string;
  readonly opening: number;
  readonly lines: readonly Line[];
}

const dateOf = (index: number): string => new Date(Date.UTC(2026, 10, 2 + index)).toISOString().slice(0, 10);
const sumOf = (lines: readonly Line[]): number => lines.reduce((sum, [minor]) => sum + minor, 0);
const closingOf = ({ opening, lines }: Day): number => opening + sumOf(lines);

test('each booking counts once, over pages, reports, exports and other formats', async (t) => {
  const { run } = await openImporting(t);
  let accounts = 0;

  async function added(told: readonly Said[], name: string): Promise<number> {
    let sum = 0;
    for (const [index, one] of told.entries()) {
      const outcome = await run(fileOf(`${name}-${index}`, one));
      assert.ok(outcome.outcome === 'imported' || outcome.outcome === 'known', JSON.stringify(outcome));
      sum += outcome.added;
    }
    return sum;
  }

  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 5 }), async (days) => {
      const account = { other: `ACCOUNT-${(accounts += 1)}`, currency: 'EUR' };
      const past: Day[] = [];
      let truth = 0;
      let counted = 0;
      for (const [index, { lines, ...tells }] of days.entries()) {
        const on = dateOf(index + 1);
        const today: Day = {
          on,
          before: dateOf(index),
          opening: past.map(closingOf).at(-1) ?? 0,
          lines: lines.map(({ minor, reference, own }): Line => {
            const references = {
              ...(reference && { accountServicer: reference }),
              ...(own && { entry: own }),
            };
            return [minor, { bookedOn: on, references }];
          }),
        };
        past.push(today);
        truth += lines.length;
        const told = documentsOf(past, tells).map((said) => ({
          ...said,
          header: { ...said.header, account },
        }));
        counted += await added(told, `${account.other}-${index}`);
        assert.equal(counted, truth, `after day ${index + 1}`);
      }
    }),
    { seed: freshSeed(t), numRuns: 15 },
  );
});

interface Tells {
  readonly firstPage: number | undefined;
  readonly reported: number | undefined;
  readonly again: boolean;
  readonly exportDays: number | undefined;
}

/** What the bank sends of the last day, in its order. */
function documentsOf(
  past: readonly Day[],
  { firstPage, reported, again, exportDays }: Tells,
): readonly Said[] {
  const today = past.at(-1)!;
  const { on, before, opening, lines } = today;
  const closing = closingOf(today);
  const statement = (
    id: string,
    page: string,
    entries: readonly Line[],
    balances: NonNullable<Said['balances']>,
  ): Said => ({
    header: { id, sequence: on.slice(8), ...(page !== '' && { page: { number: page } }) },
    balances,
    entries,
  });
  const [begin, end] = [{ OPBD: [opening, before] }, { CLBD: [closing, on] }] as const;
  const one = firstPage === undefined ? [] : lines.slice(0, firstPage);
  const middle = { ITBD: [opening + sumOf(one), on] } as const;
  const exported = exportDays === undefined ? [] : past.slice(-exportDays);
  return [
    ...(reported === undefined
      ? []
      : [
          {
            header: { id: `noon-${on}`, kind: 'report' as const },
            balances: begin,
            entries: lines.slice(0, reported),
          },
        ]),
    ...(firstPage === undefined
      ? [statement(`S-${on}`, '', lines, { ...begin, ...end })]
      : [
          statement(`S-${on}`, '1', one, { ...begin, ...middle }),
          statement(`S-${on}`, '2', lines.slice(firstPage), { ...middle, ...end }),
        ]),
    ...(again
      ? [
          {
            header: { id: `MT-${on}`, format: 'MT940' },
            balances: { OPBD: [opening, on], ...end },
            entries: lines,
          } as const,
        ]
      : []),
    ...exported.slice(0, 1).map((first): Said => ({
      header: { id: `export-${on}` },
      balances: { OPBD: [first.opening, first.before], ...end },
      entries: exported.flatMap((each) => each.lines),
    })),
  ];
}
