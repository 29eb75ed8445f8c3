import { callGateway } from './gateway-call.ts';
import type { Gateway } from './gateways.ts';
import { within, type UnderWay } from './flights.ts';
import { attemptOf, type Attempt, type Payment } from './payment.ts';
import type { Partner } from './partners.ts';
import { enquiryFor } from './ask.ts';
import { cancelApproval } from './people/end-unsent.ts';
import { record, type Recorded } from './record.ts';
import { isRefusal, refusedAfterAsking, refusedUnasked, type Refusal } from './refusals.ts';
import { isFinal } from './states.ts';
import type { CallContext, World } from './world.ts';

/**
 * Asks the gateway not to execute a payment. Only its word ends the payment: until then it stays where it is, because it
 * may be executed at this moment. A payment that ended without money moving is what the caller wants, so it is
 * answered as it is; refused is one that was executed, and one whose gateway takes nothing back.
 */
export async function cancel(
  world: World,
  { carried, asked }: UnderWay,
  { partner, paymentId, context }: { partner: Partner; paymentId: string; context: CallContext },
): Promise<Payment | Refusal> {
  if (!partner.operations.includes('cancel')) return refusedUnasked('OPERATION_FORBIDDEN');
  const held = await world.ledger.paymentById(paymentId);
  if (held?.instruction.partnerId !== partner.id) return refusedUnasked('PAYMENT_NOT_FOUND');

  const flight = carried.current(held.id);
  const landed = flight && (await within(world.clock, world.limits.copyWaitMs, flight));
  // Who is in the ledger was not refused.
  const current = landed && !isRefusal(landed) ? landed : held;
  if (isFinal(current)) return unlessExecuted(current);

  // Nothing was sent: we call it off ourselves, unless somebody approves it first.
  if (current.state.name === 'awaitingApproval') {
    return unlessExecuted(await cancelApproval(world, current, context));
  }
  const attempt = attemptOf(current.state);
  const gateway = attempt && world.gateways.get(attempt.gateway);
  if (attempt === undefined || !takesBack(gateway)) return refusedAfterAsking('NOT_CANCELLABLE', current);
  const calledOff = () => callOff(world, current, { attempt, gateway, context });
  return unlessExecuted((await asked.join(`cancel:${current.id}`, calledOff)).payment);
}

type TakesBack = Gateway & Required<Pick<Gateway, 'cancel'>>;

function takesBack(gateway: Gateway | undefined): gateway is TakesBack {
  return gateway?.cancel !== undefined;
}

function unlessExecuted(payment: Payment): Payment | Refusal {
  return payment.state.name === 'completed' ? refusedAfterAsking('NOT_CANCELLABLE', payment) : payment;
}

async function callOff(
  world: World,
  payment: Payment,
  { attempt, gateway, context }: { attempt: Attempt; gateway: TakesBack; context: CallContext },
): Promise<Recorded> {
  const enquiry = enquiryFor(payment, attempt, context);
  const called = await callGateway(world, gateway, {
    operation: 'cancel',
    context,
    run: (hear) => gateway.cancel(enquiry, hear),
  });
  return record(world, payment, { ...called, source: 'cancellation', attempt }, context);
}
