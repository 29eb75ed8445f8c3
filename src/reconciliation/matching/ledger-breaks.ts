import type { OurAccount } from '../our-accounts.ts';
import type { BreakEnd, RecordedBreak } from '../statement-store.ts';
import { bankProof, type BankProof } from './bank-proof.ts';
import { ledgerDiffers, restIn } from './breaks.ts';
import { sumOf } from './decision.ts';
import { type Left, opened, opening } from './open-breaks.ts';
import type { Bookmark } from './take-up.ts';
import type { MatchingWorld } from './world.ts';

/** What a round has seen on its way. */
interface Seen {
  /** By account, what changes when a statement of it comes or is taken up. */
  readonly told: ReadonlyMap<string, string>;
  /** By account, the sum of the lines that it left open, so that they need not be gone through again. */
  readonly openMinor: ReadonlyMap<string, bigint>;
}

export function addOpen(openMinor: Map<string, bigint>, left: readonly Left[]): void {
  for (const { line } of left) {
    const { name, currency } = line.account;
    if (line.amount.currency !== currency) continue;
    openMinor.set(name, (openMinor.get(name) ?? 0n) + sumOf([line]));
  }
}

/**
 * Compares each account at a bank with its newest closing balance. Where the ledger differs there is one break that says by
 * how much; it ends when both agree, or when another figure takes its place. What two people explained stays explained: only
 * what differs beyond it is a break. While it agrees and no statement comes, there is nothing new to compare. Says how many
 * are open.
 */
export async function workLedgerBreaks(
  world: MatchingWorld,
  bookmark: Bookmark,
  { told, openMinor }: Seen,
): Promise<number> {
  let count = 0;
  for (const account of world.accounts.filter(({ reportOf }) => reportOf === undefined)) {
    const { name } = account;
    const now = told.get(name) ?? '';
    if (bookmark.agreed?.get(name) === now) continue;
    const left = await compare(world, account, openMinor.get(name) ?? 0n);
    if (left === 'agrees') bookmark.agreed = new Map([...(bookmark.agreed ?? []), [name, now]]);
    else count += left;
  }
  return count;
}

async function compare(
  world: MatchingWorld,
  account: OurAccount,
  openMinor: bigint,
): Promise<'agrees' | number> {
  const breaks = await breaksOf(world, account);
  const explainedMinor = explainedIn(breaks);
  const open = breaks.filter(({ end }) => end === undefined);
  const known = [0n, ...open.map(restIn)].map((restMinor) => restMinor + explainedMinor);
  const proof = await proofOf(world, account, { openMinor, known });
  if (proof === undefined) return open.length;
  const restMinor = proof.differenceMinor - explainedMinor;
  if (restMinor === 0n) {
    await endAll(world, open, { resolution: 'agrees', by: proof.statement.id });
    return proof.unread === 0 ? 'agrees' : 0;
  }
  const current =
    open.find((one) => restIn(one) === restMinor) ?? (await openNow(world, account, { proof, restMinor }));
  if (current === undefined) return open.length;
  const others = open.filter(({ id }) => id !== current.id);
  await endAll(world, others, { resolution: 'replaced', by: current.id });
  return 1;
}

/**
 * By the lines that the round left open, where that is a difference that is known. Another one has to be found twice with all
 * lines: somebody may have posted or imported meanwhile, and the next round looks again.
 */
async function proofOf(
  { statements, limits }: MatchingWorld,
  account: OurAccount,
  { openMinor, known }: { readonly openMinor: bigint; readonly known: readonly bigint[] },
): Promise<BankProof | undefined> {
  const world = { statements, pageMax: limits.pageMax };
  const first = await bankProof(world, account, { openMinor });
  if (first === undefined || known.includes(first.differenceMinor)) return first;
  const second = await bankProof(world, account);
  if (second === undefined || known.includes(second.differenceMinor)) return second;
  const third = await bankProof(world, account);
  const isSame = third?.statement.id === second.statement.id;
  return isSame && third.differenceMinor === second.differenceMinor ? third : undefined;
}

/** Undefined where it was opened before, and ended. */
async function openNow(
  world: MatchingWorld,
  account: OurAccount,
  { proof, restMinor }: { readonly proof: BankProof; readonly restMinor: bigint },
): Promise<RecordedBreak | undefined> {
  await opened(world, [ledgerDiffers(proof, restMinor, { account, opening: opening(world) })]);
  const now = await breaksOf(world, account);
  return now.find((one) => one.end === undefined && restIn(one) === restMinor);
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
