import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { daysAfter } from '../../src/reconciliation/calendar.ts';
import { bankProof } from '../../src/reconciliation/matching/bank-proof.ts';
import { shippedRules } from '../../src/reconciliation/matching/rules.ts';
import type { Said } from '../support/importing.ts';
import { accounts, booking, openReconHouse } from '../support/recon-house.ts';
import { freshSeed } from '../support/seed.ts';

const rules = [...shippedRules, { name: 'bank-fee', find: 'fee', codes: ['FEE'] } as const];
const firstDay = '2026-10-05';

interface Day {
  /** Each with whether a match posts it, and by how many days its value differs. */
  readonly lines: readonly { readonly minor: number; readonly posted: boolean; readonly valued: number }[];
  /** So many of them are told within the day, and told again by the statement. */
  readonly early: number;
}

const day: fc.Arbitrary<Day> = fc.record({
  lines: fc.array(
    fc.record({
      minor: fc.integer({ min: -50_000, max: 50_000 }).filter((minor) => minor !== 0),
      posted: fc.boolean(),
      valued: fc.integer({ min: -3, max: 3 }),
    }),
    { maxLength: 4 },
  ),
  early: fc.integer({ min: 0, max: 4 }),
});

interface Document {
  readonly on: string;
  readonly said: Said;
  readonly netMinor: number;
  readonly isFinal: boolean;
}

/** The statements of following days, each with a report within the day where something was told early. */
function documentsOf(days: readonly Day[], openingMinor: number): readonly Document[] {
  let balance = openingMinor;
  return days.flatMap(({ lines, early }, place): Document[] => {
    const on = daysAfter(firstDay, place);
    const entries = lines.map(({ minor, posted, valued }) =>
      booking(minor, undefined, {
        bookedOn: on,
        valueOn: daysAfter(on, valued),
        ...(posted && { code: { proprietary: 'FEE' } }),
      }),
    );
    const netMinor = lines.reduce((sum, { minor }) => sum + minor, 0);
    const from = balance;
    balance += netMinor;
    const balances = { OPBD: [from, on], CLBD: [balance, on] } as const;
    const statement = { header: { id: `S-${on}`, sequence: String(place + 1) }, balances, entries };
    const report = {
      header: { id: `R-${on}`, kind: 'report', to: on } as const,
      entries: entries.slice(0, early),
    };
    return [
      { on, said: statement, netMinor, isFinal: true },
      ...(report.entries.length > 0 ? [{ on, said: report, netMinor: 0, isFinal: false }] : []),
    ];
  });
}

test('in whatever order documents come, in the end the ledger agrees, on every day; without one it differs by that', async (t) => {
  const seed = freshSeed(t);
  await fc.assert(
    fc.asyncProperty(
      fc.array(day, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.infiniteStream(fc.nat()),
      async (days, openingMinor, random) => {
        const house = await openReconHouse(t, { rules });
        const documents = documentsOf(days, openingMinor)
          .map((document) => ({ document, at: random.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ document }) => document);
        const bringIn = async (some: readonly Document[]): Promise<void> => {
          for (const { on, said } of some) {
            house.clock.move(1_000);
            await house.bringIn(`${said.header?.kind ?? 'statement'} of ${on}`, said);
            if ((random.next().value ?? 0) % 2 === 0) await house.round();
          }
          await house.round();
        };
        // A day between the first and the last comes at the very end.
        const late = daysAfter(firstDay, 1);
        const isLate = ({ on }: Document) => days.length > 2 && on === late;
        await bringIn(documents.filter((document) => !isLate(document)));
        const missing = documents.filter(isLate);
        const missingMinor = missing.reduce((sum, { netMinor }) => sum + netMinor, 0);
        const open = (await house.openBreaks()).filter(({ kind }) => kind === 'LEDGER_DIFFERS');
        assert.deepEqual(
          open.map(({ atRisk }) => Number(atRisk.minor)),
          missingMinor === 0 ? [] : [Math.abs(missingMinor)],
        );
        await bringIn(missing);
        const left = await house.openBreaks();
        assert.deepEqual(
          left.filter(({ kind }) => kind === 'LEDGER_DIFFERS' || kind === 'STATEMENT_GAP'),
          [],
        );
        const [main] = accounts;
        assert.ok(main);
        for (const { on, isFinal } of documents) {
          const proof = await bankProof({ statements: house.store, pageMax: 3 }, main, { until: on });
          if (isFinal) assert.equal(proof?.differenceMinor, 0n, on);
        }
        assert.deepEqual((await house.ledger.verify({ findingsMax: 10 })).violations, []);
      },
    ),
    { seed, numRuns: 8, endOnFailure: true },
  );
});
