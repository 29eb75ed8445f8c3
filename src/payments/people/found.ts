import { playerAccount } from '../../ledger/accounts.ts';
import { availableMinor } from '../../ledger/holds.ts';
import type { ActFilter, RecordedAct, RecordedCase, RecordedEntry } from '../ledger-store.ts';
import { otherAttemptOf } from '../conflicts.ts';
import { attemptOf, type Attempt, type Case, type Payment } from '../payment.ts';
import { checkRulesOf } from '../schedule.ts';
import type { World } from '../world.ts';
import type { ResolutionFacts } from './resolved.ts';

/** What people's decisions read from the ledger. */

/** Acts on one payment or case that are read: the newest. */
const actsMax = 200;

/** Entries of one payment that are read: one for each of its cases, and the few of its life. */
const entriesMax = 1000;

export async function caseWithId({ ledger }: World, caseId: string): Promise<RecordedCase | undefined> {
  const [found] = await ledger.cases({ caseId }, { limit: 1 });
  return found;
}

/** A proposal that nobody ended. It may be of another version of the payment than the present one. */
export async function openProposal({ ledger }: World, id: string): Promise<RecordedAct | undefined> {
  const [found] = await ledger.acts({ actId: id, openProposals: true }, { limit: 1 });
  return found;
}

/** What an approval is proposed with, beside the resolutions of cases. */
export const approval = 'approve';

/** The proposal that can be confirmed as the payment stands: the newest one of its version whose proposer still may. */
export async function standingProposal(
  world: World,
  payment: Payment,
  caseId?: string,
): Promise<RecordedAct | undefined> {
  const proposers = await proposersNow(world);
  const proposals = await proposalsFor(world, payment);
  return proposals.findLast(
    (one) => one.version === payment.version && one.caseId === caseId && proposers.has(one.subject),
  );
}

/**
 * Who may propose at this moment. What somebody proposed who may not any more stands for nobody: his token may have been
 * stolen, and two people are two who may act.
 */
export async function proposersNow({ ledger }: World): Promise<ReadonlySet<string>> {
  const operators = await ledger.operators();
  const proposers = operators.filter(
    ({ roles, disabledAt }) => disabledAt === undefined && roles.includes('propose'),
  );
  return new Set(proposers.map(({ id }) => id));
}

export async function proposalsFor(world: World, { id }: Payment): Promise<readonly RecordedAct[]> {
  return newestActs(world, { paymentId: id, openProposals: true });
}

/** The newest acts that meet the filter, oldest first. */
export async function newestActs(
  { ledger }: World,
  filter: Omit<ActFilter, 'newestFirst'>,
): Promise<readonly RecordedAct[]> {
  return (await ledger.acts({ ...filter, newestFirst: true }, { limit: actsMax })).toReversed();
}

/** A row that another one refers to. */
export function present<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new RangeError('the ledger has a reference to a row that it does not have');
  return row;
}

export async function factsFor(world: World, payment: Payment, open: Case): Promise<ResolutionFacts> {
  const entry = open.suspense && (await suspenseEntry(world, payment, open));
  const movedBy = await otherAttempt(world, open);
  return {
    at: world.clock.now(),
    rules: checkRulesOf(world, attemptOf(payment.state)?.gateway ?? ''),
    availableMinor: await availableOf(world, payment),
    ...(entry && { suspended: { posting: entry, postingKey: entry.postingKey } }),
    ...(movedBy && { movedBy }),
  };
}

async function otherAttempt({ ledger }: World, open: Case): Promise<Attempt | undefined> {
  const instrId = otherAttemptOf(open)?.instrId;
  return instrId === undefined ? undefined : present(await ledger.paymentByInstruction(instrId)).attempt;
}

async function suspenseEntry({ ledger }: World, { id }: Payment, open: Case): Promise<RecordedEntry> {
  const entries = await ledger.entries({ paymentId: id }, { limit: entriesMax });
  return present(entries.find(({ postingKey }) => postingKey === `${id}:case:${open.id}:1`));
}

/** What the payment's player can use in its currency, in minor units. */
export async function availableOf({ ledger }: World, { instruction }: Payment): Promise<bigint> {
  const balances = await ledger.playerBalances(playerAccount(instruction.brand, instruction.playerId));
  const balance = balances.find(({ currency }) => currency === instruction.amount.currency);
  return balance === undefined ? 0n : availableMinor(balance);
}
