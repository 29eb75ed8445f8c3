import { ask } from './ask.ts';
import { within, type UnderWay } from './flights.ts';
import type { Payment } from './payment.ts';
import type { Partner } from './partners.ts';
import type { PaymentIdentifier, PaymentStatus } from './payments.ts';
import { refusedUnasked, type Refusal } from './refusals.ts';
import { isFinal } from './states.ts';
import type { CallContext, World } from './world.ts';

/**
 * Where a payment stands, with its history. What is not final is asked about first, within a small time budget; past
 * it the ledger's word is told and the question goes on. Somebody else's payment looks like no payment.
 */
export async function status(
  world: World,
  underWay: UnderWay,
  { partner, identifier, context }: { partner: Partner; identifier: PaymentIdentifier; context: CallContext },
): Promise<PaymentStatus | Refusal> {
  if (!partner.operations.includes('status')) return refusedUnasked('OPERATION_FORBIDDEN');

  const held = await find(world, partner, identifier);
  if (held === 'notSingle') return refusedUnasked('IDENTIFIER_NOT_SINGLE');
  if (held === undefined) return refusedUnasked('PAYMENT_NOT_FOUND');
  if (!isFinal(held))
    await within(world.clock, world.limits.statusAskMs, freshWord(world, underWay, held, context));

  const payment = (await world.ledger.paymentById(held.id)) ?? held;
  const history = await world.ledger.historyOf(payment.id, world.limits.historyMax);
  return { payment, history: history.filter(({ version }) => version <= payment.version) };
}

async function find(
  { ledger }: World,
  partner: Partner,
  { paymentId, partnerReference }: PaymentIdentifier,
): Promise<Payment | undefined | 'notSingle'> {
  if (paymentId !== undefined && partnerReference !== undefined) return 'notSingle';
  if (partnerReference !== undefined) return ledger.paymentByReference(partner.id, partnerReference);
  if (paymentId === undefined) return 'notSingle';
  const payment = await ledger.paymentById(paymentId);
  return payment?.instruction.partnerId === partner.id ? payment : undefined;
}

/** Whoever carries the payment will hear the gateway himself; otherwise it is asked, once for all who want to know. */
function freshWord(
  world: World,
  { carried, asked }: UnderWay,
  payment: Payment,
  context: CallContext,
): Promise<unknown> {
  const flight = carried.current(payment.id);
  if (flight !== undefined) return flight;
  const { state } = payment;
  const elsewhere = state.name === 'submitted' && world.clock.now() < state.attempt.answerBefore;
  if (elsewhere) return Promise.resolve(payment);
  return asked.join(payment.id, () => ask(world, payment, { source: 'statusCheck', context }));
}
