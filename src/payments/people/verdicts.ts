import type { UnderWay } from '../flights.ts';
import { refusedUnasked, type Refusal } from '../refusals.ts';
import type { CallContext, World } from '../world.ts';
import type { Acting } from './acts.ts';
import { approve, reject } from './approve.ts';
import { confirmResolution } from './confirm.ts';
import { declineResolution } from './decline.ts';
import type { Verdict } from './desk.ts';
import { openProposal, present, proposersNow } from './found.ts';
import type { Acted } from './propose.ts';

/** A person's yes: to a payment that waits, or to what another one proposed. */
export async function approveById(
  world: World,
  underWay: UnderWay,
  { id, version, context, ...acting }: Acting & Verdict & { readonly context: CallContext },
): Promise<Acted | Refusal> {
  const payment = await world.ledger.paymentById(id);
  if (payment !== undefined) return approve(world, underWay, { ...acting, payment, version, context });
  const proposal = await openProposal(world, id);
  if (proposal === undefined) return refusedUnasked('PROPOSAL_NOT_FOUND');
  if (proposal.caseId !== undefined) {
    // Nobody stands behind it any more: it can be declined, or replaced by another one.
    if (!(await proposersNow(world)).has(proposal.subject)) return refusedUnasked('PROPOSAL_NOT_FOUND');
    return confirmResolution(world, underWay, { ...acting, proposal, version, context });
  }
  const about = present(await world.ledger.paymentById(proposal.paymentId));
  return approve(world, underWay, { ...acting, payment: about, version, context });
}

/** A person's no. */
export async function rejectById(
  world: World,
  { id, version, context, ...acting }: Acting & Verdict & { readonly context: CallContext },
): Promise<Acted | Refusal> {
  const payment = await world.ledger.paymentById(id);
  if (payment !== undefined) return reject(world, { ...acting, payment, version, context });
  const proposal = await openProposal(world, id);
  if (proposal === undefined) return refusedUnasked('PROPOSAL_NOT_FOUND');
  if (proposal.caseId !== undefined) return declineResolution(world, { ...acting, proposal, version });
  const about = present(await world.ledger.paymentById(proposal.paymentId));
  return reject(world, { ...acting, payment: about, version, context });
}
