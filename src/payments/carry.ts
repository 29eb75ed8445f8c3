import { callGateway, type Called } from './gateway-call.ts';
import type { Gateway, Order } from './gateways.ts';
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
 * Steps 2 and 3 of a payment whose intent this process has just committed: sends it, writes the answer down, and goes on to
 * the next gateway of the route only where this one was certainly never sent to. Ends with the route at the latest.
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
    const { attempt } = payment.state;
    world.reached('afterIntent');
    const called = await submit(world, gateway, orderFor(payment, attempt, context), context);
    const after = called.answer.kind === 'neverSent' ? route[index + 1] : undefined;
    const alternative = after && intend(world, after, attempt.ordinal + 1, payment.instruction.validUntil);
    const heard = { ...called, source: 'reply', attempt, ...(alternative && { alternative }) } as const;
    const recorded = await record(world, payment, heard, context);
    payment = recorded.payment;
    if (recorded.effect !== 'rerouted') break;
  }
  return payment;
}

async function submit(world: World, gateway: Gateway, order: Order, context: CallContext): Promise<Called> {
  if (world.clock.now() >= order.sendBefore) {
    return { answer: { kind: 'neverSent', cause: 'sendBeforeMissed' }, askedAt: world.clock.now() };
  }
  world.reached('beforeSend');
  return callGateway(world, gateway, {
    operation: 'submit',
    context,
    run: (hear) => gateway.submit(order, hear),
  });
}

/** What a gateway is told, field by field: a new field of the instruction goes to nobody until it is listed here. */
function orderFor({ instruction }: Payment, attempt: Attempt, context: CallContext): Order {
  const { direction, amount, method, brand, purpose } = instruction;
  const { endToEndId, uetr, paymentToken, counterparty } = instruction;
  const { requestedExecutionDate, remittanceInformation, returnUrl } = instruction;
  return {
    instrId: attempt.instrId,
    sendBefore: attempt.sendBefore,
    ...context,
    direction,
    amount,
    method,
    brand,
    purpose,
    ...(endToEndId !== undefined && { endToEndId }),
    ...(uetr !== undefined && { uetr }),
    ...(paymentToken !== undefined && { paymentToken }),
    ...(counterparty !== undefined && { counterparty }),
    ...(requestedExecutionDate !== undefined && { requestedExecutionDate }),
    ...(remittanceInformation !== undefined && { remittanceInformation }),
    ...(returnUrl !== undefined && { returnUrl }),
  };
}
