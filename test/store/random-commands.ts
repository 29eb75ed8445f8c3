/** Random commands, many of which refuse, contradict or repeat one another. */
import fc from 'fast-check';
import { LedgerUnavailable, type LedgerStore } from '../../src/payments/ledger-store.ts';
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

export type Act =
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
export type Run = (ledger: LedgerStore) => Promise<unknown>;

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

export const acts = fc
  .tuple(beginning, fc.array(act, { minLength: 5, maxLength: 50 }))
  .map(([first, rest]) => [...first, ...rest]);

/**
 * Turns acts into commands with all their ids, so that two ledgers can be given the very same ones; `own` begins the names
 * in a ledger that is shared.
 */
export function commandsFor(all: readonly Act[], own = ''): Run[] {
  const known = Array.from({ length: payments }, (_, index) => {
    // Two payments share a reference, and every third one is a deposit.
    const wanted = {
      reference: `${own}ref-${index % 5}`,
      player: playerOf(index % players),
      minor: 300n,
    };
    return index % 3 === 0 ? deposit(wanted) : withdrawal(wanted);
  });
  const runs: Run[] = [];
  for (const each of all) runs.push(runOf(each));
  return runs;

  function playerOf(index: number): string {
    return `${own}player-${index}`;
  }

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
          player: playerOf(each.player),
          transferId: `${own}transfer-${each.id}`,
          minor,
          direction,
        } as const;
        const command = transferOf(wanted);
        return (ledger) => ledger.transfer(command);
      }
      case 'tooMuch': {
        const command = transferOf({ player: playerOf(each.player), minor: 9_100_000_000_000_000_000n });
        return (ledger) => ledger.transfer(command);
      }
      case 'again':
        return runs[each.earlier % Math.max(1, runs.length)] ?? ((ledger) => ledger.ready());
    }
  }
}

export async function outcome(run: Run, ledger: LedgerStore): Promise<unknown> {
  try {
    const result = await run(ledger);
    return typeof result === 'object' && result !== null && 'kind' in result ? result.kind : result;
  } catch (error) {
    if (error instanceof LedgerUnavailable) return error.message;
    throw error;
  }
}

export function isFailure(result: unknown): boolean {
  return typeof result === 'string' && result.includes('engineFailed');
}

/** The names that the commands use. */
export const playersOf = (own: string): string[] =>
  Array.from({ length: players }, (_, index) => `${own}player-${index}`);
export const referencesOf = (own: string): string[] =>
  Array.from({ length: 5 }, (_, index) => `${own}ref-${index}`);
