import { otherAttemptOf } from '../conflicts.ts';
import type { AnswerKind, CheckRules } from '../gateways.ts';
import { attemptOf, type Case, type CaseResolution, type Payment } from '../payment.ts';

/** What two people can say of a case. */
export type Resolution = Exclude<CaseResolution, 'answered'>;

export const resolutions = ['completed', 'notExecuted', 'unchanged'] as const satisfies Resolution[];

/**
 * How a case can be resolved as its payment stands. A payment in a final state is only ever corrected to completed, and what
 * did not happen after all comes back as a return. Where the gateway's money stands in suspense under another open case,
 * that one decides: this one can only be put aside.
 */
export function possibleResolutions(payment: Payment, open: Case): readonly Resolution[] {
  const { state } = payment;
  const isQuestion = open.kind === 'noAnswer';
  const suspended = payment.openCases.some(({ id, suspense }) => id !== open.id && suspense !== undefined);
  const aside: Resolution[] = isQuestion ? [] : ['unchanged'];
  if (suspended) return aside;
  switch (state.name) {
    case 'pending':
    case 'unknown':
      return [...completion(payment, open), 'notExecuted', ...aside];
    case 'rejected':
    case 'cancelled':
    case 'expired':
      return isQuestion || state.attempt === undefined ? aside : [...completion(payment, open), ...aside];
    case 'received':
    case 'awaitingApproval':
    // It is being sent at this moment, or becomes unknown soon.
    case 'submitted':
    case 'completed':
      return aside;
  }
}

/**
 * Money in another currency is none of the player's account: it cannot become his. A case about another attempt than the
 * payment stands on completes it on that one, where it can be found still and where the case says that money moved there.
 */
function completion({ instruction }: Payment, open: Case): Resolution[] {
  const { currency } = instruction.amount;
  const { suspense, kind } = open;
  const other = otherAttemptOf(open);
  const hasMoved = suspense !== undefined || kind === 'contradiction';
  if (other !== undefined && (other.instrId === undefined || !hasMoved)) return [];
  return suspense === undefined || suspense.currency === currency ? ['completed'] : [];
}

/** Whether the gateway has to be asked before: what is open there may have been executed at this very moment. */
export function needsQuestion(open: Case, resolution: Resolution): boolean {
  if (resolution === 'unchanged') return false;
  return open.kind === 'noAnswer' || resolution === 'notExecuted' || otherAttemptOf(open) !== undefined;
}

/**
 * Whether the answer allows that resolution, where it does not contradict it: "not executed" needs a negative word, or "not
 * found" past the gateway's grace. No answer, or absence before that, proves nothing. Completed by another attempt than the
 * one that was asked about needs any answer: that one may have settled, and been heard, while no word could move the payment.
 * Undefined: nobody can be asked.
 */
export function isBorneOut(
  resolution: Resolution,
  answer: AnswerKind | undefined,
  { state }: Payment,
  { open, rules, askedAt }: { open: Case; rules: CheckRules; askedAt: Date },
): boolean {
  if (answer === undefined) return true;
  if (resolution !== 'notExecuted') {
    return otherAttemptOf(open) === undefined || (answer !== 'unknown' && answer !== 'neverSent');
  }
  if (answer !== 'notFound') return answer === 'declined' || answer === 'cancelled' || answer === 'expired';
  const sendBefore = attemptOf(state)?.sendBefore.getTime() ?? Infinity;
  return askedAt.getTime() >= sendBefore + rules.notFoundGraceMs;
}

/**
 * The gateway knows better: its word stands, and the proposal falls. Where money moved by another attempt than the one that
 * was asked about, it must not have moved by this one as well.
 */
export function isContradicted(resolution: Resolution, answer: AnswerKind | undefined, open: Case): boolean {
  if (resolution === 'completed' && otherAttemptOf(open) !== undefined) return answer === 'settled';
  switch (answer) {
    case 'pending':
      return resolution !== 'unchanged';
    case 'settled':
      return resolution === 'notExecuted';
    case 'declined':
    case 'cancelled':
    case 'expired':
      return resolution === 'completed';
    case 'neverSent':
    case 'unknown':
    case 'notFound':
    case undefined:
      return false;
  }
}
