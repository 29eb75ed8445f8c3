import { createHash } from 'node:crypto';
import type {
  CaseEnd,
  Operator,
  OperatorAct,
  OperatorRole,
  ReceivedWebhook,
  RecordedAct,
  RecordedWebhook,
  WebhookState,
  ActKind,
} from '../payments/ledger-store.ts';
import type { PaymentCheck, PaymentReturn, ReturnKind } from '../payments/payment.ts';
import type { Told } from './told.ts';

/** Checks, returns, the ends of cases, what people did, what providers told: as rows of the schema, and back. */

export interface CheckRow {
  readonly payment_id: string;
  readonly gateway: string | null;
  readonly due_at: string;
  readonly made: bigint;
  readonly not_found: bigint;
  readonly not_found_at: string | null;
}

export function checkRow(
  paymentId: string,
  { gateway, ...check }: PaymentCheck & { readonly gateway?: string },
): CheckRow {
  return {
    payment_id: paymentId,
    gateway: gateway ?? null,
    due_at: check.dueAt.toISOString(),
    made: BigInt(check.made),
    not_found: BigInt(check.notFound),
    not_found_at: check.notFoundAt?.toISOString() ?? null,
  };
}

/** The columns of a check beside a payment that may have none. */
export type CheckView = {
  readonly [Column in 'due_at' | 'made' | 'not_found' | 'not_found_at']: CheckRow[Column] | null;
};

export function checkFrom({
  due_at,
  made,
  not_found,
  not_found_at,
}: Told<CheckView>): PaymentCheck | undefined {
  if (due_at === null) return undefined;
  return {
    dueAt: new Date(due_at),
    made: Number(made),
    notFound: Number(not_found),
    ...(not_found_at !== null && { notFoundAt: new Date(not_found_at) }),
  };
}

export interface CaseEndRow {
  readonly case_id: string;
  readonly resolution: string;
  readonly ended_at: string;
}

export function caseEndRow({ caseId, resolution, at }: CaseEnd): CaseEndRow {
  return { case_id: caseId, resolution, ended_at: at.toISOString() };
}

export interface ReturnRow {
  readonly id: string;
  readonly payment_id: string;
  readonly kind: string;
  readonly gateway: string;
  readonly reference: string | null;
  /** By which it counts once: of gateway, kind and reference, or of the id where there is no reference. */
  readonly return_key: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly reason_code: string;
  readonly reason_information: string | null;
  readonly receivable_minor: bigint;
  readonly returned_at: string;
}

export function returnRow(returned: PaymentReturn): ReturnRow {
  const { id, paymentId, kind, gateway, reference, amount, reason } = returned;
  return {
    id,
    payment_id: paymentId,
    kind,
    gateway,
    reference: reference ?? null,
    return_key: returnKey(returned),
    amount_minor: amount.minor,
    currency: amount.currency,
    reason_code: reason.code,
    reason_information: reason.information ?? null,
    receivable_minor: returned.receivableMinor,
    returned_at: returned.at.toISOString(),
  };
}

/**
 * A digest, because a gateway's reference may be any text of any length, and a key is short and of ASCII. The kind is part of
 * it, because some gateways tell a chargeback and its reversal under the one reference of their dispute.
 */
function returnKey({ id, gateway, kind, reference }: PaymentReturn): string {
  if (reference === undefined) return `id:${id}`;
  const digest = createHash('sha256').update(JSON.stringify([gateway, kind, reference]));
  return `reference:${digest.digest('hex')}`;
}

export function returnFrom(row: Told<Omit<ReturnRow, 'return_key'>>): PaymentReturn {
  const { reference, reason_information: information } = row;
  return {
    id: row.id,
    paymentId: row.payment_id,
    kind: row.kind as ReturnKind,
    gateway: row.gateway,
    ...(reference !== null && { reference }),
    amount: { minor: BigInt(row.amount_minor), currency: row.currency },
    reason: { code: row.reason_code, ...(information !== null && { information }) },
    receivableMinor: BigInt(row.receivable_minor),
    at: new Date(row.returned_at),
  };
}

export interface ActRow {
  readonly id: string;
  readonly payment_id: string;
  readonly case_id: string | null;
  readonly subject: string;
  readonly kind: string;
  readonly reason: string;
  readonly comment: string;
  readonly detail: string | null;
  readonly payment_version: bigint;
  readonly ends_proposal: string | null;
  readonly recorded_at: string;
}

export function actRow(act: OperatorAct): ActRow {
  const { id, subject, kind, reason, comment } = act;
  return {
    id,
    payment_id: act.paymentId,
    case_id: act.caseId ?? null,
    subject,
    kind,
    reason,
    comment,
    detail: act.detail ?? null,
    payment_version: BigInt(act.version),
    ends_proposal: act.endsProposal ?? null,
    recorded_at: act.at.toISOString(),
  };
}

export function actFrom(row: Told<ActRow & { readonly ended_by: string | null }>): RecordedAct {
  const { case_id: caseId, detail, ends_proposal: endsProposal } = row;
  return {
    id: row.id,
    paymentId: row.payment_id,
    ...(caseId !== null && { caseId }),
    subject: row.subject,
    kind: row.kind as ActKind,
    reason: row.reason,
    comment: row.comment,
    ...(detail !== null && { detail }),
    version: Number(row.payment_version),
    ...(endsProposal !== null && { endsProposal }),
    at: new Date(row.recorded_at),
    ended: row.ended_by !== null,
  };
}

export interface WebhookRow {
  readonly id: string;
  readonly gateway: string;
  readonly event_id: string;
  readonly text: string;
  readonly received_at: string;
}

export function webhookRow({ id, gateway, eventId, text, receivedAt }: ReceivedWebhook): WebhookRow {
  return { id, gateway, event_id: eventId, text: text, received_at: receivedAt.toISOString() };
}

export interface WebhookView extends WebhookRow {
  readonly state: string;
  readonly tries: bigint;
}

export function webhookFrom(row: Told<WebhookView>): RecordedWebhook {
  return {
    id: row.id,
    gateway: row.gateway,
    eventId: row.event_id,
    text: row.text,
    receivedAt: new Date(row.received_at),
    state: row.state as WebhookState,
    tries: Number(row.tries),
  };
}

/** Neither a role nor a digest holds a space. */
export interface OperatorRow {
  readonly id: string;
  readonly roles: string;
  readonly token_digests: string;
  readonly created_at: string;
  readonly disabled_at: string | null;
}

export function operatorRow({ id, roles, tokenDigests, createdAt, disabledAt }: Operator): OperatorRow {
  return {
    id,
    roles: roles.join(' '),
    token_digests: tokenDigests.join(' '),
    created_at: createdAt.toISOString(),
    disabled_at: disabledAt?.toISOString() ?? null,
  };
}

export function operatorFrom(row: OperatorRow): Operator {
  return {
    id: row.id,
    roles: words(row.roles) as OperatorRole[],
    tokenDigests: words(row.token_digests),
    createdAt: new Date(row.created_at),
    ...(row.disabled_at !== null && { disabledAt: new Date(row.disabled_at) }),
  };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
