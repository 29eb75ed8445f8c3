import type { Posting } from '../ledger/entries.ts';
import type { HoldEnding } from '../ledger/holds.ts';
import type { Answer, AnswerSource } from './gateways.ts';
import type { AnswerEffect, CallTranscript, CaseEnd, CheckChange } from './ledger-store.ts';
import type { Attempt, Case, Payment } from './payment.ts';

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
  /** When the question left that brought it; where it was not asked for, absent. */
  readonly askedAt?: Date;
  /** The claim of the scheduled check that asked, and until when it was nobody else's. */
  readonly claim?: { readonly fence: number; readonly until: Date };
  /** Kept with the answer; nothing is decided by it. */
  readonly transcript?: CallTranscript;
}

/** What a word does to a payment. Nothing visible changed where `next` is absent. */
export interface Decision {
  readonly effect: AnswerEffect;
  readonly next?: Payment;
  readonly holdEnding?: HoldEnding;
  readonly posted?: Posted;
  readonly openCase?: Case;
  readonly endCases?: readonly CaseEnd[];
  /** Absent: the schedule stays as it is. */
  readonly check?: CheckChange;
}

/** Money that a word moves, as one event. */
export interface Posted {
  readonly event: string;
  readonly reason: 'deposit' | 'withdrawal' | 'suspense';
  readonly postings: readonly Posting[];
}

/** An answer that says which instruction and which amount it speaks of. */
export type EchoedAnswer = Extract<Answer, { echo: unknown }>;

/** The word is recorded, and nothing visible changes. */
export const ignored: Decision = { effect: 'ignored' };
