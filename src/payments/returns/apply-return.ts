import type { Posting } from '../../ledger/entries.ts';
import { formatAmount, isAmount } from '../../ledger/money.ts';
import { chargebackReversed, depositTakenBack, withdrawalReturned } from '../../ledger/postings.ts';
import { attemptSaid, isFrozen, underReview } from '../conflicts.ts';
import { cutReason, cutReference, readInstant } from '../gateway-texts.ts';
import type { ReturnWord } from '../gateways.ts';
import { attemptOf, type Attempt, type Case, type CaseKind } from '../payment.ts';
import type { Payment, PaymentReturn, PaymentState } from '../payment.ts';
import { isFinal } from '../states.ts';
import { cameBackMinor, chargedBackMinor, matchOf, owedMinor } from './came-back.ts';

/** One word about money that came back, and what is needed to act on it. */
export interface ReturnFacts {
  readonly word: ReturnWord;
  /** Of which attempt it is said; its gateway speaks. */
  readonly attempt: Attempt;
  readonly at: Date;
  /** The id of the row, should one be written, and of the case, should one be opened. */
  readonly returnId: string;
  readonly caseId: string;
  /** What the player has available in the currency of the word, in minor units. */
  readonly availableMinor: bigint;
  /** All refunds of the payment that did not end without money, settled or in flight, in minor units. */
  readonly refundsMinor: bigint;
  /** Whether the ledger said that its reference is another payment's. */
  readonly isTaken: boolean;
  /** Whether a person says it, who can look at the rows and at the open cases. */
  readonly isByPerson: boolean;
}

/** What the word does. Nothing visible changed where `next` is absent. */
export interface ReturnDecision {
  readonly effect: 'returned' | 'caseOpened' | 'ignored';
  readonly next?: Payment;
  readonly returned?: PaymentReturn;
  readonly openCase?: Case;
  readonly postings: readonly Posting[];
}

/**
 * Money that came back after a payment settled: a row beside the payment, never a change of its state (design 6). The same
 * return told again is ignored. A word that cannot be true opens a case and posts nothing: of a payment that did not
 * settle, in another currency, with a known reference and other figures, or of more than was settled. So does a word with
 * a reference that may be a row without one. While that case is open a person may record it as another return.
 *
 * A contradiction keeps the payment where it is until two people have closed it, also when the gateway says meanwhile that
 * it settled: where they close it as completed, they record the return themselves.
 */
export function applyReturn(payment: Payment, facts: ReturnFacts): ReturnDecision {
  const { word, attempt } = facts;
  if (!isAmount(word.amount) || word.amount.minor === 0n) {
    return openCase(payment, 'mismatch', facts, 'of no amount of money');
  }
  const { state } = payment;
  if (state.name !== 'completed' || attemptOf(state)?.instrId !== attempt.instrId) {
    return openCase(
      payment,
      'contradiction',
      facts,
      `of what is ${state.name}${attemptSaid(payment, facts)}`,
    );
  }
  const { gatewayReference: reference } = cutReference(word.reference);
  const { reference: _, ...rest } = word;
  const known = { ...rest, ...(reference !== undefined && { reference }) };
  switch (matchOf(payment, known, attempt.gateway)) {
    case 'same':
      return { effect: 'ignored', postings: [] };
    case 'differs':
      return openCase(payment, 'mismatch', facts, 'which names another one');
    case 'ambiguous':
      return openCase(payment, 'mismatch', facts, 'that may be one of several');
    case 'unnamed':
      // A person decides what the gateway has said, and no other: the money would be booked on his word alone.
      if (facts.isByPerson && isUndecided(payment, known)) break;
      return openCase(payment, 'mismatch', facts, maybeUnnamed);
    case 'new':
  }
  return applyNew({ ...payment, state }, { ...facts, word: known });
}

/**
 * Whether the payment may yet settle by the attempt that money is said to have come back of: words come in any order, and
 * what settled it is on its way or asked about. Not where no word can move it.
 */
export function mayYetSettle(payment: Payment, { instrId }: Pick<Attempt, 'instrId'>): boolean {
  return attemptOf(payment.state)?.instrId === instrId && !isFinal(payment) && !isFrozen(payment);
}

const maybeUnnamed = 'that may be the same as one without a reference';

function isUndecided({ openCases }: Payment, word: ReturnWord): boolean {
  const evidence = `${saidOf(word)} ${maybeUnnamed}`;
  return openCases.some((open) => open.kind === 'mismatch' && open.evidence === evidence);
}

type Completed = Payment & { readonly state: Extract<PaymentState, { name: 'completed' }> };

function applyNew(payment: Completed, facts: ReturnFacts): ReturnDecision {
  const impossible = impossibility(payment, facts);
  if (impossible !== undefined) return openCase(payment, 'mismatch', facts, impossible);
  const { word, attempt, at, returnId } = facts;
  if (facts.isTaken) return openCase(payment, 'mismatch', facts, 'which names one of another payment');
  const returned: PaymentReturn = {
    id: returnId,
    paymentId: payment.id,
    kind: word.kind,
    gateway: attempt.gateway,
    ...(word.reference !== undefined && { reference: word.reference }),
    amount: word.amount,
    reason: cutReason(word.reason),
    receivableMinor: receivableOf(payment, facts),
    at: readInstant('settledAt', word.at).settledAt ?? at,
  };
  return {
    effect: 'returned',
    next: { ...payment, version: payment.version + 1, returns: [...payment.returns, returned] },
    returned,
    postings: postingsOf(payment, word.kind, returned),
  };
}

/** Why it cannot be so, in words for people; undefined where it can. */
function impossibility(payment: Completed, { word, refundsMinor }: ReturnFacts): string | undefined {
  const { kind, amount } = word;
  const settled = payment.state.settlement.amount;
  if (amount.currency !== settled.currency) return 'in another currency';
  if (payment.instruction.direction === 'DBIT' && kind !== 'return') return 'of a withdrawal';
  if (kind === 'chargebackReversal') {
    return amount.minor > chargedBackMinor(payment) ? 'of more than was charged back' : undefined;
  }
  const inAll = cameBackMinor(payment) + refundsMinor + amount.minor;
  return inAll > settled.minor ? 'so that more came back than was settled' : undefined;
}

/** What the player cannot pay back now; of a reversal, what of this payment's returns he still owes and owes no more. */
function receivableOf(payment: Completed, { word, availableMinor }: ReturnFacts): bigint {
  const { kind, amount } = word;
  if (payment.instruction.direction === 'DBIT') return 0n;
  if (kind === 'chargebackReversal') return lesser(amount.minor, owedMinor(payment));
  return amount.minor - lesser(amount.minor, availableMinor);
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function postingsOf(
  { instruction }: Payment,
  kind: ReturnWord['kind'],
  { gateway, amount, receivableMinor }: PaymentReturn,
) {
  const { brand, playerId, direction } = instruction;
  const parties = { brand, playerId, gateway, amount };
  switch (kind) {
    case 'chargebackReversal':
      return chargebackReversed({ ...parties, receivableMinor });
    case 'return':
    case 'chargeback':
      if (direction === 'DBIT') return withdrawalReturned(parties);
      return depositTakenBack({ ...parties, receivableMinor });
  }
}

function openCase(
  payment: Payment,
  kind: CaseKind,
  { word, at, caseId }: ReturnFacts,
  why: string,
): ReturnDecision {
  const evidence = `${saidOf(word)} ${why}`;
  const isOpen = payment.openCases.some((open) => open.kind === kind && open.evidence === evidence);
  if (isOpen) return { effect: 'ignored', postings: [] };
  const opened: Case = { id: caseId, paymentId: payment.id, kind, evidence, openedAt: at };
  return { effect: 'caseOpened', next: underReview(payment, opened, { at }), openCase: opened, postings: [] };
}

/** What was said, in words of ours with the gateway's reference: it tells one return from another, and names nobody. */
export function saidOf({
  kind,
  amount,
  reference,
}: Pick<PaymentReturn, 'kind' | 'amount' | 'reference'>): string {
  const money = isAmount(amount) ? ` ${formatAmount(amount)} ${amount.currency}` : '';
  const { gatewayReference: name } = cutReference(reference);
  return `${kind}${money}${name === undefined ? '' : ` with reference ${name}`}`;
}
