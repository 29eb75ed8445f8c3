import { callGateway } from './gateway-call.ts';
import type { AnswerSource, Enquiry } from './gateways.ts';
import { attemptOf, type Attempt, type Payment } from './payment.ts';
import { record } from './record.ts';
import { isFinal } from './states.ts';
import type { CallContext, World } from './world.ts';

/**
 * Asks the gateway where a payment stands and writes down what it says. Asking moves no money, so it is allowed at any
 * time. Where the gateway is not configured any more, people are told.
 */
export async function ask(
  world: World,
  payment: Payment,
  source: Extract<AnswerSource, 'statusCheck' | 'recovery'>,
  context: CallContext,
): Promise<Payment> {
  const attempt = attemptOf(payment.state);
  if (attempt === undefined || isFinal(payment)) return payment;
  const current = await unknownIfAbandoned(world, payment, context);
  const gateway = world.gateways.get(attempt.gateway);
  if (gateway === undefined) {
    const about = { paymentId: payment.id, gateway: attempt.gateway, ...context };
    world.events.alarm({ alarm: 'gatewayMissing', ...about });
    return current;
  }
  const enquiry = enquiryFor(current, attempt, context);
  const called = await callGateway(world, gateway, {
    operation: 'status',
    context,
    run: (hear) => gateway.status(enquiry, hear),
  });
  return (await record(world, current, { ...called, source, attempt }, context)).payment;
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

/** What a gateway is told of a payment that it is asked about, or asked to call off. */
export function enquiryFor({ state }: Payment, { instrId }: Attempt, context: CallContext): Enquiry {
  const reference = 'gatewayReference' in state ? state.gatewayReference : undefined;
  return { instrId, ...context, ...(reference !== undefined && { gatewayReference: reference }) };
}
