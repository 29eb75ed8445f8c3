import type { Posting } from '../ledger/entries.ts';
import type { HoldEnding } from '../ledger/holds.ts';
import { formatAmount, sameMoney, type Money } from '../ledger/money.ts';
import { conflictingSettlement, paymentCompleted } from '../ledger/postings.ts';
import {
  cutReason,
  cutReference,
  readCharges,
  readDate,
  readInstant,
  readNextAction,
} from './gateway-texts.ts';
import type { Answer, AnswerSource } from './gateways.ts';
import type { AnswerEffect } from './ledger-store.ts';
import {
  attemptOf,
  type Attempt,
  type Case,
  type CaseKind,
  type Payment,
  type PaymentState,
} from './payment.ts';
import { move, stateTable } from './states.ts';

/** One word of a gateway about one attempt of a payment, and what is needed to act on it. */
export interface Word {
  readonly answer: Answer;
  readonly source: AnswerSource;
  /** Which attempt the gateway was told or asked about. It says, too, which gateway speaks. */
  readonly attempt: Attempt;
  readonly at: Date;
  /** The id of the case, should one be opened. */
  readonly caseId: string;
  /** The intent for the next gateway of the route, should this one never have been sent. Only its sender has one. */
  readonly alternative?: Attempt;
}

/** What a word does to a payment. Nothing visible changed where `next` is absent. */
export interface Decision {
  readonly effect: AnswerEffect;
  readonly next?: Payment;
  readonly holdEnding?: HoldEnding;
  readonly posted?: Posted;
  readonly openCase?: Case;
}

interface Posted {
  readonly event: string;
  readonly reason: 'deposit' | 'withdrawal' | 'suspense';
  readonly postings: readonly Posting[];
}

type EchoedAnswer = Extract<Answer, { echo: unknown }>;
type Settled = Extract<Answer, { kind: 'settled' }>;
type Negative = Extract<Answer, { kind: 'declined' | 'cancelled' | 'expired' }>;

const ignored: Decision = { effect: 'ignored' };

/**
 * The one place where a gateway's word meets a payment: replies, status checks, webhooks and statements alike
 * (design 6). A weaker or equal word is recorded and ignored, a stronger one moves the state, and a word that
 * contradicts what is final, or speaks of another amount, currency or instruction, opens a case. A word about an
 * earlier attempt moves nothing; that it settled is a contradiction. While a case stands whose money is in suspense,
 * or a contradiction, no word moves the payment (docs/adr/0005).
 */
export function applyAnswer(payment: Payment, word: Word): Decision {
  const { answer } = word;
  const earlier = isEarlier(payment, word);
  if ('echo' in answer && differenceFrom(payment, word, answer) !== undefined) {
    return opened(payment, word, 'mismatch', answer);
  }
  switch (answer.kind) {
    case 'settled':
      return earlier ? opened(payment, word, 'contradiction', answer) : applySettled(payment, word, answer);
    case 'pending':
      return earlier ? ignored : applyPending(payment, answer);
    case 'declined':
    case 'cancelled':
    case 'expired':
      return earlier ? ignored : applyNegative(payment, word, answer);
    case 'neverSent':
      return earlier ? ignored : applyNeverSent(payment, word);
    case 'unknown':
      return earlier ? ignored : applyUnknown(payment, word);
    case 'notFound':
      return ignored;
  }
}

/** Certain to have moved nothing, and only its sender may say so: the next gateway, or ED06 where none is left. */
function applyNeverSent(payment: Payment, { source, alternative, at }: Word): Decision {
  if (payment.state.name !== 'submitted' || source !== 'reply') return ignored;
  if (alternative !== undefined) {
    return { effect: 'rerouted', next: move(payment, { name: 'submitted', attempt: alternative }) };
  }
  const { attempt } = payment.state;
  return ended(payment, { name: 'rejected', attempt, reason: { code: 'ED06' }, endedAt: at });
}

/**
 * It may have left: from here on it is only asked about. A question that brought nothing usable says nothing of a
 * payment that somebody may be sending at this moment.
 */
function applyUnknown(payment: Payment, word: Word): Decision {
  const { state } = payment;
  const { answer, source } = word;
  const saysSo = source === 'reply' || (answer.kind === 'unknown' && answer.cause === 'interrupted');
  return state.name === 'submitted' && saysSo ? moved(payment, unknownSince(state.attempt, word)) : ignored;
}

function applySettled(payment: Payment, word: Word, answer: Settled): Decision {
  const { state, instruction } = payment;
  if (state.name === 'completed') return ignored;
  if (!isOpenAtGateway(state)) return opened(payment, word, 'contradiction', answer);
  if (isFrozen(payment)) return ignored;
  const settlement = {
    amount: answer.echo.amount,
    ...referenceOf(state, answer),
    ...readInstant('settledAt', answer.settledAt),
    ...readDate('bookingDate', answer.bookingDate),
    ...readDate('valueDate', answer.valueDate),
    charges: readCharges(answer.charges),
  };
  return {
    ...moved(payment, { name: 'completed', attempt: state.attempt, settlement, endedAt: word.at }),
    holdEnding: 'posted',
    posted: {
      event: `${payment.id}:completed`,
      reason: instruction.direction === 'CRDT' ? 'deposit' : 'withdrawal',
      postings: paymentCompleted({ ...instruction, gateway: state.attempt.gateway }),
    },
  };
}

function applyPending(payment: Payment, answer: Extract<Answer, { kind: 'pending' }>): Decision {
  const { state } = payment;
  if ((state.name !== 'submitted' && state.name !== 'unknown') || isFrozen(payment)) return ignored;
  const { reason, nextAction } = answer;
  return moved(payment, {
    name: 'pending',
    attempt: state.attempt,
    ...referenceOf(state, answer),
    ...(reason && { reason: cutReason(reason) }),
    ...readNextAction(nextAction),
  });
}

const negativeStates = { declined: 'rejected', cancelled: 'cancelled', expired: 'expired' } as const;

function applyNegative(payment: Payment, word: Word, answer: Negative): Decision {
  const { state } = payment;
  if (state.name === 'completed') return opened(payment, word, 'contradiction', answer);
  if (!isOpenAtGateway(state) || isFrozen(payment)) return ignored;
  const reason = cutReason(answer.reason);
  return ended(payment, {
    name: negativeStates[answer.kind],
    attempt: state.attempt,
    // Whatever the gateway calls it, a caller must tell "out of time" from a decline.
    reason: answer.kind === 'expired' ? { ...reason, code: 'DS24' } : reason,
    ...referenceOf(state, answer),
    endedAt: word.at,
  });
}

/**
 * Opens a case, once for the same word told again. Money that the gateway says it moved is posted to suspense at its
 * own figure, unless the payment's money is posted already or it speaks of an instruction that is not ours.
 */
function opened(payment: Payment, word: Word, kind: CaseKind, answer: EchoedAnswer): Decision {
  const evidence = evidenceOf(payment, word, answer);
  if (payment.openCases.some((open) => open.kind === kind && open.evidence === evidence)) return ignored;
  const suspense = conflictingMoney(payment, word, answer);
  const openCase: Case = {
    id: word.caseId,
    paymentId: payment.id,
    kind,
    evidence,
    openedAt: word.at,
    ...(suspense && { suspense }),
  };
  return {
    effect: 'caseOpened',
    next: underReview(payment, openCase, word),
    openCase,
    ...(suspense && { posted: toSuspense(payment, openCase, { word, amount: suspense }) }),
  };
}

function toSuspense(
  { id, instruction }: Payment,
  openCase: Case,
  { word, amount }: { word: Word; amount: Money },
): Posted {
  const { direction } = instruction;
  const { gateway } = word.attempt;
  return {
    event: `${id}:case:${openCase.id}`,
    reason: 'suspense',
    postings: conflictingSettlement({ direction, gateway, amount }),
  };
}

/** One version on with the case; a payment that was being sent is unknown from here, any other stays where it is. */
function underReview(payment: Payment, openCase: Case, word: Word): Payment {
  const { state } = payment;
  const next =
    state.name === 'submitted'
      ? move(payment, unknownSince(state.attempt, word))
      : { ...payment, version: payment.version + 1 };
  return { ...next, openCases: [...payment.openCases, openCase] };
}

function conflictingMoney(payment: Payment, word: Word, answer: EchoedAnswer): Money | undefined {
  const { amount } = answer.echo;
  if (answer.kind !== 'settled' || amount.minor === 0n) return undefined;
  if (differenceFrom(payment, word, answer) === 'otherInstruction') return undefined;
  const postedAlready =
    (payment.state.name === 'completed' && !isEarlier(payment, word)) || holdsSuspense(payment);
  return postedAlready ? undefined : amount;
}

type Difference = 'otherInstruction' | 'otherAmount';

function differenceFrom(
  { instruction }: Payment,
  { attempt }: Word,
  { echo }: EchoedAnswer,
): Difference | undefined {
  if (echo.instrId !== attempt.instrId) return 'otherInstruction';
  return sameMoney(echo.amount, instruction.amount) ? undefined : 'otherAmount';
}

/** What was said, in words of ours: it tells one conflict from another, and names nobody. */
function evidenceOf(payment: Payment, word: Word, answer: EchoedAnswer): string {
  const { amount } = answer.echo;
  const said = `${answer.kind} ${formatAmount(amount)} ${amount.currency}`;
  if (differenceFrom(payment, word, answer) === 'otherInstruction') return `${said} of another instruction`;
  return isEarlier(payment, word) ? `${said} of attempt ${word.attempt.ordinal}` : said;
}

/** The word is about another attempt than the one that the payment stands on now. */
function isEarlier({ state }: Payment, { attempt }: Word): boolean {
  const current = attemptOf(state);
  return current !== undefined && current.instrId !== attempt.instrId;
}

function isOpenAtGateway(
  state: PaymentState,
): state is Extract<PaymentState, { name: 'submitted' | 'pending' | 'unknown' }> {
  return 'attempt' in state && !stateTable[state.name].final;
}

function isFrozen(payment: Payment): boolean {
  return holdsSuspense(payment) || payment.openCases.some(({ kind }) => kind === 'contradiction');
}

function holdsSuspense({ openCases }: Payment): boolean {
  return openCases.some(({ suspense }) => suspense !== undefined);
}

/** The gateway's reference as it says it now, or as it said it before. */
function referenceOf(state: PaymentState, answer: EchoedAnswer): { gatewayReference?: string } {
  const before = 'gatewayReference' in state ? state.gatewayReference : undefined;
  return cutReference(answer.gatewayReference ?? before);
}

function unknownSince(attempt: Attempt, { at }: Word): PaymentState {
  return { name: 'unknown', attempt, since: at };
}

function moved(payment: Payment, state: PaymentState): Decision {
  return { effect: 'moved', next: move(payment, state) };
}

function ended(payment: Payment, state: PaymentState): Decision {
  return { ...moved(payment, state), holdEnding: 'voided' };
}
