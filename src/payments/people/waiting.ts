import type { AcceptPayment } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';
import { checkedFrom, defaultCheckRules } from '../schedule.ts';
import { move } from '../states.ts';
import type { World } from '../world.ts';
import { cumulativeLimits, overSingleLimit } from './limits.ts';

/** A payment that two people have to look at before it is sent. Its next check is the end of their time. */
export function waitingForApproval({ limits }: Pick<World, 'limits'>, received: Payment): Payment {
  const { acceptedAt, instruction } = received;
  const soon = acceptedAt.getTime() + limits.approvalWithinMs;
  const expiresAt = new Date(Math.min(soon, instruction.validUntil?.getTime() ?? soon));
  // The rules are a gateway's, and it is with none.
  return checkedFrom(move(received, { name: 'awaitingApproval', expiresAt }), defaultCheckRules, acceptedAt);
}

/** The acceptance with the limits asked: those of a single payment here, the others in its transaction. */
export function withLimits(world: World, received: Payment, acceptance: AcceptPayment): AcceptPayment {
  const { instruction, acceptedAt } = received;
  const limits = cumulativeLimits(instruction, world.amountLimits, acceptedAt);
  const waiting = waitingForApproval(world, received);
  if (overSingleLimit(instruction, world.amountLimits) === 'approve') {
    const refusing = limits.filter(({ exceeded }) => exceeded === 'refuse');
    return { ...acceptance, payment: waiting, limits: refusing };
  }
  if (limits.length === 0) return acceptance;
  const asksPeople = limits.some(({ exceeded }) => exceeded === 'approve');
  return { ...acceptance, limits, ...(asksPeople && { ifApprovalNeeded: waiting }) };
}
