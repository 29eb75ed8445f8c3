import type { Posting } from '../../ledger/entries.ts';
import type { HoldEnding } from '../../ledger/holds.ts';
import type { Money } from '../../ledger/money.ts';
import { completedByPeople, reversed } from '../../ledger/postings.ts';
import type { CheckRules } from '../gateways.ts';
import type { CaseEnd, CheckChange } from '../ledger-store.ts';
import { attemptOf, type Attempt, type Case, type Payment } from '../payment.ts';
import { firstCheck } from '../schedule.ts';
import { correct, isFinal, move } from '../states.ts';
import type { Resolution } from './resolutions.ts';

export interface ResolutionFacts {
  readonly at: Date;
  /** Of the gateway that the payment is with. */
  readonly rules: CheckRules;
  /** What the player can use now, in the payment's currency; what is held for this payment is not in it. */
  readonly availableMinor: bigint;
  /** What was posted to suspense when the case was opened, where anything was. */
  readonly suspended?: { readonly posting: Posting; readonly postingKey: string };
  /** The attempt that the case is about, where it is not the one that the payment stands on. */
  readonly movedBy?: Attempt;
}

/** What a resolution does to the payment, in one transaction. */
export interface Resolved {
  readonly next: Payment;
  readonly holdEnding?: HoldEnding;
  readonly posted?: ResolvedPosting;
  readonly endCases: readonly CaseEnd[];
  readonly check?: CheckChange;
  /** What the player had not got, and owes. */
  readonly receivableMinor: bigint;
}

export interface ResolvedPosting {
  readonly event: string;
  readonly reason: 'deposit' | 'withdrawal' | 'reversal';
  readonly postings: readonly Posting[];
  readonly reverses?: string;
}

/** What a resolution that is possible comes to. */
export function resolve(
  payment: Payment,
  open: Case,
  resolution: Resolution,
  facts: ResolutionFacts,
): Resolved {
  switch (resolution) {
    case 'completed':
      return complete(payment, open, facts);
    case 'notExecuted':
      return notExecuted(payment, open, facts);
    case 'unchanged':
      return unchanged(payment, open, facts);
  }
}

function complete(payment: Payment, open: Case, facts: ResolutionFacts): Resolved {
  const { instruction, state } = payment;
  // The money moved where the case says: later words, refunds and returns are of that attempt and of its gateway.
  const attempt = facts.movedBy ?? attemptThatStands(payment);
  const amount = open.suspense ?? instruction.amount;
  const receivableMinor = owedMinor(payment, amount, facts);
  const wasOpen = !isFinal(payment);
  const isTheirs = facts.movedBy === undefined && 'gatewayReference' in state;
  const reference = isTheirs ? state.gatewayReference : undefined;
  const completed = {
    name: 'completed',
    attempt,
    settlement: { amount, ...(reference !== undefined && { gatewayReference: reference }), charges: [] },
    endedAt: facts.at,
  } as const;
  const next = wasOpen ? move(payment, completed) : correct(payment, completed);
  const parties = { ...instruction, gateway: attempt.gateway, amount };
  return {
    ...ended(next, open, 'completed', facts),
    ...(wasOpen && { holdEnding: 'posted' as const }),
    posted: {
      event: `${payment.id}:completed`,
      reason: instruction.direction === 'CRDT' ? 'deposit' : 'withdrawal',
      postings: completedByPeople({
        ...parties,
        receivableMinor,
        from: open.suspense === undefined ? 'gateway' : 'suspense',
      }),
    },
    receivableMinor,
  };
}

/** What a withdrawal takes beyond what is held for it and what the player can use. */
function owedMinor(payment: Payment, { minor }: Money, { availableMinor }: ResolutionFacts): bigint {
  if (payment.instruction.direction === 'CRDT') return 0n;
  const missing = minor - availableMinor - heldMinor(payment);
  return missing > 0n ? missing : 0n;
}

/** What is held for the payment: its amount until it is final, of a withdrawal. In minor units. */
export function heldMinor(payment: Payment): bigint {
  const { direction, amount } = payment.instruction;
  return direction === 'DBIT' && !isFinal(payment) ? amount.minor : 0n;
}

function notExecuted(payment: Payment, open: Case, facts: ResolutionFacts): Resolved {
  const { state } = payment;
  const reference = 'gatewayReference' in state ? state.gatewayReference : undefined;
  const next = move(payment, {
    name: 'rejected',
    attempt: attemptThatStands(payment),
    reason: { code: 'ED05' },
    ...(reference !== undefined && { gatewayReference: reference }),
    endedAt: facts.at,
  });
  return {
    ...ended(next, open, 'notExecuted', facts),
    holdEnding: 'voided',
    ...reversal(payment, open, facts),
    receivableMinor: 0n,
  };
}

/** The payment stays where it is; one that is open is asked about from the beginning of its schedule. */
function unchanged(payment: Payment, open: Case, facts: ResolutionFacts): Resolved {
  const openCases = payment.openCases.filter(({ id }) => id !== open.id);
  const next = { ...payment, version: payment.version + 1, openCases };
  const check = firstCheck(next, facts.rules, facts.at);
  const gateway = attemptOf(next.state)?.gateway;
  return {
    next: check === undefined ? next : { ...next, check },
    ...(check && { check: { to: { ...check, ...(gateway !== undefined && { gateway }) } } }),
    ...reversal(payment, open, facts),
    endCases: [{ caseId: open.id, resolution: 'unchanged', at: facts.at }],
    receivableMinor: 0n,
  };
}

function reversal(
  payment: Payment,
  { id }: Case,
  { suspended }: ResolutionFacts,
): Pick<Resolved, 'posted'> | undefined {
  return (
    suspended && {
      posted: {
        event: `${payment.id}:case:${id}:reversed`,
        reason: 'reversal',
        postings: reversed(suspended.posting),
        reverses: suspended.postingKey,
      },
    }
  );
}

/** Final now: nobody asks any more, and a case that waited for an answer ends with the one that was resolved. */
function ended(
  next: Payment,
  open: Case,
  resolution: Resolution,
  { at }: ResolutionFacts,
): Pick<Resolved, 'next' | 'endCases' | 'check'> {
  const endsToo = ({ id, kind }: Case): boolean => id === open.id || kind === 'noAnswer';
  const { check: _, ...rest } = next;
  return {
    next: { ...rest, openCases: next.openCases.filter((one) => !endsToo(one)) },
    endCases: next.openCases.filter(endsToo).map(({ id }) => ({ caseId: id, resolution, at })),
    check: {},
  };
}

function attemptThatStands({ state }: Payment): Attempt {
  const attempt = attemptOf(state);
  if (attempt === undefined)
    throw new RangeError('a payment that was never meant to be sent has no resolution');
  return attempt;
}
