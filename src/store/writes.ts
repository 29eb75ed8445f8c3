import { playerAccount } from '../ledger/accounts.ts';
import type { HoldEnding } from '../ledger/holds.ts';
import type { AcceptPayment, CallTranscript, RecordAnswer, Transfer } from '../payments/ledger-store.ts';
import type { Payment } from '../payments/payment.ts';
import {
  attemptRow,
  caseRow,
  paymentRow,
  versionRow,
  type AttemptRow,
  type CaseRow,
  type PaymentRow,
  type VersionRow,
} from './payment-rows.ts';
import { entryRow, holdRow, type EntryRow, type HoldRow } from './posting-rows.ts';

/**
 * The port's commands as rows, which is all that an engine sees of them, and what an engine says came of each. Every
 * write carries the ids by which a second run of it finds the first.
 */

/** A payment at one version: its row, its line of history, and the intent to send that the version commits. */
export interface PaymentWrite {
  readonly payment: PaymentRow;
  readonly version: VersionRow;
  readonly attempt?: AttemptRow;
}

export interface AcceptWrite {
  readonly kind: 'acceptPayment';
  readonly accepted: PaymentWrite;
  readonly hold?: HoldRow;
  readonly ifFundsShort?: PaymentWrite;
}

export interface AnswerRow {
  readonly answer_id: string;
  readonly payment_id: string;
  readonly attempt_ordinal: bigint;
  readonly kind: string;
  readonly source: string;
  readonly effect: string;
  readonly detail: string | null;
  readonly made_version: bigint | null;
  readonly recorded_at: string;
}

export interface TranscriptRow {
  readonly answer_id: string;
  readonly operation: string;
  readonly duration_ms: bigint;
  readonly transcript: string;
}

export interface AnswerWrite {
  readonly kind: 'recordAnswer';
  readonly answer: AnswerRow;
  readonly expectedVersion: bigint;
  readonly next?: PaymentWrite;
  readonly holdEnding?: HoldEnding;
  readonly entries: readonly EntryRow[];
  readonly openCase?: CaseRow;
  readonly transcript?: TranscriptRow;
}

export interface TransferRow {
  readonly transfer_id: string;
  readonly command_id: string;
  readonly fingerprint: string;
  readonly brand: string;
  readonly player_id: string;
  readonly direction: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly transferred_at: string;
}

export interface TransferWrite {
  readonly kind: 'transfer';
  readonly transfer: TransferRow;
  readonly entries: readonly EntryRow[];
}

/** Writes nothing: only asks whether a transaction can be had. */
export interface Probe {
  readonly kind: 'probe';
}

export type Write = AcceptWrite | AnswerWrite | TransferWrite | Probe;

/** What came of each kind of write. */
export interface Outcomes {
  /** `again`: this very command had been run before. `known`: another payment has the reference. */
  readonly acceptPayment:
    { readonly kind: 'accepted' | 'fundsShort' | 'again' } | { readonly kind: 'known'; readonly id: string };
  readonly recordAnswer: { readonly kind: 'recorded' | 'stale' };
  readonly transfer:
    | { readonly kind: 'transferred' | 'known'; readonly fingerprint: string; readonly transferredAt: string }
    | { readonly kind: 'insufficientFunds' };
  readonly probe: { readonly kind: 'alive' };
}

export type Outcome = Outcomes[keyof Outcomes];

export function acceptWrite({ payment, hold, ifFundsShort }: AcceptPayment): AcceptWrite {
  if ((hold === undefined) !== (ifFundsShort === undefined)) {
    throw new RangeError('a hold comes with what is written where funds are short');
  }
  if (ifFundsShort !== undefined && ifFundsShort.id !== payment.id) {
    throw new RangeError('funds or not, it is the same payment');
  }
  return {
    kind: 'acceptPayment',
    accepted: paymentWrite(payment, payment.acceptedAt),
    ...(hold && { hold: holdRow(hold) }),
    ...(ifFundsShort && { ifFundsShort: paymentWrite(ifFundsShort, ifFundsShort.acceptedAt) }),
  };
}

export function answerWrite(command: RecordAnswer): AnswerWrite {
  const { answer, next, expectedVersion, openCase, holdEnding, transcript } = command;
  if (next !== undefined && next.version !== expectedVersion + 1) {
    throw new RangeError('what is next is one version on');
  }
  const changes = openCase !== undefined || holdEnding !== undefined || command.entries.length > 0;
  if (next === undefined && changes) {
    throw new RangeError('a case, the end of a hold and an entry are visible changes');
  }
  return {
    kind: 'recordAnswer',
    answer: {
      answer_id: command.answerId,
      payment_id: command.paymentId,
      attempt_ordinal: BigInt(answer.attemptOrdinal),
      kind: answer.kind,
      source: answer.source,
      effect: answer.effect,
      detail: answer.detail ?? null,
      made_version: next === undefined ? null : BigInt(next.version),
      recorded_at: answer.at.toISOString(),
    },
    expectedVersion: BigInt(expectedVersion),
    ...(next && { next: paymentWrite(next, answer.at) }),
    ...(holdEnding && { holdEnding }),
    entries: command.entries.map(entryRow),
    ...(openCase && { openCase: caseRow(openCase) }),
    ...(transcript && { transcript: transcriptRow(command.answerId, transcript) }),
  };
}

function transcriptRow(answerId: string, transcript: CallTranscript): TranscriptRow {
  const { operation, durationMs, text } = transcript;
  return { answer_id: answerId, operation, duration_ms: BigInt(Math.round(durationMs)), transcript: text };
}

export function transferWrite(command: Transfer): TransferWrite {
  return {
    kind: 'transfer',
    transfer: {
      transfer_id: command.transferId,
      command_id: command.commandId,
      fingerprint: command.fingerprint,
      brand: command.brand,
      player_id: command.playerId,
      direction: command.direction,
      amount_minor: command.amount.minor,
      currency: command.amount.currency,
      transferred_at: command.at.toISOString(),
    },
    entries: command.entries.map(entryRow),
  };
}

/** An attempt begins, or gets a new time to be sent in, with `submitted` only: that state is the intent to send. */
function paymentWrite(payment: Payment, at: Date): PaymentWrite {
  const { id, state } = payment;
  return {
    payment: paymentRow(payment),
    version: versionRow(payment, at),
    ...(state.name === 'submitted' && { attempt: attemptRow(id, state.attempt) }),
  };
}

/**
 * What two commands of one group may not share: a payment, a player, or a key. Commands that share one are committed
 * in the order in which they came.
 */
export function keysOf(write: Write): string[] {
  switch (write.kind) {
    case 'acceptPayment': {
      const { id, partner_id, partner_reference } = write.accepted.payment;
      const reference = `reference:${partner_id}:${partner_reference}`;
      return [`payment:${id}`, reference, playerKey(write.accepted.payment)];
    }
    case 'recordAnswer': {
      const { next, answer } = write;
      const player = next === undefined ? [] : [playerKey(next.payment)];
      return [`payment:${answer.payment_id}`, `answer:${answer.answer_id}`, ...player];
    }
    case 'transfer':
      return [`transfer:${write.transfer.transfer_id}`, playerKey(write.transfer)];
    case 'probe':
      return [];
  }
}

function playerKey({ brand, player_id }: { readonly brand: string; readonly player_id: string }): string {
  return playerAccount(brand, player_id);
}
