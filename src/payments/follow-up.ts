import type { Decision, Word } from './decision.ts';
import { isEarlier } from './conflicts.ts';
import type { Gateway } from './gateways.ts';
import type { CaseEnd, CheckChange } from './ledger-store.ts';
import { attemptOf, type Case, type Payment, type PaymentCheck } from './payment.ts';
import { notFoundsNeeded, resendOf, type ResendFacts } from './resend.ts';
import { advanced, countNotFound, defaultCheckRules, firstCheck, isOver } from './schedule.ts';
import { isFinal, move } from './states.ts';

export interface FollowUpFacts {
  /** The rules are those of the one that the payment is with, whoever speaks; the default ones where it is not here. */
  readonly gateways: ReadonlyMap<string, Pick<Gateway, 'checks' | 'totalTimeoutMs'>>;
  readonly sendWithinMs: number;
}

/**
 * What comes after a word: the next check, so that no payment that is not final is forgotten (I10); the payment sent again
 * where the resend rule allows it; people asked where the schedule has ended or nothing may be sent again; and their
 * case closed where the gateway answered after all.
 */
export function followUp(payment: Payment, word: Word, decision: Decision, facts: FollowUpFacts): Decision {
  const next = decision.next ?? payment;
  const gateway = gatewayOf(facts, next);
  const rules = gateway?.checks ?? defaultCheckRules;
  if (hasMoved(payment, next))
    return startOver(decision, next, { word, check: firstCheck(next, rules, word.at) });
  // A build that knows of no checks may have ended it, or have taken it on: both are mended here.
  if (isFinal(payment)) return word.claim === undefined ? decision : { ...decision, check: {} };
  // Who comes back after his lease does not know what another one has heard since.
  const { claim } = word;
  if (claim === undefined || word.at >= claim.until)
    return withCheck(decision, next, firstCheck(next, rules, word.at));

  const check = checkedOnce(payment, word, rules);
  const { sendWithinMs } = facts;
  const resend = gateway && resendFor(payment, word, { gateway, check, sendWithinMs });
  if (resend !== undefined) {
    return startOver({ effect: 'resent', next: resend }, resend, {
      word,
      check: firstCheck(resend, rules, word.at),
    });
  }
  const later = { ...decision, check: changeTo(check, next, claim.fence) };
  const needsPeople = isOver(check, rules) || check.notFound >= notFoundsNeeded;
  return needsPeople && next.openCases.length === 0 ? withNoAnswerCase(later, next, word) : later;
}

function gatewayOf({ gateways }: FollowUpFacts, { state }: Payment) {
  const attempt = attemptOf(state);
  return attempt && gateways.get(attempt.gateway);
}

function withCheck(decision: Decision, next: Payment, check: PaymentCheck | undefined): Decision {
  return next.check !== undefined || check === undefined
    ? decision
    : { ...decision, check: changeTo(check, next) };
}

/** Another state, or another sending of the same attempt. */
function hasMoved({ state: before }: Payment, { state: after }: Payment): boolean {
  return before !== after;
}

/** The schedule begins again with the new state, and a case that waited for an answer ends where there is one. */
function startOver(
  decision: Decision,
  next: Payment,
  { word, check }: { word: Word; check: PaymentCheck | undefined },
): Decision {
  const isAnswered = next.state.name === 'pending' || isFinal(next);
  const answered = isAnswered ? next.openCases.filter(({ kind }) => kind === 'noAnswer') : [];
  const endCases = answered.map(({ id }): CaseEnd => ({ caseId: id, resolution: 'answered', at: word.at }));
  const { check: _, ...rest } = next;
  return {
    ...decision,
    next: {
      ...rest,
      openCases: next.openCases.filter((open) => !answered.includes(open)),
      ...(check && { check }),
    },
    check: check ? changeTo(check, next) : {},
    ...(endCases.length > 0 && { endCases }),
  };
}

/** The schedule one check on, with a "not found" counted where it counts. */
function checkedOnce(payment: Payment, word: Word, rules: Gateway['checks']): PaymentCheck {
  const before = payment.check ?? { dueAt: word.at, made: 0, notFound: 0 };
  const attempt = attemptOf(payment.state);
  const isNotFound = word.answer.kind === 'notFound' && attempt !== undefined && !isEarlier(payment, word);
  const counted = isNotFound ? countNotFound(before, attempt, rules, word.askedAt ?? word.at) : before;
  return advanced(counted, payment, rules, word.at);
}

function resendFor(payment: Payment, word: Word, facts: Omit<ResendFacts, 'now'>): Payment | undefined {
  if (payment.state.name !== 'unknown' || word.answer.kind !== 'notFound') return undefined;
  // What the gateway of another attempt does not know says nothing of this one.
  if (isEarlier(payment, word)) return undefined;
  const attempt = resendOf(payment, { ...facts, now: word.at });
  if (attempt === undefined) return undefined;
  return move(payment, { name: 'submitted', attempt, resends: (payment.state.resends ?? 0) + 1 });
}

function changeTo(check: PaymentCheck, { state }: Payment, fence?: number): CheckChange {
  const gateway = attemptOf(state)?.gateway;
  return {
    to: { ...check, ...(gateway !== undefined && { gateway }) },
    ...(fence !== undefined && { fence }),
  };
}

/** No machine can know any more: people are told, and the gateway is asked on. */
function withNoAnswerCase(decision: Decision, next: Payment, { caseId, at, answer }: Word): Decision {
  const opened: Case = {
    id: caseId,
    paymentId: next.id,
    kind: 'noAnswer',
    evidence: `${next.state.name}, last answer ${answer.kind}`,
    openedAt: at,
  };
  return {
    ...decision,
    effect: 'caseOpened',
    next: {
      ...next,
      version: next.version + 1,
      openCases: [...next.openCases, opened],
    },
    openCase: opened,
  };
}
