import type { Money } from '../ledger/money.ts';
import type { Answer } from './gateways.ts';
import type { InstructedPayment } from './ledger-store.ts';
import { attemptOf, type Direction, type ReturnKind, type StatusReason } from './payment.ts';
import { record } from './record.ts';
import { recordReturn } from './returns/record-return.ts';
import type { CallContext, World } from './world.ts';

/** What a booking says about one instruction of ours: the bank's own books, so it is a word like a gateway's. */
export interface StatementWord {
  /** A UUID of the booking, so that its word counts once however often it is told. */
  readonly id: string;
  readonly instrId: string;
  /** The gateways whose money is on the account; of no other's payments does it say anything. */
  readonly speaksFor: readonly string[];
  /** Seen from us: CRDT came. */
  readonly direction: Direction;
  readonly amount: Money;
  /** It takes an earlier booking back, so it is no proof that the payment was executed. */
  readonly reversal?: boolean;
  /** YYYY-MM-DD */
  readonly bookedOn?: string;
  readonly valueOn?: string;
  /** What the report says that it is; a bank's booking says it by its direction alone. */
  readonly kind?: Exclude<ReturnKind, 'refund'>;
  /** The bank's name for the booking, under which a return counts once. */
  readonly reference?: string;
  readonly reason?: StatusReason;
}

/**
 * What became of a word: it changed its payment; it says nothing new to the payment that it names; or it names no instruction
 * of ours at a gateway that it speaks for.
 */
export type Hearing = 'changed' | 'nothingNew' | 'notOurs';

/**
 * Lets a payment hear what a statement says of it. A booking in the payment's direction settles what is not completed yet
 * (design 6: matched by reference, amount and currency it is a settled answer, and anything else a case); one against it
 * is money that came back of a completed payment. Of the attempt that a payment is completed by a settlement says nothing new.
 * @throws LedgerUnavailable where the ledger stayed away
 */
export async function hearStatement(
  world: World,
  word: StatementWord,
  context: CallContext,
): Promise<Hearing> {
  const told = await world.ledger.paymentByInstruction(word.instrId);
  if (told === undefined || !word.speaksFor.includes(told.attempt.gateway)) return 'notOurs';
  return (await hear(world, told, word, context)) ? 'changed' : 'nothingNew';
}

async function hear(
  world: World,
  told: InstructedPayment,
  word: StatementWord,
  context: CallContext,
): Promise<boolean> {
  const { state, instruction } = told.payment;
  const isCompleted = state.name === 'completed';
  if (word.kind !== undefined || word.direction !== instruction.direction) {
    return isCompleted && movesAsItSays(word, instruction) && hearReturn(world, told, word, context);
  }
  // Money of another attempt than the one that settled is a second effect, which opens a case.
  const isKnown = isCompleted && attemptOf(state)?.instrId === told.attempt.instrId;
  return !isKnown && word.reversal !== true && hearSettlement(world, told, word, context);
}

/** What came back goes against the payment, and a chargeback that was reversed goes with it; anything else people have to look at. */
function movesAsItSays({ kind, direction }: StatementWord, instruction: { direction: Direction }): boolean {
  return (direction === instruction.direction) === (kind === 'chargebackReversal');
}

async function hearSettlement(
  world: World,
  { payment, attempt }: InstructedPayment,
  { id: answerId, instrId, amount, bookedOn, valueOn }: StatementWord,
  context: CallContext,
): Promise<boolean> {
  const day = valueOn ?? bookedOn;
  const answer: Answer = {
    kind: 'settled',
    echo: { instrId, amount },
    ...(day !== undefined && { settledAt: new Date(`${day}T00:00:00Z`) }),
    ...(bookedOn !== undefined && { bookingDate: bookedOn }),
    ...(valueOn !== undefined && { valueDate: valueOn }),
  };
  const heard = { answer, source: 'statement', attempt, answerId } as const;
  const { effect } = await record(world, payment, heard, context);
  return effect !== 'ignored';
}

/** ISO 20022's "reason not specified", for a booking that says none. */
const unspecified: StatusReason = { code: 'MS03' };

async function hearReturn(
  world: World,
  { payment, attempt }: InstructedPayment,
  { id: answerId, kind = 'return', amount, reference, reason = unspecified, bookedOn }: StatementWord,
  context: CallContext,
): Promise<boolean> {
  const word = {
    kind,
    amount,
    reason,
    ...(reference !== undefined && { reference }),
    ...(bookedOn !== undefined && { at: new Date(`${bookedOn}T00:00:00Z`) }),
  };
  const by = { source: 'statement', answerId } as const;
  const { effect } = await recordReturn(world, payment, { word, attempt, by }, context);
  return effect !== 'ignored';
}
