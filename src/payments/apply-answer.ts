import { paymentCompleted } from '../ledger/postings.ts';
import { differenceFrom, isEarlier, isFrozen, openCase, unknownSince } from './conflicts.ts';
import { ignored, type Decision, type EchoedAnswer, type Word } from './decision.ts';
import {
  cutReason,
  cutReference,
  readCharges,
  readDate,
  readInstant,
  readNextAction,
} from './gateway-texts.ts';
import type { Answer } from './gateways.ts';
import type { Payment, PaymentState } from './payment.ts';
import { move, stateTable } from './states.ts';

type Settled = Extract<Answer, { kind: 'settled' }>;
type Negative = Extract<Answer, { kind: 'declined' | 'cancelled' | 'expired' }>;

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
    return openCase(payment, word, 'mismatch', answer);
  }
  switch (answer.kind) {
    case 'settled':
      return earlier ? openCase(payment, word, 'contradiction', answer) : applySettled(payment, word, answer);
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
function applyNeverSent(payment: Payment, word: Word): Decision {
  const { state } = payment;
  const { source, alternative, at } = word;
  if (state.name !== 'submitted' || source !== 'reply' || !isOfThisSending(state, word)) return ignored;
  // An attempt that was sent before may have been executed then: that this sending never left says nothing of that one.
  if (state.resends !== undefined) return moved(payment, unknownSince(state, at));
  if (alternative !== undefined) {
    return { effect: 'rerouted', next: move(payment, { name: 'submitted', attempt: alternative }) };
  }
  const { attempt } = state;
  return ended(payment, { name: 'rejected', attempt, reason: { code: 'ED06' }, endedAt: at });
}

/**
 * Whoever stood still since an earlier sending of the same attempt knows nothing of the one that is under way: another
 * process may be sending it at this moment.
 */
function isOfThisSending({ attempt }: Extract<PaymentState, { name: 'submitted' }>, word: Word): boolean {
  return attempt.sendBefore.getTime() === word.attempt.sendBefore.getTime();
}

/**
 * It may have left: from here on it is only asked about. A question that brought nothing usable says nothing of a
 * payment that somebody may be sending at this moment.
 */
function applyUnknown(payment: Payment, word: Word): Decision {
  const { state } = payment;
  const { answer, source } = word;
  const saysSo = source === 'reply' || (answer.kind === 'unknown' && answer.cause === 'interrupted');
  if (state.name !== 'submitted' || !saysSo || !isOfThisSending(state, word)) return ignored;
  return moved(payment, unknownSince(state, word.at));
}

function applySettled(payment: Payment, word: Word, answer: Settled): Decision {
  const { state, instruction } = payment;
  if (state.name === 'completed') return ignored;
  if (!isOpenAtGateway(state)) return openCase(payment, word, 'contradiction', answer);
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
  if (state.name === 'completed') return openCase(payment, word, 'contradiction', answer);
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

function isOpenAtGateway(
  state: PaymentState,
): state is Extract<PaymentState, { name: 'submitted' | 'pending' | 'unknown' }> {
  return 'attempt' in state && !stateTable[state.name].final;
}

/** The gateway's reference as it says it now, or as it said it before. */
function referenceOf(state: PaymentState, answer: EchoedAnswer): { gatewayReference?: string } {
  const before = 'gatewayReference' in state ? state.gatewayReference : undefined;
  return cutReference(answer.gatewayReference ?? before);
}

function moved(payment: Payment, state: PaymentState): Decision {
  return { effect: 'moved', next: move(payment, state) };
}

function ended(payment: Payment, state: PaymentState): Decision {
  return { ...moved(payment, state), holdEnding: 'voided' };
}
