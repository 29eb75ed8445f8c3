import type { HoldEnding } from '../ledger/holds.ts';
import { conflictingSettlement, paymentCompleted } from '../ledger/postings.ts';
import type { Posting } from '../ledger/entries.ts';
import { formatAmount, sameMoney, type Money } from '../ledger/money.ts';
import { cutCharge, cutReason, cutReference, readDate, readNextAction } from './gateway-texts.ts';
import type { Answer, AnswerSource } from './gateways.ts';
import type { AnswerEffect } from './ledger-store.ts';
import type { Attempt, Case, CaseKind, Payment, PaymentState } from './payment.ts';
import { move, stateTable } from './states.ts';

/** One word of a gateway about one payment, and what is needed to act on it. */
export interface Word {
  readonly answer: Answer;
  readonly source: AnswerSource;
  /** Who said it. */
  readonly gateway: string;
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
  readonly posted?: { readonly event: string; readonly postings: readonly Posting[] };
  readonly openCase?: Case;
}

type EchoedAnswer = Extract<Answer, { echo: unknown }>;
type Settled = Extract<Answer, { kind: 'settled' }>;
type Negative = Extract<Answer, { kind: 'declined' | 'cancelled' | 'expired' }>;

const ignored: Decision = { effect: 'ignored' };

/**
 * The one place where a gateway's word meets a payment: replies, status checks, webhooks and statements alike
 * (design 6). A weaker or equal word is recorded and ignored, a stronger one moves the state, and a word that
 * contradicts what is final, or speaks of another amount, currency or instruction, opens a case. While a case that
 * needs two people is open no word moves the payment, because money for it may stand in suspense already.
 */
export function applyAnswer(payment: Payment, word: Word): Decision {
  const { answer } = word;
  if ('echo' in answer && differenceFrom(payment, answer) !== undefined) {
    return opened(payment, word, 'mismatch', answer);
  }
  switch (answer.kind) {
    case 'settled':
      return applySettled(payment, word, answer);
    case 'pending':
      return applyPending(payment, answer);
    case 'declined':
    case 'cancelled':
    case 'expired':
      return applyNegative(payment, word, answer);
    case 'neverSent':
      return applyNeverSent(payment, word);
    case 'unknown':
      return applyUnknown(payment, word);
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

function applySettled(payment: Payment, word: Word, answer: Settled): Decision {
  const { state } = payment;
  if (state.name === 'completed') return ignored;
  if (!isOpenAtGateway(state)) return opened(payment, word, 'contradiction', answer);
  if (isFrozen(payment)) return ignored;
  const { settledAt } = answer;
  const settlement = {
    amount: answer.echo.amount,
    ...cutReference(answer.gatewayReference),
    ...(settledAt && { settledAt }),
    ...readDate('bookingDate', answer.bookingDate),
    ...readDate('valueDate', answer.valueDate),
    charges: (answer.charges ?? []).map(cutCharge),
  };
  return {
    ...moved(payment, { name: 'completed', attempt: state.attempt, settlement, endedAt: word.at }),
    holdEnding: 'posted',
    posted: {
      event: `${payment.id}:completed`,
      postings: paymentCompleted({ ...payment.instruction, gateway: word.gateway }),
    },
  };
}

function applyPending(payment: Payment, answer: Extract<Answer, { kind: 'pending' }>): Decision {
  const { state } = payment;
  if ((state.name !== 'submitted' && state.name !== 'unknown') || isFrozen(payment)) return ignored;
  const { gatewayReference, reason, nextAction } = answer;
  return moved(payment, {
    name: 'pending',
    attempt: state.attempt,
    ...cutReference(gatewayReference),
    ...(reason && { reason: cutReason(reason) }),
    ...readNextAction(nextAction),
  });
}

const negativeStates = { declined: 'rejected', cancelled: 'cancelled', expired: 'expired' } as const;

function applyNegative(payment: Payment, word: Word, answer: Negative): Decision {
  const { state } = payment;
  if (state.name === 'completed') return opened(payment, word, 'contradiction', answer);
  if (!isOpenAtGateway(state) || isFrozen(payment)) return ignored;
  return ended(payment, {
    name: negativeStates[answer.kind],
    attempt: state.attempt,
    reason: cutReason(answer.reason),
    ...cutReference(answer.gatewayReference),
    endedAt: word.at,
  });
}

/** It may have left: from here on it is only asked about. */
function applyUnknown(payment: Payment, word: Word): Decision {
  const { state } = payment;
  return state.name === 'submitted' ? moved(payment, unknownSince(state.attempt, word)) : ignored;
}

/**
 * Opens a case, once for the same word told again. Money that the gateway says it moved is posted to suspense at its
 * own figure, unless the payment's money is posted already or it speaks of another instruction.
 */
function opened(payment: Payment, word: Word, kind: CaseKind, answer: EchoedAnswer): Decision {
  const difference = differenceFrom(payment, answer);
  const evidence = evidenceOf(answer, difference);
  if (payment.openCases.some((open) => open.kind === kind && open.evidence === evidence)) return ignored;
  const suspense = difference === 'otherInstruction' ? undefined : conflictingMoney(payment, answer);
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
    ...(suspense && {
      posted: {
        event: `${payment.id}:case:${openCase.id}`,
        postings: conflictingSettlement({
          direction: payment.instruction.direction,
          gateway: word.gateway,
          amount: suspense,
        }),
      },
    }),
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

function conflictingMoney(payment: Payment, answer: EchoedAnswer): Money | undefined {
  const postedAlready =
    payment.state.name === 'completed' || payment.openCases.some(({ suspense }) => suspense !== undefined);
  return answer.kind === 'settled' && !postedAlready && answer.echo.amount.minor > 0n
    ? answer.echo.amount
    : undefined;
}

type Difference = 'otherInstruction' | 'otherAmount';

function differenceFrom(payment: Payment, { echo }: EchoedAnswer): Difference | undefined {
  const attempt = attemptOf(payment.state);
  if (attempt !== undefined && echo.instrId !== attempt.instrId) return 'otherInstruction';
  return sameMoney(echo.amount, payment.instruction.amount) ? undefined : 'otherAmount';
}

function evidenceOf({ kind, echo }: EchoedAnswer, difference: Difference | undefined): string {
  const amount = `${formatAmount(echo.amount)} ${echo.amount.currency}`;
  return difference === 'otherInstruction' ? `${kind} ${amount} of another instruction` : `${kind} ${amount}`;
}

/** The attempt that a state stands on; none where nothing was ever meant to be sent. */
export function attemptOf(state: PaymentState): Attempt | undefined {
  return 'attempt' in state ? state.attempt : undefined;
}

function isOpenAtGateway(
  state: PaymentState,
): state is Extract<PaymentState, { name: 'submitted' | 'pending' | 'unknown' }> {
  return 'attempt' in state && !stateTable[state.name].final;
}

function isFrozen({ openCases }: Payment): boolean {
  return openCases.some(({ kind }) => kind !== 'noAnswer');
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
