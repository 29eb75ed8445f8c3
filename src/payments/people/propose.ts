import type { OperatorAct, RecordedAct } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';
import { refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import type { World } from '../world.ts';
import { actOf, unfit, type Acting } from './acts.ts';
import { openCaseWithId } from './cases.ts';
import { present, proposalsFor } from './found.ts';
import { recordBare } from './record-act.ts';
import { possibleResolutions, type Resolution } from './resolutions.ts';

/** An act is in the ledger; a proposal waits for another person. */
export interface Acted {
  readonly did: 'proposed' | 'confirmed' | 'declined';
  readonly act: OperatorAct;
  readonly payment: Payment;
}

/**
 * Proposes how a case is resolved, for another person to confirm. It is bound to the payment's version: what changes after
 * that has to be looked at again. It takes the place of one that was open for the case.
 */
export async function proposeResolution(
  world: World,
  acting: Acting,
  { caseId, resolution, version }: { caseId: string; resolution: Resolution; version: number },
): Promise<Acted | Refusal> {
  const refused = unfit(acting, 'propose');
  if (refused !== undefined) return refusedUnasked(refused);
  const found = await openCaseWithId(world, caseId);
  if ('refused' in found) return found;
  const { open, payment } = found;
  if (payment.version !== version) return refusedAfterAsking('VERSION_CHANGED', payment);
  if (!possibleResolutions(payment, open).includes(resolution)) {
    return refusedAfterAsking('RESOLUTION_IMPOSSIBLE', payment);
  }
  const before = (await proposalsFor(world, payment)).findLast((one) => one.caseId === caseId);
  return propose(world, acting, { payment, caseId, detail: resolution, ...(before && { before }) });
}

interface Proposal {
  readonly payment: Payment;
  readonly detail: string;
  readonly caseId?: string;
  /** The one that this one takes the place of. */
  readonly before?: RecordedAct;
}

export async function propose(
  world: World,
  acting: Acting,
  { payment, before, ...about }: Proposal,
): Promise<Acted | Refusal> {
  const endsProposal = before && { endsProposal: before.id };
  const act = actOf(world, acting, { payment, kind: 'proposed', ...about, ...endsProposal });
  const result = await recordBare(world, payment, act);
  if (result !== 'recorded') return refusedAfterAsking('VERSION_CHANGED', payment);
  return { did: 'proposed', act, payment };
}

/** Why an act on a payment's proposal was not written: the payment changed, or somebody ended the proposal. */
export async function whyStale(world: World, payment: Payment): Promise<Refusal> {
  const now = present(await world.ledger.paymentById(payment.id));
  const isSame = now.version === payment.version;
  return refusedAfterAsking(isSame ? 'PROPOSAL_NOT_FOUND' : 'VERSION_CHANGED', now);
}
