import { ask } from '../ask.ts';
import type { UnderWay } from '../flights.ts';
import type { RecordedAct } from '../ledger-store.ts';
import { attemptOf, type Case, type Payment } from '../payment.ts';
import type { Recorded } from '../record.ts';
import { refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import { onOriginal, tellOriginal } from '../returns/on-original.ts';
import { checkRulesOf } from '../schedule.ts';
import type { CallContext, World } from '../world.ts';
import { actOf, unfit, type Acting } from './acts.ts';
import { openCaseWithId } from './cases.ts';
import { factsFor, present } from './found.ts';
import { whyStale, type Acted } from './propose.ts';
import { recordBare, recordResolved } from './record-act.ts';
import {
  isBorneOut,
  isContradicted,
  needsQuestion,
  possibleResolutions,
  type Resolution,
  resolutions,
} from './resolutions.ts';
import { resolve, type Resolved } from './resolved.ts';

/** A person's word on a proposal. */
export interface Confirmation extends Acting {
  readonly proposal: RecordedAct;
  /** Of the payment that this person saw. */
  readonly version: number;
  readonly context: CallContext;
}

/** Why this person may not confirm this proposal; undefined where he may. */
export function unfitToConfirm(confirmation: Confirmation, payment: Payment): Refusal | undefined {
  const { person, proposal, version } = confirmation;
  const refused = unfit(confirmation, 'confirm');
  if (refused !== undefined) return refusedUnasked(refused);
  if (proposal.subject === person.id) return refusedAfterAsking('SAME_PERSON', payment);
  const isSeen = proposal.version === payment.version && version === payment.version;
  return isSeen ? undefined : refusedAfterAsking('VERSION_CHANGED', payment);
}

/**
 * The second person's word: what was proposed is done, in one transaction, provided that the payment is as both saw it.
 * Where an open payment is said not to have been executed, or nobody heard of it for long, its gateway is asked first, and
 * what it says counts for more than what people say. Where it says nothing, nobody says "not executed": the proposal stays.
 */
export async function confirmResolution(
  world: World,
  underWay: UnderWay,
  confirmation: Confirmation,
): Promise<Acted | Refusal> {
  const found = await openCaseWithId(world, present(confirmation.proposal.caseId));
  if ('refused' in found) return found;
  const { open, payment } = found;
  const unfitNow = unfitToConfirm(confirmation, payment);
  if (unfitNow !== undefined) return unfitNow;
  const resolution = resolutionOf(confirmation.proposal);
  // Another build may have let it be proposed.
  if (!possibleResolutions(payment, open).includes(resolution)) {
    return refusedAfterAsking('RESOLUTION_IMPOSSIBLE', payment);
  }
  const deciding = { payment, open, resolution };
  const refused = needsQuestion(open, resolution)
    ? await refusedByGateway(world, underWay, { ...confirmation, ...deciding })
    : undefined;
  return refused ?? write(world, confirmation, deciding);
}

/** Asks, and tells why what was proposed is not done; undefined where it is. */
async function refusedByGateway(
  world: World,
  { asked }: UnderWay,
  confirming: Confirmation & Deciding,
): Promise<Refusal | undefined> {
  const { payment, open, resolution, context } = confirming;
  const askedAt = world.clock.now();
  const question = () => ask(world, payment, { source: 'statusCheck', context });
  // Only who confirms at this very instant shares it: an answer to an older question may be from within the grace.
  const recorded = await asked.join(`case:${open.id}:${askedAt.getTime()}`, question);
  const fallen = await fallsBy(world, confirming, recorded);
  if (fallen !== undefined) return fallen;
  const rules = checkRulesOf(world, present(attemptOf(payment.state)).gateway);
  if (isBorneOut(resolution, recorded.answer, payment, { open, rules, askedAt })) return undefined;
  return refusedAfterAsking('RESOLUTION_IMPOSSIBLE', payment);
}

function resolutionOf({ detail }: RecordedAct): Resolution {
  return present(resolutions.find((resolution) => resolution === detail));
}

/** The proposal falls where the gateway's word moved the payment, or says the opposite; its word stands. */
async function fallsBy(
  world: World,
  confirmation: Confirmation & Pick<Deciding, 'open'>,
  { payment, answer }: Recorded,
): Promise<Refusal | undefined> {
  const { proposal, open } = confirmation;
  const isMoved = payment.version !== proposal.version;
  if (!isMoved && !isContradicted(resolutionOf(proposal), answer, open)) return undefined;
  const detail = `the gateway says ${answer}`;
  const caseId = present(proposal.caseId);
  const about = { payment, kind: 'declined', caseId, detail, endsProposal: proposal.id } as const;
  // Should somebody else have ended it meanwhile, it has fallen as well.
  await recordBare(world, payment, actOf(world, confirmation, about));
  return refusedAfterAsking(isMoved ? 'VERSION_CHANGED' : 'RESOLUTION_IMPOSSIBLE', payment);
}

interface Deciding {
  readonly payment: Payment;
  readonly open: Case;
  readonly resolution: Resolution;
}

/**
 * What the player has may change between reading and writing, and what of a refund's original is left: then it is decided
 * again, what the player owes with it.
 */
async function write(
  world: World,
  confirmation: Confirmation,
  { payment, open, resolution }: Deciding,
): Promise<Acted | Refusal> {
  const { proposal, context } = confirmation;
  const about = { payment, kind: 'confirmed', caseId: open.id, detail: resolution } as const;
  for (let tries = 0; tries <= world.limits.staleRetriesMax; tries += 1) {
    const facts = await factsFor(world, payment, open);
    const resolved = resolve(payment, open, resolution, facts);
    const act = actOf(world, confirmation, { ...about, endsProposal: proposal.id });
    const completion = { before: payment, after: resolved.next, source: 'recovery' } as const;
    const original = await onOriginal(world, completion);
    const beside = original && { original: original.change };
    const result = await recordResolved(world, payment, act, { ...resolved, ...beside });
    if (result === 'stale') return whyStale(world, payment);
    if (result === 'recorded') {
      tell(world, resolved, context);
      if (original !== undefined) tellOriginal(world, original, context);
      return { did: 'confirmed', act, payment: resolved.next };
    }
  }
  throw new Error('what there is changed more often than a resolution is tried');
}

function tell({ events }: World, { next: payment, receivableMinor }: Resolved, context: CallContext): void {
  events.changed({ payment, by: 'person', ...context });
  if (receivableMinor === 0n) return;
  const { gateway } = present(attemptOf(payment.state));
  events.alarm({ alarm: 'shortfall', paymentId: payment.id, gateway, ...context });
}
