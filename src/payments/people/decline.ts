import { refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import type { World } from '../world.ts';
import { actOf, unfit } from './acts.ts';
import type { Confirmation } from './confirm.ts';
import { present } from './found.ts';
import { whyStale, type Acted } from './propose.ts';
import { recordBare } from './record-act.ts';

/** Ends a proposal and changes nothing else. Who made it may take it back; anybody else needs the role to confirm it. */
export async function declineResolution(
  world: World,
  confirmation: Omit<Confirmation, 'context'>,
): Promise<Acted | Refusal> {
  const { proposal, person, version } = confirmation;
  const refused = unfit(confirmation, proposal.subject === person.id ? undefined : 'confirm');
  if (refused !== undefined) return refusedUnasked(refused);
  const payment = present(await world.ledger.paymentById(proposal.paymentId));
  if (payment.version !== version) return refusedAfterAsking('VERSION_CHANGED', payment);
  const { caseId } = proposal;
  const about = { payment, kind: 'declined', endsProposal: proposal.id, ...(caseId && { caseId }) } as const;
  const act = actOf(world, confirmation, about);
  if ((await recordBare(world, payment, act)) !== 'recorded') return whyStale(world, payment);
  return { did: 'declined', act, payment };
}
