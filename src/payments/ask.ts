import type { Answer, AnswerSource, Enquiry, Gateway } from './gateways.ts';
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
  const answer = await enquire(world, gateway, enquiryFor(current, attempt, context));
  return (await record(world, current, { source, attempt, answer }, context)).payment;
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

async function enquire(world: World, gateway: Gateway, enquiry: Enquiry): Promise<Answer> {
  const from = world.clock.now().getTime();
  const answer = await gateway.status(enquiry);
  world.events.gatewayCalled({
    gateway: gateway.name,
    operation: 'status',
    answer: answer.kind,
    durationMs: world.clock.now().getTime() - from,
    correlationId: enquiry.correlationId,
  });
  return answer;
}

function enquiryFor({ state }: Payment, { instrId }: Attempt, { correlationId }: CallContext): Enquiry {
  const reference = 'gatewayReference' in state ? state.gatewayReference : undefined;
  return { instrId, correlationId, ...(reference !== undefined && { gatewayReference: reference }) };
}
