import { formatAmount, sameMoney, type Money } from '../ledger/money.ts';
import { conflictingSettlement } from '../ledger/postings.ts';
import { ignored, type Decision, type EchoedAnswer, type Posted, type Word } from './decision.ts';
import { attemptOf, type Case, type CaseKind, type Payment, type PaymentState } from './payment.ts';
import { move } from './states.ts';

/**
 * Opens a case, once for the same word told again. Money that the gateway says it moved is posted to suspense at its
 * own figure, unless the payment's money is posted already or it speaks of an instruction that is not ours.
 */
export function openCase(payment: Payment, word: Word, kind: CaseKind, answer: EchoedAnswer): Decision {
  const evidence = evidenceOf(payment, word, answer);
  if (payment.openCases.some((open) => open.kind === kind && open.evidence === evidence)) return ignored;
  const suspense = conflictingMoney(payment, word, answer);
  const opened: Case = {
    id: word.caseId,
    paymentId: payment.id,
    kind,
    evidence,
    openedAt: word.at,
    ...(suspense && { suspense }),
  };
  return {
    effect: 'caseOpened',
    next: underReview(payment, opened, word),
    openCase: opened,
    ...(suspense && { posted: toSuspense(payment, opened, { word, amount: suspense }) }),
  };
}

function toSuspense(
  { id, instruction }: Payment,
  { id: caseId }: Case,
  { word, amount }: { word: Word; amount: Money },
): Posted {
  const { direction } = instruction;
  const { gateway } = word.attempt;
  return {
    event: `${id}:case:${caseId}`,
    reason: 'suspense',
    postings: conflictingSettlement({ direction, gateway, amount }),
  };
}

/** One version on with the case; a payment that was being sent is unknown from here, any other stays where it is. */
export function underReview(payment: Payment, opened: Case, { at }: Pick<Word, 'at'>): Payment {
  const { state } = payment;
  const next =
    state.name === 'submitted'
      ? move(payment, unknownSince(state, at))
      : { ...payment, version: payment.version + 1 };
  return { ...next, openCases: [...payment.openCases, opened] };
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

/**
 * How the word differs from what its attempt was told to do, or from what the payment was completed with: people may have
 * said another amount than was asked. Undefined where it does not.
 */
export function differenceFrom(payment: Payment, word: Word, { echo }: EchoedAnswer): Difference | undefined {
  if (echo.instrId !== word.attempt.instrId) return 'otherInstruction';
  const { state, instruction } = payment;
  const isBooked = state.name === 'completed' && !isEarlier(payment, word);
  const expected = isBooked ? state.settlement.amount : instruction.amount;
  return sameMoney(echo.amount, expected) ? undefined : 'otherAmount';
}

/** What was said, in words of ours: it tells one conflict from another, and names nobody. */
function evidenceOf(payment: Payment, word: Word, answer: EchoedAnswer): string {
  const { amount } = answer.echo;
  const isOther = differenceFrom(payment, word, answer) === 'otherInstruction';
  const said = `${answer.kind} ${formatAmount(amount)} ${amount.currency}${isOther ? ' of another instruction' : ''}`;
  return `${said}${attemptSaid(payment, word)}`;
}

/** The end of a case's evidence, where it is about another attempt; `otherAttemptOf` reads it. */
export function attemptSaid(payment: Payment, word: Pick<Word, 'attempt'>): string {
  const { ordinal, instrId } = word.attempt;
  return isEarlier(payment, word) ? ` of attempt ${ordinal}, instruction ${instrId}` : '';
}

const ofOther = / of attempt \d+(?:, instruction (?<instrId>\S+))?$/;

/**
 * The attempt that the case is about, where its payment stood on another one when it was opened: money that moved, moved
 * there. Without `instrId` it was opened by a build that kept no more than the attempt's number.
 */
export function otherAttemptOf({ evidence }: Case): { readonly instrId: string | undefined } | undefined {
  const found = ofOther.exec(evidence);
  return found === null ? undefined : { instrId: found.groups?.['instrId'] };
}

/** What is said is about another attempt than the one that the payment stands on now. */
export function isEarlier({ state }: Payment, { attempt }: Pick<Word, 'attempt'>): boolean {
  const current = attemptOf(state);
  return current !== undefined && current.instrId !== attempt.instrId;
}

/** No word moves the payment: conflicting money stands in suspense, or a contradiction waits for people. */
export function isFrozen(payment: Payment): boolean {
  return holdsSuspense(payment) || payment.openCases.some(({ kind }) => kind === 'contradiction');
}

function holdsSuspense({ openCases }: Payment): boolean {
  return openCases.some(({ suspense }) => suspense !== undefined);
}

export function unknownSince(
  { attempt, resends }: Extract<PaymentState, { name: 'submitted' }>,
  since: Date,
): PaymentState {
  return { name: 'unknown', attempt, since, ...(resends !== undefined && { resends }) };
}
