import { callGateway } from './gateway-call.ts';
import type { Word } from './decision.ts';
import type { AnswerSource, Enquiry } from './gateways.ts';
import { attemptOf, type Attempt, type Payment } from './payment.ts';
import { record, type Recorded } from './record.ts';
import { isFinal } from './states.ts';
import type { CallContext, World } from './world.ts';

interface Asking {
  readonly source: Extract<AnswerSource, 'statusCheck' | 'recovery'>;
  readonly context: CallContext;
  /** Of the scheduled check that asks; only such a one goes on in the schedule, and may send again. */
  readonly claim?: Word['claim'];
}

/**
 * Asks the gateway where a payment stands and writes down what it says. Asking moves no money, so it is allowed at any
 * time. Where the gateway is not configured any more, people are told.
 */
export async function ask(
  world: World,
  payment: Payment,
  { source, claim, context }: Asking,
): Promise<Recorded> {
  const attempt = attemptOf(payment.state);
  // Nobody claims what is final but where its check was left behind, which the word takes away.
  if (attempt === undefined || (isFinal(payment) && claim === undefined)) return unchanged(payment);
  const current = await unknownIfAbandoned(world, payment, context);
  const gateway = world.gateways.get(attempt.gateway);
  if (gateway === undefined) {
    const about = { paymentId: payment.id, gateway: attempt.gateway, ...context };
    world.events.alarm({ alarm: 'gatewayMissing', ...about });
    if (claim === undefined && current.check !== undefined) return unchanged(current);
    // The schedule begins, or goes on, without an answer, so that people are asked in the end.
    const answer = { kind: 'unknown', cause: 'gatewayMissing' } as const;
    return record(world, current, { answer, source, attempt, ...(claim && { claim }) }, context);
  }
  const enquiry = enquiryFor(current, attempt, context);
  const called = await callGateway(world, gateway, {
    operation: 'status',
    context,
    run: (hear) => gateway.status(enquiry, hear),
  });
  const heard = { ...called, source, attempt, ...(claim && { claim }) };
  return record(world, current, heard, context);
}

function unchanged(payment: Payment): Recorded {
  return { payment, effect: 'ignored' };
}

/** A payment that is found submitted when nobody can be waiting for its reply any more is unknown (design 6). */
export async function unknownIfAbandoned(
  world: World,
  payment: Payment,
  context: CallContext,
): Promise<Payment> {
  const { state } = payment;
  if (state.name !== 'submitted' || world.clock.now() < state.attempt.answerBefore) return payment;
  const answer = { kind: 'unknown', cause: 'interrupted' } as const;
  const { attempt } = state;
  return (await record(world, payment, { answer, source: 'recovery', attempt }, context)).payment;
}

/**
 * What a gateway is told of a payment that it is asked about, or asked to call off. The reference in the payment's state is
 * of the attempt that it stands on: another gateway knows nothing of it.
 */
export function enquiryFor({ state }: Payment, { instrId }: Attempt, context: CallContext): Enquiry {
  const isTheirs = 'gatewayReference' in state && state.attempt?.instrId === instrId;
  const reference = isTheirs ? state.gatewayReference : undefined;
  return { instrId, ...context, ...(reference !== undefined && { gatewayReference: reference }) };
}
