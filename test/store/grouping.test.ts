/** Commands that are committed in groups end in the same ledger as the same commands one by one (design 7). */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { LedgerUnavailable, type LedgerStore } from '../../src/payments/ledger-store.ts';
import { ledgerTables } from '../../src/store/migrations/list.ts';
import { freshSeed } from '../support/seed.ts';
import {
  declined,
  deposit,
  ignored,
  mismatch,
  pending,
  rerouted,
  settled,
  transferOf,
  withdrawal,
} from '../support/store-commands.ts';
import { ledgerFile, opened, rawConnection } from '../support/store-ledger.ts';

type Act =
  | { readonly act: 'accept'; readonly payment: number }
  | { readonly act: 'answer'; readonly payment: number; readonly version: number; readonly word: Word }
  | { readonly act: 'transfer'; readonly id: number; readonly player: number; readonly minor: bigint }
  /** More than a balance can count: always undone, with the group that it is in. */
  | { readonly act: 'tooMuch'; readonly player: number }
  | { readonly act: 'again'; readonly earlier: number };

const words = {
  settled,
  declined,
  pending,
  rerouted,
  ignored,
  mismatch: (payment: Payment) => mismatch(payment, 3n),
};
type Word = keyof typeof words;
type Payment = Parameters<typeof settled>[0];
type Run = (ledger: LedgerStore) => Promise<unknown>;

const payments = 6;
const players = 3;

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant('accept'), payment: fc.nat({ max: payments - 1 }) }),
  fc.record({
    act: fc.constant('answer'),
    payment: fc.nat({ max: payments - 1 }),
    version: fc.integer({ min: 1, max: 2 }),
    word: fc.constantFrom(...(Object.keys(words) as Word[])),
  }),
  fc.record({
    act: fc.constant('transfer'),
    id: fc.nat({ max: 5 }),
    player: fc.nat({ max: players - 1 }),
    minor: fc.bigInt({ min: -400n, max: 900n }).filter((minor) => minor !== 0n),
  }),
  fc.record({ act: fc.constant('tooMuch'), player: fc.nat({ max: players - 1 }) }),
  fc.record({ act: fc.constant('again'), earlier: fc.nat({ max: 40 }) }),
);

/** Some players with money and some payments under way, so that what follows finds something to act on. */
const beginning: fc.Arbitrary<Act[]> = fc
  .tuple(
    fc.subarray([...Array(players).keys()]),
    fc.shuffledSubarray([...Array(payments).keys()], { minLength: 3 }),
  )
  .map(([rich, begun]) => [
    ...rich.map((player): Act => ({ act: 'transfer', id: 10 + player, player, minor: 450n })),
    ...begun.map((payment): Act => ({ act: 'accept', payment })),
  ]);

const acts = fc
  .tuple(beginning, fc.array(act, { minLength: 5, maxLength: 50 }))
  .map(([first, rest]) => [...first, ...rest]);

/** Turns acts into commands with all their ids, so that two ledgers can be given the very same ones. */
function commandsFor(all: readonly Act[]): Run[] {
  const known = Array.from({ length: payments }, (_, index) => {
    // Two payments share a reference, and every third one is a deposit.
    const wanted = { reference: `ref-${index % 5}`, player: `player-${index % players}`, minor: 300n };
    return index % 3 === 0 ? deposit(wanted) : withdrawal(wanted);
  });
  const runs: Run[] = [];
  for (const each of all) runs.push(runOf(each));
  return runs;

  function runOf(each: Act): Run {
    switch (each.act) {
      case 'accept': {
        const command = known[each.payment]!;
        return (ledger) => ledger.acceptPayment(command);
      }
      case 'answer': {
        const { payment } = known[each.payment]!;
        const command = words[each.word]({ ...payment, version: each.version });
        return (ledger) => ledger.recordAnswer(command);
      }
      case 'transfer': {
        const direction = each.minor > 0n ? 'fromPlay' : 'toPlay';
        const minor = each.minor > 0n ? each.minor : -each.minor;
        const wanted = {
          player: `player-${each.player}`,
          transferId: `transfer-${each.id}`,
          minor,
          direction,
        } as const;
        const command = transferOf(wanted);
        return (ledger) => ledger.transfer(command);
      }
      case 'tooMuch': {
        const command = transferOf({ player: `player-${each.player}`, minor: 9_100_000_000_000_000_000n });
        return (ledger) => ledger.transfer(command);
      }
      case 'again':
        return runs[each.earlier % Math.max(1, runs.length)] ?? ((ledger) => ledger.ready());
    }
  }
}

async function outcome(run: Run, ledger: LedgerStore): Promise<unknown> {
  try {
    const result = await run(ledger);
    return typeof result === 'object' && result !== null && 'kind' in result ? result.kind : result;
  } catch (error) {
    if (error instanceof LedgerUnavailable) return error.message;
    throw error;
  }
}

function isFailure(result: unknown): boolean {
  return typeof result === 'string' && result.includes('engineFailed');
}

/** Every row of every table, but for the order in which entries of different players were written. */
function contents(t: TestContext, file: string): unknown {
  const raw = rawConnection(t, file);
  return ledgerTables.map((table) => {
    const rows = raw.prepare<[], Record<string, unknown>>(`select * from ${table}`).all();
    const texts = rows.map(({ id, ...row }) =>
      JSON.stringify({ ...row, ...(table === 'entry' ? {} : { id }) }, (_key, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
    );
    return [table, texts.toSorted()];
  });
}

test('random commands, grouped and one by one, end in the same ledger', async (t) => {
  const seed = freshSeed(t);
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(acts, fc.integer({ min: 2, max: 20 }), async (wanted, groupMax) => {
      const runs = commandsFor(wanted);
      const files = [await ledgerFile(t), await ledgerFile(t)] as const;
      const grouped = await opened(t, `sqlite:${files[0]}`, { limits: { groupMax } });
      const single = await opened(t, `sqlite:${files[1]}`);

      const together = await Promise.all(runs.map((run) => outcome(run, grouped)));
      const oneByOne: unknown[] = [];
      for (const run of runs) oneByOne.push(await outcome(run, single));

      failed += oneByOne.filter(isFailure).length;
      assert.deepEqual(together, oneByOne);
      assert.deepEqual(contents(t, files[0]), contents(t, files[1]));
      await Promise.all([grouped.close(), single.close()]);
    }),
    { seed, numRuns: 20 },
  );
  t.diagnostic(`${failed} commands were undone by themselves`);
});
