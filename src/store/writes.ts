import { playerAccount } from '../ledger/accounts.ts';
import type { HoldEnding } from '../ledger/holds.ts';
import type { LimitScope } from '../payments/ledger-store.ts';
import type { ActRow, CaseEndRow, CheckRow, OperatorRow, ReturnRow, WebhookRow } from './outcome-rows.ts';
import type { SightingRow } from './partner-rows.ts';
import type { AttemptRow, CaseRow, PaymentRow, VersionRow } from './payment-rows.ts';
import type { EntryRow, HoldRow } from './posting-rows.ts';
import {
  keysOfReconciliation,
  type ReconciliationOutcomes,
  type ReconciliationWrite,
} from './reconciliation/writes.ts';

/**
 * The port's commands as rows, which is all that an engine sees of them, and what an engine says came of each. Every
 * write carries the ids by which a second run of it finds the first.
 */

/** A payment at one version: its row, its line of history, and the intent to send that the version commits. */
export interface PaymentWrite {
  readonly payment: PaymentRow;
  readonly version: VersionRow;
  readonly attempt?: AttemptRow;
  /** Of a payment that is being accepted; later changes carry theirs themselves. */
  readonly check?: CheckRow;
}

export interface AcceptWrite {
  readonly kind: 'acceptPayment';
  readonly accepted: PaymentWrite;
  readonly hold?: HoldRow;
  readonly ifFundsShort?: PaymentWrite;
  readonly ifApprovalNeeded?: PaymentWrite;
  readonly limits: readonly LimitWrite[];
  readonly refund?: RefundRow;
  /** What the refund's original was settled with: the bound of all that goes back. */
  readonly settledMinor?: bigint;
}

export interface RefundRow {
  readonly payment_id: string;
  readonly original_id: string;
  readonly amount_minor: bigint;
}

/** A limit with its scope as columns; those that are no part of it are null. */
export interface LimitWrite {
  readonly exceeded: 'refuse' | 'approve';
  readonly scope: LimitScope['kind'];
  readonly partner_id: string | null;
  readonly brand: string | null;
  readonly player_id: string | null;
  readonly direction: string;
  readonly currency: string;
  readonly since: string;
  readonly max_minor: bigint;
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

/** One event of one payment: a gateway's word, or a person's act. */
export interface ChangeWrite {
  readonly kind: 'changePayment';
  /** The answer's id or the act's, by which a second run finds the first. */
  readonly changeId: string;
  readonly paymentId: string;
  readonly expectedVersion: bigint;
  readonly at: string;
  readonly answer?: AnswerRow;
  readonly act?: ActRow;
  readonly next?: PaymentWrite;
  readonly holdEnding?: HoldEnding;
  readonly entries: readonly EntryRow[];
  readonly openCase?: CaseRow;
  readonly caseEnds: readonly CaseEndRow[];
  readonly returned?: ReturnRow;
  readonly settledMinor?: bigint;
  readonly check?: CheckWrite;
  readonly transcript?: TranscriptRow;
  readonly original?: OriginalWrite;
}

/** The version that the original is at after it is the engine's to say, in the answer and in the history. */
export interface OriginalWrite {
  readonly returned: ReturnRow;
  readonly answer: Omit<AnswerRow, 'made_version'>;
  readonly openCase?: CaseRow;
  readonly settledMinor?: bigint;
}

/** Without a row the schedule ends; with a fence only where nobody claimed it since. */
export interface CheckWrite {
  readonly to?: CheckRow;
  readonly fence?: bigint;
}

export interface ClaimChecksWrite {
  readonly kind: 'claimChecks';
  readonly now: string;
  readonly leaseUntil: string;
  readonly limit: bigint;
  /** One gateway, or all that are none of these. */
  readonly gateway?: string;
  readonly noneOf: readonly string[];
}

export interface ReceiveWebhookWrite {
  readonly kind: 'receiveWebhook';
  readonly event: WebhookRow;
}

export interface ClaimWebhooksWrite {
  readonly kind: 'claimWebhooks';
  readonly now: string;
  readonly leaseUntil: string;
  readonly limit: bigint;
}

export interface SettleWebhookWrite {
  readonly kind: 'settleWebhook';
  readonly id: string;
  readonly fence: bigint;
  readonly state: string;
  readonly dueAt: string;
  readonly tries: bigint;
}

export interface PutOperatorWrite {
  readonly kind: 'putOperator';
  readonly operator: OperatorRow;
}

/** Each certificate once. */
export interface NoteSightingsWrite {
  readonly kind: 'noteSightings';
  readonly rows: readonly SightingRow[];
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

/** Changes nothing: only asks whether a transaction can be had, and on SQLite whether there is room to write. */
export interface Probe {
  readonly kind: 'probe';
}

export type Write =
  | AcceptWrite
  | ChangeWrite
  | TransferWrite
  | ClaimChecksWrite
  | ReceiveWebhookWrite
  | ClaimWebhooksWrite
  | SettleWebhookWrite
  | PutOperatorWrite
  | NoteSightingsWrite
  | ReconciliationWrite
  | Probe;

/** A row that was given out: its id, and the fence under which. */
export interface ClaimedRow {
  readonly id: string;
  readonly fence: bigint;
}

/** What came of each kind of write. */
export interface Outcomes extends ReconciliationOutcomes {
  /** `again`: this very command had been run before. `known`: another payment has the reference. */
  readonly acceptPayment:
    | { readonly kind: 'accepted' | 'fundsShort' | 'approvalNeeded' | 'again' | 'overLimit' | 'overRefund' }
    | { readonly kind: 'known'; readonly id: string };
  readonly changePayment: { readonly kind: 'recorded' | 'stale' | 'short' };
  readonly claimChecks: { readonly kind: 'claimed'; readonly rows: readonly ClaimedRow[] };
  readonly claimWebhooks: { readonly kind: 'claimed'; readonly rows: readonly ClaimedRow[] };
  readonly receiveWebhook: { readonly kind: 'received' | 'known' };
  readonly settleWebhook: { readonly kind: 'settled' | 'superseded' };
  readonly putOperator: { readonly kind: 'put' };
  readonly noteSightings: { readonly kind: 'noted' };
  readonly transfer:
    | { readonly kind: 'transferred' | 'known'; readonly fingerprint: string; readonly transferredAt: string }
    | { readonly kind: 'insufficientFunds' };
  readonly probe: { readonly kind: 'alive' };
}

export type Outcome = Outcomes[keyof Outcomes];

/** Puts a write into the queue, and resolves to what came of it. @throws LedgerUnavailable */
export type RunWrite = <Kind extends Write['kind']>(
  write: Extract<Write, { kind: Kind }>,
) => Promise<Outcomes[Kind]>;

/**
 * What two commands of one group may not share: a payment, a player, or a key. Commands that share one are committed
 * in the order in which they came.
 */
export function keysOf(write: Write): string[] {
  switch (write.kind) {
    case 'acceptPayment': {
      const { id, partner_id, partner_reference } = write.accepted.payment;
      const reference = `reference:${partner_id}:${partner_reference}`;
      const original = write.refund === undefined ? [] : [`payment:${write.refund.original_id}`];
      const scopes = write.limits.map(scopeKey);
      return [`payment:${id}`, reference, playerKey(write.accepted.payment), ...original, ...scopes];
    }
    case 'changePayment': {
      const { next, paymentId, changeId, original } = write;
      const player = next === undefined ? [] : [playerKey(next.payment)];
      const others = original === undefined ? [] : [`payment:${original.returned.payment_id}`];
      return [`payment:${paymentId}`, `change:${changeId}`, ...player, ...others];
    }
    // Claims find what they want while they run; one after the other they find different rows.
    case 'claimChecks':
      return ['checks'];
    case 'claimWebhooks':
      return ['webhooks'];
    case 'receiveWebhook':
      return [`event:${write.event.gateway}:${write.event.event_id}`];
    case 'settleWebhook':
      return [`webhook:${write.id}`];
    case 'putOperator':
      return [`operator:${write.operator.id}`];
    case 'noteSightings':
      return ['sightings'];
    case 'transfer':
      return [`transfer:${write.transfer.transfer_id}`, playerKey(write.transfer)];
    case 'addRows':
    case 'leaseJob':
    case 'releaseJob':
      return keysOfReconciliation(write);
    case 'probe':
      return [];
  }
}

/** What two payments may not share that are counted against one limit. */
export function scopeKey({ scope, partner_id, brand, player_id }: LimitWrite): string {
  return `limit:${scope}:${partner_id ?? brand ?? ''}:${player_id ?? ''}`;
}

function playerKey({ brand, player_id }: { readonly brand: string; readonly player_id: string }): string {
  return playerAccount(brand, player_id);
}
