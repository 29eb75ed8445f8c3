import { playerAccount } from '../ledger/accounts.ts';
import { unknownIfAbandoned } from './ask.ts';
import { carry, intend } from './carry.ts';
import { fingerprintOf } from './fingerprint.ts';
import { within, type UnderWay } from './flights.ts';
import type { Gateway } from './gateways.ts';
import { forbiddenFor, operationOf, readInstruction, type PaymentRequest } from './instruction.ts';
import type { Acceptance, AcceptPayment, RefundCheck } from './ledger-store.ts';
import type { Instruction, Payment } from './payment.ts';
import type { Partner } from './partners.ts';
import { isRefusal, refusedAfterAsking, type Refusal, type RefusalCode } from './refusals.ts';
import { overSingleLimit } from './people/limits.ts';
import { withLimits } from './people/waiting.ts';
import { gatewaysFor } from './routing.ts';
import { checkedFrom } from './schedule.ts';
import { move } from './states.ts';
import type { CallContext, World } from './world.ts';

export interface Initiated {
  readonly payment: Payment;
  /** True where the reference had been taken on before: this answer repeats, and nothing more was sent. */
  readonly replayed: boolean;
}

/** One request of one partner, on its way. */
export interface Initiation {
  readonly partner: Partner;
  readonly request: PaymentRequest;
  readonly context: CallContext;
}

/**
 * Deposit and Withdrawal, one way for both: ask the ledger for the reference, refuse what may not be, accept in one
 * transaction, carry to a gateway, answer with the present state. A repeat is answered from the ledger; a copy that
 * arrives while the first is being carried waits a little for the first one's answer.
 */
export async function initiate(
  world: World,
  carried: UnderWay['carried'],
  initiation: Initiation,
): Promise<Initiated | Refusal> {
  const { partner, request } = initiation;
  // Before the ledger is asked: a copy that it does not hold by then cannot be sent within a validity that is over now.
  const now = world.clock.now();
  const held = await world.ledger.paymentByReference(partner.id, request.partnerReference);
  if (!partner.operations.includes(operationOf(request))) {
    return refusedAfterAsking('OPERATION_FORBIDDEN', held);
  }
  if (held !== undefined) return repeated(world, carried, held, initiation);

  const instruction = readInstruction(partner, request);
  if (typeof instruction === 'string') return refusedAfterAsking(instruction, undefined);
  const forbidden = forbiddenFor(partner, instruction, now);
  if (forbidden !== undefined) return refusedAfterAsking(forbidden, undefined);
  if (overSingleLimit(instruction, world.amountLimits) === 'refuse') {
    return refusedAfterAsking('AMOUNT_ABOVE_LIMIT', undefined);
  }
  const route = gatewaysFor(instruction, world.routes, world.gateways);
  if (!hasGateway(route)) return refusedAfterAsking('NO_ROUTE', undefined);
  return takeOn(world, carried, { ...initiation, instruction, route });
}

type GatewayRoute = readonly [Gateway, ...Gateway[]];

function hasGateway(route: readonly Gateway[]): route is GatewayRoute {
  return route[0] !== undefined;
}

/** What was asked for, as it may be asked for, and who may carry it. */
interface Undertaking extends Initiation {
  readonly instruction: Instruction;
  readonly route: GatewayRoute;
  /** A refund's. */
  readonly refund?: RefundCheck;
}

/** Accepts in one transaction, carries to a gateway, answers with the present state. */
export async function takeOn(
  world: World,
  carried: UnderWay['carried'],
  undertaking: Undertaking,
): Promise<Initiated | Refusal> {
  const { instruction, route, refund, context } = undertaking;
  const command = { ...acceptanceOf(world, instruction, route[0]), ...(refund && { refund }) };
  // Under way before it is committed, so that a copy that finds it in the ledger finds who carries it, too.
  const payment = await carried.join(command.payment.id, () =>
    acceptAndCarry(world, command, route, context),
  );
  if (isRefusal(payment)) return payment;
  if (payment.id !== command.payment.id) return repeated(world, carried, payment, undertaking);
  return { payment, replayed: false };
}

const roomRefusals = {
  overLimit: 'AMOUNT_ABOVE_LIMIT',
  overRefund: 'REFUND_ABOVE_SETTLED',
} as const satisfies Record<Exclude<Acceptance, { payment: unknown }>['kind'], RefusalCode>;

/**
 * The payment as it stands in the end; another one where the reference was taken meanwhile; a refusal where a limit that
 * only the ledger can count leaves no room, with nothing written.
 */
async function acceptAndCarry(
  world: World,
  command: AcceptPayment,
  route: readonly Gateway[],
  context: CallContext,
): Promise<Payment | Refusal> {
  const acceptance = await world.ledger.acceptPayment(command);
  world.reached('afterAccept');
  if (!('payment' in acceptance)) return refusedAfterAsking(roomRefusals[acceptance.kind], undefined);
  const { kind, payment } = acceptance;
  if (kind === 'known') return payment;
  world.events.accepted({ payment, ...context });
  return carry(world, payment, route, context);
}

/** Same reference: the payment's present state where it means the same, refused where it does not. */
export async function repeated(
  world: World,
  carried: UnderWay['carried'],
  held: Payment,
  { partner, request, context }: Initiation,
): Promise<Initiated | Refusal> {
  // A brand that was left to the partner's default is the one that the default was then.
  const instruction = readInstruction({ ...partner, defaultBrand: held.instruction.brand }, request);
  if (typeof instruction === 'string' || held.fingerprint !== fingerprintOf(instruction)) {
    return refusedAfterAsking('REFERENCE_REUSED', held);
  }
  return { payment: await presentState(world, carried, held, context), replayed: true };
}

async function presentState(
  world: World,
  carried: UnderWay['carried'],
  held: Payment,
  context: CallContext,
): Promise<Payment> {
  const flight = carried.current(held.id);
  if (flight === undefined) return unknownIfAbandoned(world, held, context);
  const landed = await within(world.clock, world.limits.copyWaitMs, flight);
  // Who is in the ledger was not refused.
  return (
    (landed && !isRefusal(landed) ? landed : undefined) ?? (await world.ledger.paymentById(held.id)) ?? held
  );
}

/** Step 1 as a command: submitted with its intent, AM04 where a hold is short, or waiting for approval by a limit. */
function acceptanceOf(world: World, instruction: Instruction, gateway: Gateway): AcceptPayment {
  const acceptedAt = world.clock.now();
  const received: Payment = {
    id: world.ids.uuid(),
    instruction,
    fingerprint: fingerprintOf(instruction),
    acceptedAt,
    version: 0,
    state: { name: 'received' },
    openCases: [],
    returns: [],
  };
  return withLimits(world, received, submission(world, received, gateway));
}

/** With its intent to be sent at once, and for a withdrawal with a hold. */
function submission(world: World, received: Payment, gateway: Gateway): AcceptPayment {
  const { id, instruction, acceptedAt } = received;
  const attempt = intend(world, gateway, 1, instruction.validUntil);
  const payment = checkedFrom(move(received, { name: 'submitted', attempt }), gateway.checks, acceptedAt);
  if (instruction.direction === 'CRDT') return { payment };
  return {
    payment,
    hold: {
      id: world.ids.uuid(),
      paymentId: id,
      account: playerAccount(instruction.brand, instruction.playerId),
      amount: instruction.amount,
      createdAt: acceptedAt,
    },
    ifFundsShort: move(received, { name: 'rejected', reason: { code: 'AM04' }, endedAt: acceptedAt }),
  };
}
