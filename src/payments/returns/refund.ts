import type { UnderWay } from '../flights.ts';
import { repeated, takeOn, type Initiated, type Initiation } from '../initiate.ts';
import { forbiddenFor, readInstruction, type PaymentRequest } from '../instruction.ts';
import type { Payment } from '../payment.ts';
import type { Partner } from '../partners.ts';
import { overSingleLimit } from '../people/limits.ts';
import { refusedAfterAsking, refusedUnasked, type Refusal } from '../refusals.ts';
import type { CallContext, World } from '../world.ts';
import { wayBack } from './route.ts';

/** What a partner asks to be given back of one of his deposits. */
export type RefundRequest = Pick<
  PaymentRequest,
  'partnerReference' | 'amount' | 'endToEndId' | 'remittanceInformation'
>;

interface Refunding {
  readonly partner: Partner;
  /** The deposit. */
  readonly paymentId: string;
  readonly request: RefundRequest;
  readonly context: CallContext;
}

/**
 * Gives a settled deposit back, whole or in part: a payment of its own, from the player, with its own reference and its own
 * way through the states, that only the deposit's gateway carries. Refused is what was not settled, is under review, or is
 * with a gateway that gives nothing back, and more than was settled, whatever else came back or is on its way back.
 */
export async function refund(
  world: World,
  carried: UnderWay['carried'],
  { partner, paymentId, request: asked, context }: Refunding,
): Promise<Initiated | Refusal> {
  // Before the ledger is asked, as for every payment.
  const now = world.clock.now();
  const held = await world.ledger.paymentByReference(partner.id, asked.partnerReference);
  if (!partner.operations.includes('refund')) return refusedAfterAsking('OPERATION_FORBIDDEN', held);
  const original = await world.ledger.paymentById(paymentId);
  if (original?.instruction.partnerId !== partner.id) return refusedUnasked('PAYMENT_NOT_FOUND');

  const initiation: Initiation = { partner, request: requestFor(original, asked), context };
  if (held !== undefined) return repeated(world, carried, held, initiation);
  const way = wayBack(world, original);
  if (way === undefined) return refusedAfterAsking('REFUND_NOT_POSSIBLE', undefined);
  const instruction = readInstruction(partner, initiation.request);
  if (typeof instruction === 'string') return refusedAfterAsking(instruction, undefined);
  const forbidden = forbiddenFor(partner, instruction, now);
  if (forbidden !== undefined) return refusedAfterAsking(forbidden, undefined);
  if (overSingleLimit(instruction, world.amountLimits) === 'refuse') {
    return refusedAfterAsking('AMOUNT_ABOVE_LIMIT', undefined);
  }
  const settled = way.state.settlement.amount;
  if (instruction.amount.currency !== settled.currency) {
    return refusedAfterAsking('CURRENCY_FORBIDDEN', undefined);
  }
  return takeOn(world, carried, {
    ...initiation,
    instruction,
    route: [way.gateway],
    refund: { originalId: original.id, settledMinor: settled.minor },
  });
}

/** The refund as a payment: to the player who paid, by the method by which he paid. */
function requestFor({ id, instruction }: Payment, asked: RefundRequest): PaymentRequest {
  const { playerId, brand, method, purpose } = instruction;
  return { ...asked, direction: 'DBIT', playerId, brand, method, purpose, refundOf: id, propertyNames: [] };
}
