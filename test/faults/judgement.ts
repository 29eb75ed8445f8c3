/**
 * The one judgement: what the gateways did and what the callers were told, against the ledger. Every finding is a sentence;
 * none is the proof.
 */
import type { Payment } from '../../src/payments/payment.ts';
import { isFinal, transactionStatus } from '../../src/payments/states.ts';
import type { AttemptRow, Books } from './books.ts';
import type { Instructed } from './control.ts';
import type { Noted, Notebook } from './load.ts';

export interface Findings {
  /** Told to somebody, or executed, and not in the ledger; or executed, and nobody will find it. */
  readonly lost: string[];
  /** Two effects of one payment, two payments of one request, or sent again without the resend rule. */
  readonly duplicated: string[];
  /** Ledger, gateway and callers do not say the same. */
  readonly contradictory: string[];
  /** Not final, and neither a next check nor a case. */
  readonly stuck: string[];
  /** Holds that did not end once, with their payment. */
  readonly holds: string[];
}

/** What moved money, or may yet. */
function hasEffect({ status }: Instructed): boolean {
  return status === 'settled' || status === 'pending';
}

export function judge(books: Books, instructed: readonly Instructed[], notebook: Notebook): Findings {
  const findings: Findings = { lost: [], duplicated: [], contradictory: [], stuck: [], holds: [] };
  const payments = new Map(books.payments.map((payment) => [payment.id, payment]));
  const attempts = new Map(books.attempts.map((attempt) => [attempt.instrId, attempt]));
  judgeEffects(findings, { instructed, attempts, payments });
  judgeSendings(findings, { instructed, attempts, books });
  for (const payment of books.payments) judgePayment(findings, payment, { instructed, books });
  judgeTold(findings, books.payments, notebook);
  judgeHolds(findings, books, payments);
  return findings;
}

interface Known {
  readonly instructed: readonly Instructed[];
  readonly attempts: ReadonlyMap<string, AttemptRow>;
  readonly payments: ReadonlyMap<string, Payment>;
}

/** Each effect belongs to one payment that tells it. */
function judgeEffects(findings: Findings, { instructed, attempts, payments }: Known): void {
  const effectsOf = new Map<string, number>();
  for (const effect of instructed.filter(hasEffect)) {
    const attempt = attempts.get(effect.instructionId);
    const payment = attempt && payments.get(attempt.paymentId);
    const name = `${effect.gateway} ${effect.status} ${effect.instructionId}`;
    if (payment === undefined) {
      findings.lost.push(`${name}: executed, and in no attempt of the ledger`);
      continue;
    }
    effectsOf.set(payment.id, (effectsOf.get(payment.id) ?? 0) + 1);
    if (payment.openCases.length > 0 || effect.status === 'pending') continue;
    const { state } = payment;
    const isNegative = isFinal(payment) && state.name !== 'completed';
    if (isNegative)
      findings.contradictory.push(`${name}: executed, and payment ${payment.id} is ${state.name}`);
    else if (state.name !== 'completed' && payment.check === undefined) {
      findings.lost.push(`${name}: executed, payment ${payment.id} is ${state.name} without a next check`);
    }
  }
  for (const [id, count] of effectsOf) {
    if (count > 1) findings.duplicated.push(`payment ${id} has ${count} effects at gateways`);
  }
}

/** Sent once, and once more for each time that the ledger says so: by the resend rule, or by one call that was repeated. */
function judgeSendings(
  findings: Findings,
  { instructed, attempts, books }: Omit<Known, 'payments'> & { books: Books },
): void {
  const resent = new Map<string, number>();
  for (const { paymentId, ordinal, effect } of books.answers) {
    if (effect !== 'resent') continue;
    const key = `${paymentId}/${ordinal}`;
    resent.set(key, (resent.get(key) ?? 0) + 1);
  }
  for (const { instructionId, submissions, gateway } of instructed) {
    const attempt = attempts.get(instructionId);
    const allowed = 1 + (resent.get(`${attempt?.paymentId}/${attempt?.ordinal}`) ?? 0);
    if (submissions > allowed) {
      findings.duplicated.push(
        `${gateway} ${instructionId}: sent ${submissions} times, the ledger allows ${allowed}`,
      );
    }
  }
  judgeResends(findings, books);
}

/** Before each resend of an attempt stand two words that it is not known, and the last word before is one of them. */
function judgeResends(findings: Findings, { answers }: Books): void {
  const notFound = new Map<string, number>();
  for (const { paymentId, ordinal, kind, effect } of answers) {
    const key = `${paymentId}/${ordinal}`;
    const before = notFound.get(key) ?? 0;
    if (kind === 'notFound') notFound.set(key, before + 1);
    if (effect !== 'resent') continue;
    if (kind !== 'notFound' || before + 1 < 2) {
      findings.duplicated.push(`payment ${paymentId}: sent again after ${before} times not found`);
    }
    notFound.set(key, 0);
  }
}

/** What the ledger says of one payment, against its gateway. */
function judgePayment(
  findings: Findings,
  payment: Payment,
  { instructed }: { instructed: readonly Instructed[]; books: Books },
): void {
  const { id, state } = payment;
  if (!isFinal(payment) && payment.check === undefined && payment.openCases.length === 0) {
    findings.stuck.push(`payment ${id} is ${state.name}, without a next check and without a case`);
  }
  if (state.name !== 'completed') return;
  const effect = byInstruction(instructed).get(state.attempt.instrId);
  if (effect === undefined || !hasEffect(effect)) {
    findings.contradictory.push(
      `payment ${id} is completed, and the gateway says ${effect?.status ?? 'nothing'}`,
    );
    return;
  }
  const { amount } = state.settlement;
  const told = `${payment.instruction.direction} ${amount.minor} ${amount.currency}`;
  const done = `${effect.direction} ${effect.amountMinor} ${effect.currency}`;
  if (told !== done)
    findings.contradictory.push(`payment ${id} is completed with ${told}, executed was ${done}`);
}

const indexes = new WeakMap<readonly Instructed[], Map<string, Instructed>>();

function byInstruction(instructed: readonly Instructed[]): Map<string, Instructed> {
  const known = indexes.get(instructed) ?? new Map(instructed.map((row) => [row.instructionId, row]));
  indexes.set(instructed, known);
  return known;
}

/** What callers were told, against the end. */
function judgeTold(findings: Findings, payments: readonly Payment[], notebook: Notebook): void {
  const byReference = new Map(payments.map((payment) => [payment.instruction.partnerReference, payment]));
  for (const [reference, noted] of notebook) {
    const payment = byReference.get(reference);
    const ids = new Set(noted.heard.flatMap(({ paymentId }) => paymentId ?? []));
    if (ids.size > 1) findings.duplicated.push(`${reference} was told as ${ids.size} payments`);
    if (payment === undefined) {
      if (ids.size > 0)
        findings.lost.push(`${reference} was told as ${[...ids].join()} and is not in the ledger`);
      continue;
    }
    for (const told of toldOtherwise(noted, payment)) {
      findings.contradictory.push(
        `${reference} (${payment.id}) was told ${told}, and is ${payment.state.name}`,
      );
    }
  }
}

const negative = ['rejected', 'cancelled', 'expired'];

/** What is final was told for ever; NOT_EXECUTED is, too. */
function toldOtherwise({ heard }: Noted, payment: Payment): string[] {
  const { name } = payment.state;
  return heard.flatMap(({ status, outcome }) => {
    if (outcome === 'NOT_EXECUTED' && !negative.includes(name)) return ['NOT_EXECUTED'];
    if (outcome === 'EXECUTED' && name !== 'completed') return ['EXECUTED'];
    const isFinalStatus = status === 'ACSC' || status === 'RJCT' || status === 'CANC';
    return isFinalStatus && status !== transactionStatus(payment) ? [status] : [];
  });
}

function judgeHolds(findings: Findings, { holds }: Books, payments: ReadonlyMap<string, Payment>): void {
  for (const { paymentId, ends } of holds) {
    const payment = payments.get(paymentId);
    const due = payment !== undefined && isFinal(payment) ? 1 : 0;
    if (ends !== due) findings.holds.push(`the hold of payment ${paymentId} ended ${ends} times, not ${due}`);
  }
}
