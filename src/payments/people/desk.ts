import type { Page, RecordedAct } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';
import type { Refusal } from '../refusals.ts';
import type { CallContext } from '../world.ts';
import type { Acting } from './acts.ts';
import type { CaseFile, Found } from './cases.ts';
import type { Effect } from './effect.ts';
import type { Acted } from './propose.ts';
import type { Resolution } from './resolutions.ts';

/** What people do, as the doors see it. Made by `openPayments(world)`. */
export interface Desk {
  caseFile(caseId: string, context: CallContext): Promise<CaseFile | Refusal>;
  assignCase(
    acting: Acting,
    given: { caseId: string; assignee: string },
    context: CallContext,
  ): Promise<Found | Refusal>;
  commentCase(acting: Acting, caseId: string, context: CallContext): Promise<Found | Refusal>;
  /** Proposes how a case is resolved; `approve` by another person does it. */
  resolveCase(
    acting: Acting,
    proposed: { caseId: string; resolution: Resolution; version: number },
    context: CallContext,
  ): Promise<Acted | Refusal>;
  /** Payments that wait for approval, and proposals that wait for another person. */
  approvals(page: Page, context: CallContext): Promise<readonly WaitingApproval[] | Refusal>;
  /** By a payment's id, which proposes or confirms its approval; or by a proposal's, which confirms it. */
  approve(acting: Acting, asked: Verdict, context: CallContext): Promise<Acted | Refusal>;
  /** By a payment's id, which rejects the payment; or by a proposal's, which ends it. */
  reject(acting: Acting, asked: Verdict, context: CallContext): Promise<Acted | Refusal>;
}

export interface Verdict {
  readonly id: string;
  /** Of the payment, as the person saw it. */
  readonly version: number;
}

/** What waits for a person: a payment to be approved, or a proposal about a case. */
export interface WaitingApproval {
  /** What is approved or rejected: the payment's id, or the proposal's. */
  readonly id: string;
  readonly kind: 'payment' | 'resolution';
  readonly payment: Payment;
  /** A payment has none until the first person approves it. */
  readonly proposal?: RecordedAct;
  /** What it will do; absent where the proposal is of another version of the payment, and has to be made again. */
  readonly effect?: Effect;
}
