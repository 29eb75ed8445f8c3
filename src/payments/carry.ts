import { callGateway, type Call, type Called } from './gateway-call.ts';
import type { Gateway, Order } from './gateways.ts';
import type { Attempt, Payment } from './payment.ts';
import { record } from './record.ts';
import { originalOf } from './returns/original.ts';
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
  const refundOf = await originalOf(world, accepted);
  let payment = accepted;
  for (const [index, gateway] of route.entries()) {
    if (payment.state.name !== 'submitted') break;
    const { attempt } = payment.state;
    world.reached('afterIntent');
    const order = { ...orderFor(payment, attempt, context), ...(refundOf && { refundOf }) };
    const called = await send(world, gateway, order, context);
    const after = called.answer.kind === 'neverSent' ? route[index + 1] : undefined;
    const alternative = after && intend(world, after, attempt.ordinal + 1, payment.instruction.validUntil);
    const heard = { ...called, source: 'reply', attempt, ...(alternative && { alternative }) } as const;
    const recorded = await record(world, payment, heard, context);
    payment = recorded.payment;
    if (recorded.effect !== 'rerouted') break;
  }
  return payment;
}

/** The one place where money is sent: by `submit`, and what gives a deposit back by `refund`. */
async function send(world: World, gateway: Gateway, order: Order, context: CallContext): Promise<Called> {
  const way = wayOf(gateway, order);
  const isLate = world.clock.now() >= order.sendBefore;
  if (isLate || way === undefined) {
    const cause = isLate ? 'sendBeforeMissed' : 'notWritable';
    return { answer: { kind: 'neverSent', cause }, askedAt: world.clock.now() };
  }
  world.reached('beforeSend');
  return callGateway(world, gateway, { ...way, context });
}

/** None where the gateway gives nothing back any more: it could when the refund was taken on. */
function wayOf(gateway: Gateway, order: Order): Pick<Call, 'operation' | 'run'> | undefined {
  if (order.refundOf === undefined) {
    return { operation: 'submit', run: (hear) => gateway.submit(order, hear) };
  }
  if (gateway.refund === undefined) return undefined;
  const refund = gateway.refund.bind(gateway);
  return { operation: 'refund', run: (hear) => refund(order, hear) };
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
