import { carry, intend } from '../carry.ts';
import { within, type UnderWay } from '../flights.ts';
import type { Gateway } from '../gateways.ts';
import { forbiddenFor, operationOf } from '../instruction.ts';
import { type Payment } from '../payment.ts';
import { isRefusal, refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import { routeFor } from '../returns/route.ts';
import { checkedFrom } from '../schedule.ts';
import { move } from '../states.ts';
import type { CallContext, World } from '../world.ts';
import { actOf, unfit, type Acting } from './acts.ts';
import { unfitToConfirm, type Confirmation } from './confirm.ts';
import { approval, proposalsFor, proposersNow } from './found.ts';
import { overSingleLimit } from './limits.ts';
import { propose, whyStale, type Acted } from './propose.ts';

/** A person's word on a payment that waits for approval. */
export interface Approval extends Acting {
  readonly payment: Payment;
  readonly version: number;
  readonly context: CallContext;
}

/**
 * The first person who approves proposes it; the second one's word sends the payment, with an intent of now. Whether its
 * partner may send it and its amount is within limits is looked at anew both times: what is allowed may have changed while it
 * waited. What was granted in 24 hours is counted with this payment since it was accepted, so nobody else was given its room.
 */
export async function approve(world: World, underWay: UnderWay, asked: Approval): Promise<Acted | Refusal> {
  const { payment, person, version } = asked;
  if (payment.version !== version) return refusedAfterAsking('VERSION_CHANGED', payment);
  const open = (await proposalsFor(world, payment)).filter(
    ({ detail, version: seen }) => detail === approval && seen === version,
  );
  const proposers = await proposersNow(world);
  const proposals = open.filter(({ subject }) => proposers.has(subject));
  const proposal = proposals.find(({ subject }) => subject !== person.id) ?? proposals[0];
  const refused =
    proposal === undefined ? unfitToPropose(asked) : unfitToConfirm({ ...asked, proposal }, payment);
  if (refused !== undefined) return refused;
  const route = await routeNow(world, payment);
  if (isRefusal(route)) return route;
  if (proposal === undefined) {
    // One whose proposer may not propose any more is replaced.
    const before = open.at(-1);
    return propose(world, asked, { payment, detail: approval, ...(before && { before }) });
  }
  return send(world, underWay, { ...asked, proposal, payment, route });
}

function unfitToPropose(asked: Approval): Refusal | undefined {
  const refused = unfit(asked, 'propose');
  return refused && refusedUnasked(refused);
}

type Route = readonly [Gateway, ...Gateway[]];

/** The way that the payment would take now, or why it may not be sent. */
async function routeNow(world: World, payment: Payment): Promise<Route | Refusal> {
  const { state, instruction } = payment;
  const now = world.clock.now();
  if (state.name !== 'awaitingApproval') return notPossible(payment, 'waits for no approval');
  if (now >= state.expiresAt) return notPossible(payment, 'DS24');
  const partner = world.directory.partners().find(({ id }) => id === instruction.partnerId);
  if (partner?.enabled !== true) return notPossible(payment, 'the partner is not enabled');
  if (!partner.operations.includes(operationOf(instruction)))
    return notPossible(payment, 'OPERATION_FORBIDDEN');
  const forbidden = forbiddenFor(partner, instruction, now);
  if (forbidden !== undefined) return notPossible(payment, forbidden);
  if (overSingleLimit(instruction, world.amountLimits) === 'refuse') {
    return notPossible(payment, 'AMOUNT_ABOVE_LIMIT');
  }
  const [first, ...others] = await routeFor(world, instruction);
  return first === undefined ? notPossible(payment, 'NO_ROUTE') : [first, ...others];
}

function notPossible(payment: Payment, rule: string): Refusal {
  return { ...refusedAfterAsking('APPROVAL_NOT_POSSIBLE', payment), violations: [{ path: '/', rule }] };
}

/** The intent is in the ledger before anything leaves; the answer is waited for a little, and the payment goes on without. */
async function send(
  world: World,
  { carried }: UnderWay,
  { payment, route, ...confirmation }: Confirmation & { readonly payment: Payment; readonly route: Route },
): Promise<Acted | Refusal> {
  const { proposal, context } = confirmation;
  const [gateway] = route;
  const act = actOf(world, confirmation, {
    payment,
    kind: 'confirmed',
    detail: approval,
    endsProposal: proposal.id,
  });
  const attempt = intend(world, gateway, 1, payment.instruction.validUntil);
  const next = checkedFrom(move(payment, { name: 'submitted', attempt }), gateway.checks, act.at);
  const result = await world.ledger.recordAct({
    paymentId: payment.id,
    expectedVersion: payment.version,
    next,
    entries: [],
    ...(next.check && { check: { to: { ...next.check, gateway: gateway.name } } }),
    act,
  });
  if (result !== 'recorded') return whyStale(world, payment);
  world.events.changed({ payment: next, by: 'person', ...context });
  const flight = carried.join(next.id, () => carry(world, next, route, context));
  const landed = await within(world.clock, world.limits.copyWaitMs, flight);
  // Who is in the ledger was not refused.
  return { did: 'confirmed', act, payment: landed && !isRefusal(landed) ? landed : next };
}

/** One person is enough to say no: nothing was sent, and nothing will be. */
export async function reject(world: World, asked: Approval): Promise<Acted | Refusal> {
  const { payment, version, context } = asked;
  const refused = unfit(asked);
  if (refused !== undefined) return refusedUnasked(refused);
  if (payment.version !== version) return refusedAfterAsking('VERSION_CHANGED', payment);
  if (payment.state.name !== 'awaitingApproval') return notPossible(payment, 'waits for no approval');
  const [proposal] = await proposalsFor(world, payment);
  const about = { payment, kind: 'declined', detail: approval } as const;
  const act = actOf(world, asked, { ...about, ...(proposal && { endsProposal: proposal.id }) });
  const { check: _, ...rest } = move(payment, {
    name: 'rejected',
    reason: { code: 'AG01' },
    endedAt: act.at,
  });
  const result = await world.ledger.recordAct({
    paymentId: payment.id,
    expectedVersion: payment.version,
    next: rest,
    holdEnding: 'voided',
    entries: [],
    check: {},
    act,
  });
  if (result !== 'recorded') return whyStale(world, payment);
  world.events.changed({ payment: rest, by: 'person', ...context });
  return { did: 'declined', act, payment: rest };
}
