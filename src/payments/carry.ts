import type { Answer, Gateway, Order } from './gateways.ts';
import type { Attempt, Payment } from './payment.ts';
import { record } from './record.ts';
import type { CallContext, World } from './world.ts';

/** The intent to send a payment to a gateway, as step 1 commits it. */
export function intend(world: World, gateway: Gateway, ordinal: number, validUntil?: Date): Attempt {
  const intendedAt = world.clock.now();
  const soon = intendedAt.getTime() + world.limits.sendWithinMs;
  const sendBefore = new Date(Math.min(soon, validUntil?.getTime() ?? soon));
  return {
    ordinal,
    gateway: gateway.name,
    instrId: world.ids.uuid().replaceAll('-', ''),
    intendedAt,
    sendBefore,
    answerBefore: new Date(sendBefore.getTime() + gateway.totalTimeoutMs),
  };
}

/**
 * Steps 2 and 3 of a payment that this process has just accepted: sends it, writes the answer down, and goes on to the
 * next gateway of the route only where this one was certainly never sent to. Ends with the route at the latest.
 */
export async function carry(
  world: World,
  accepted: Payment,
  route: readonly Gateway[],
  context: CallContext,
): Promise<Payment> {
  let payment = accepted;
  for (const [index, gateway] of route.entries()) {
    if (payment.state.name !== 'submitted') break;
    const answer = await submit(world, gateway, orderFor(payment, payment.state.attempt, context));
    const after = route[index + 1];
    const alternative = after && intend(world, after, index + 2, payment.instruction.validUntil);
    const heard = {
      answer,
      source: 'reply',
      gateway: gateway.name,
      ...(alternative && { alternative }),
    } as const;
    const recorded = await record(world, payment, heard, context);
    payment = recorded.payment;
    if (recorded.effect !== 'rerouted') break;
  }
  return payment;
}

async function submit(world: World, gateway: Gateway, order: Order): Promise<Answer> {
  const from = world.clock.now().getTime();
  const answer =
    world.clock.now() >= order.sendBefore
      ? ({ kind: 'neverSent', cause: 'sendBeforeMissed' } as const)
      : await gateway.submit(order);
  world.events.gatewayCalled({
    gateway: gateway.name,
    operation: 'submit',
    answer: answer.kind,
    durationMs: world.clock.now().getTime() - from,
    correlationId: order.correlationId,
  });
  return answer;
}

function orderFor({ instruction }: Payment, attempt: Attempt, { correlationId }: CallContext): Order {
  const {
    partnerId: _partner,
    partnerReference: _reference,
    playerId: _player,
    validUntil: _until,
    ...rest
  } = instruction;
  return { ...rest, instrId: attempt.instrId, sendBefore: attempt.sendBefore, correlationId };
}
