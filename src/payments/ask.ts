import { attemptOf } from './apply-answer.ts';
import type { Answer, AnswerSource, Enquiry, Gateway } from './gateways.ts';
import type { Attempt, Payment } from './payment.ts';
import { record } from './record.ts';
import { isFinal } from './states.ts';
import type { CallContext, World } from './world.ts';

/**
 * Asks the gateway where a payment stands and writes down what it says. Asking moves no money, so it is allowed at any
 * time. A payment that is found submitted when nobody can be waiting for its reply any more becomes unknown first.
 */
export async function ask(
  world: World,
  payment: Payment,
  source: Extract<AnswerSource, 'statusCheck' | 'recovery'>,
  context: CallContext,
): Promise<Payment> {
  const attempt = attemptOf(payment.state);
  const gateway = attempt && world.gateways.get(attempt.gateway);
  if (attempt === undefined || gateway === undefined || isFinal(payment)) return payment;
  const abandoned = payment.state.name === 'submitted' && world.clock.now() >= attempt.answerBefore;
  const about = { source, gateway: gateway.name };
  const current = abandoned
    ? await record(world, payment, { ...about, answer: { kind: 'unknown', cause: 'interrupted' } }, context)
    : { payment };
  const answer = await enquire(world, gateway, enquiryFor(current.payment, attempt, context));
  return (await record(world, current.payment, { ...about, answer }, context)).payment;
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
