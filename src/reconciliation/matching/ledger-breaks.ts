import type { OurAccount } from '../our-accounts.ts';
import type { BreakEnd, RecordedBreak } from '../statement-store.ts';
import { bankProof, type BankProof } from './bank-proof.ts';
import { ledgerDiffers, restIn } from './breaks.ts';
import { opened, opening } from './open-breaks.ts';
import type { Bookmark } from './take-up.ts';
import type { MatchingWorld } from './world.ts';

/**
 * Compares each account at a bank with its newest closing balance. Where the ledger differs there is one break that says by
 * how much; it ends when both agree, or when another figure takes its place. What two people explained stays explained: only
 * what differs beyond it is a break. While it agrees and no statement comes, there is nothing new to compare. Says how many
 * are open.
 */
export async function workLedgerBreaks(
  world: MatchingWorld,
  bookmark: Bookmark,
  told: ReadonlyMap<string, string>,
): Promise<number> {
  let count = 0;
  for (const account of world.accounts.filter(({ reportOf }) => reportOf === undefined)) {
    const { name } = account;
    const now = told.get(name) ?? '';
    if (bookmark.agreed?.get(name) === now) continue;
    const left = await compare(world, account);
    if (left === 'agrees') bookmark.agreed = new Map([...(bookmark.agreed ?? []), [name, now]]);
    else count += left;
  }
  return count;
}

async function compare(world: MatchingWorld, account: OurAccount): Promise<'agrees' | number> {
  const proof = await prove(world, account);
  if (proof === undefined) return 0;
  const breaks = await breaksOf(world, account);
  const restMinor = proof.differenceMinor - explainedIn(breaks);
  const open = breaks.filter(({ end }) => end === undefined);
  if (restMinor === 0n) {
    await endAll(world, open, { resolution: 'agrees', by: proof.statement.id });
    return proof.unread === 0 ? 'agrees' : 0;
  }
  const current = open.find((one) => restIn(one) === restMinor) ?? (await openNow());
  if (current === undefined) return open.length;
  const others = open.filter(({ id }) => id !== current.id);
  await endAll(world, others, { resolution: 'replaced', by: current.id });
  return 1;

  /** Somebody may have posted or imported meanwhile, so only what is found twice is so. */
  async function openNow(): Promise<RecordedBreak | undefined> {
    const again = await prove(world, account);
    const isSame = again?.statement.id === proof?.statement.id;
    if (!isSame || again?.differenceMinor !== proof?.differenceMinor || proof === undefined) return undefined;
    await opened(world, [ledgerDiffers(proof, restMinor, { account, opening: opening(world) })]);
    const now = await breaksOf(world, account);
    return now.find((one) => one.end === undefined && restIn(one) === restMinor);
  }
}

function prove(world: MatchingWorld, account: OurAccount): Promise<BankProof | undefined> {
  const { statements, limits } = world;
  return bankProof({ statements, pageMax: limits.pageMax }, account);
}

/** What people ended as explained, in signed minor units. */
export function explainedIn(breaks: readonly RecordedBreak[]): bigint {
  return breaks
    .filter((one) => one.end?.resolution === 'expected')
    .reduce((minor, one) => minor + restIn(one), 0n);
}

/** There is one a day at most, and hardly any. */
const breaksMax = 10_000;

function breaksOf({ statements }: MatchingWorld, { name }: OurAccount): Promise<readonly RecordedBreak[]> {
  return statements.breaks({ kind: 'LEDGER_DIFFERS', place: name }, { limit: breaksMax });
}

async function endAll(
  { statements, clock }: MatchingWorld,
  breaks: readonly RecordedBreak[],
  how: Pick<BreakEnd, 'resolution' | 'by'>,
): Promise<void> {
  if (breaks.length === 0) return;
  await statements.endBreaks(breaks.map(({ id }) => ({ breakId: id, ...how, at: clock.now() })));
}
