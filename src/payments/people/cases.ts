import type { ActKind, RecordedAct, RecordedCase } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';
import { refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import type { World } from '../world.ts';
import { actOf, unfit, type Acting } from './acts.ts';
import { effectOfResolution, type Effect } from './effect.ts';
import { caseWithId, newestActs, present, standingProposal } from './found.ts';
import { recordBare } from './record-act.ts';
import { possibleResolutions, type Resolution } from './resolutions.ts';

/** A case with all that a person needs to decide on it. */
export interface CaseFile {
  readonly found: RecordedCase;
  readonly payment: Payment;
  /** The newest 200, oldest first. */
  readonly acts: readonly RecordedAct[];
  /** How it can be resolved now, and what each would do; none where it has ended. */
  readonly choices: readonly Choice[];
  /** The one that waits for another person, as the payment stands. */
  readonly proposal?: RecordedAct;
}

export interface Choice {
  readonly resolution: Resolution;
  readonly effect: Effect;
}

export async function caseFile(world: World, caseId: string): Promise<CaseFile | Refusal> {
  const found = await caseWithId(world, caseId);
  if (found === undefined) return refusedUnasked('CASE_NOT_FOUND');
  const payment = present(await world.ledger.paymentById(found.paymentId));
  const acts = await newestActs(world, { caseId });
  const proposal = await standingProposal(world, payment, caseId);
  const isOpen = found.end === undefined;
  const choices: Choice[] = [];
  for (const resolution of isOpen ? possibleResolutions(payment, found) : []) {
    choices.push({ resolution, effect: await effectOfResolution(world, payment, found, resolution) });
  }
  return { found, payment, acts, choices, ...(isOpen && proposal && { proposal }) };
}

/** An open case as it was found, with its payment. */
export interface Found {
  readonly open: RecordedCase;
  readonly payment: Payment;
}

export async function openCaseWithId(world: World, caseId: string): Promise<Found | Refusal> {
  const open = await caseWithId(world, caseId);
  if (open === undefined) return refusedUnasked('CASE_NOT_FOUND');
  const payment = present(await world.ledger.paymentById(open.paymentId));
  return open.end === undefined ? { open, payment } : refusedAfterAsking('CASE_CLOSED', payment);
}

/** Gives the case to an operator, who may be the one who acts. */
export async function assign(
  world: World,
  acting: Acting,
  { caseId, assignee }: { caseId: string; assignee: string },
): Promise<Found | Refusal> {
  const operators = await world.ledger.operators();
  const isOperator = operators.some(({ id, disabledAt }) => id === assignee && disabledAt === undefined);
  if (!isOperator) {
    const violations = [{ path: '/assignee', rule: 'is no operator' }];
    return refusedUnasked('REQUEST_INVALID', { violations });
  }
  return note(world, acting, { caseId, kind: 'assigned', detail: assignee });
}

export function comment(world: World, acting: Acting, caseId: string): Promise<Found | Refusal> {
  return note(world, acting, { caseId, kind: 'commented' });
}

interface Note {
  readonly caseId: string;
  readonly kind: ActKind;
  readonly detail?: string;
}

/** On the payment as it is then: nothing depends on its version, so that another word beside it is no trouble. */
async function note(world: World, acting: Acting, { caseId, kind, detail }: Note): Promise<Found | Refusal> {
  const refused = unfit(acting, 'propose');
  if (refused !== undefined) return refusedUnasked(refused);
  for (let tries = 0; tries <= world.limits.staleRetriesMax; tries += 1) {
    const found = await openCaseWithId(world, caseId);
    if ('refused' in found) return found;
    const { payment } = found;
    const act = actOf(world, acting, { payment, kind, caseId, ...(detail !== undefined && { detail }) });
    if ((await recordBare(world, payment, act)) === 'recorded') {
      return { ...found, open: { ...found.open, ...(detail !== undefined && { assignee: detail }) } };
    }
  }
  throw new Error('a payment changed more often than an act is tried');
}
