import type {
  Attempt,
  Case,
  Direction,
  HistoryEntry,
  Instruction,
  Payment,
  PaymentState,
  StateName,
} from '../payments/payment.ts';
import { statusReason } from '../payments/states.ts';
import { decode, encode } from './json.ts';
import { checkFrom, type CheckView } from './outcome-rows.ts';
import type { Told } from './told.ts';

/**
 * Payments, their attempts, cases and history as rows of the schema, column by column, and back. Instants are RFC 3339
 * text in UTC, numbers are bigint, what is absent is null.
 */

export interface PaymentRow {
  readonly id: string;
  readonly partner_id: string;
  readonly partner_reference: string;
  readonly direction: Direction;
  readonly brand: string;
  readonly player_id: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly method: string;
  readonly instruction: string;
  readonly fingerprint: string;
  readonly accepted_at: string;
  readonly version: bigint;
  readonly state: StateName;
  readonly attempt_ordinal: bigint | null;
  readonly state_detail: string;
}

export interface AttemptRow {
  readonly payment_id: string;
  readonly ordinal: bigint;
  readonly gateway: string;
  readonly instr_id: string;
  readonly intended_at: string;
  readonly send_before: string;
  readonly answer_before: string;
}

/** A payment's row with the attempt that its state stands on, and its next check. */
export type PaymentView = PaymentRow &
  CheckView & {
    readonly [Column in keyof Omit<AttemptRow, 'payment_id'>]: AttemptRow[Column] | null;
  };

/** The columns of a view that are not the payment's own. */
export const viewColumns = [
  'attempt.ordinal',
  'attempt.gateway',
  'attempt.instr_id',
  'attempt.intended_at',
  'attempt.send_before',
  'attempt.answer_before',
  'payment_check.due_at',
  'payment_check.made',
  'payment_check.not_found',
  'payment_check.not_found_at',
] as const;

export interface CaseRow {
  readonly id: string;
  readonly payment_id: string;
  readonly kind: string;
  readonly evidence: string;
  readonly suspense_minor: bigint | null;
  readonly suspense_currency: string | null;
  readonly opened_at: string;
}

export interface VersionRow {
  readonly payment_id: string;
  readonly version: bigint;
  readonly state: StateName;
  readonly reason_code: string | null;
  readonly reason_information: string | null;
  readonly recorded_at: string;
}

export function paymentRow(payment: Payment): PaymentRow {
  const { direction, partnerId, partnerReference, brand, playerId, amount, method, ...rest } =
    payment.instruction;
  const { name, attempt, ...detail } = { attempt: undefined, ...payment.state };
  return {
    id: payment.id,
    partner_id: partnerId,
    partner_reference: partnerReference,
    direction,
    brand,
    player_id: playerId,
    amount_minor: amount.minor,
    currency: amount.currency,
    method,
    instruction: encode(rest),
    fingerprint: payment.fingerprint,
    accepted_at: payment.acceptedAt.toISOString(),
    version: BigInt(payment.version),
    state: name,
    attempt_ordinal: attempt === undefined ? null : BigInt(attempt.ordinal),
    state_detail: encode(detail),
  };
}

export function paymentFrom(row: Told<PaymentView>, beside: Pick<Payment, 'openCases' | 'returns'>): Payment {
  const attempt = attemptFrom(row);
  const check = checkFrom(row);
  const instruction = {
    ...decode(row.instruction),
    direction: row.direction,
    partnerId: row.partner_id,
    partnerReference: row.partner_reference,
    brand: row.brand,
    playerId: row.player_id,
    amount: { minor: BigInt(row.amount_minor), currency: row.currency },
    method: row.method,
  };
  const state = { ...decode(row.state_detail), name: row.state, ...(attempt && { attempt }) };
  return {
    id: row.id,
    // Both were taken apart by `paymentRow`, which knows their types.
    instruction: instruction as Instruction,
    fingerprint: row.fingerprint,
    acceptedAt: new Date(row.accepted_at),
    version: Number(row.version),
    state: state as PaymentState,
    ...beside,
    ...(check && { check }),
  };
}

export function attemptRow(paymentId: string, attempt: Attempt): AttemptRow {
  return {
    payment_id: paymentId,
    ordinal: BigInt(attempt.ordinal),
    gateway: attempt.gateway,
    instr_id: attempt.instrId,
    intended_at: attempt.intendedAt.toISOString(),
    send_before: attempt.sendBefore.toISOString(),
    answer_before: attempt.answerBefore.toISOString(),
  };
}

function attemptFrom(row: Told<PaymentView>): Attempt | undefined {
  const { ordinal, gateway, instr_id, intended_at, send_before, answer_before } = row;
  if (
    ordinal === null ||
    gateway === null ||
    instr_id === null ||
    intended_at === null ||
    send_before === null ||
    answer_before === null
  ) {
    return undefined;
  }
  return attemptOf({ ordinal, gateway, instr_id, intended_at, send_before, answer_before });
}

export function attemptOf(row: Told<Omit<AttemptRow, 'payment_id'>>): Attempt {
  return {
    ordinal: Number(row.ordinal),
    gateway: row.gateway,
    instrId: row.instr_id,
    intendedAt: new Date(row.intended_at),
    sendBefore: new Date(row.send_before),
    answerBefore: new Date(row.answer_before),
  };
}

/** The line of history that a payment's version is told by, from the instant on that brought it about. */
export function versionRow({ id, version, state }: Payment, at: Date): VersionRow {
  const reason = statusReason(state);
  return {
    payment_id: id,
    version: BigInt(version),
    state: state.name,
    reason_code: reason?.code ?? null,
    reason_information: reason?.information ?? null,
    recorded_at: at.toISOString(),
  };
}

export function historyFrom(row: Told<VersionRow>): HistoryEntry {
  const { reason_code, reason_information } = row;
  const information = reason_information === null ? {} : { information: reason_information };
  return {
    version: Number(row.version),
    state: row.state,
    ...(reason_code !== null && { reason: { code: reason_code, ...information } }),
    at: new Date(row.recorded_at),
  };
}

export function caseRow(opened: Case): CaseRow {
  return {
    id: opened.id,
    payment_id: opened.paymentId,
    kind: opened.kind,
    evidence: opened.evidence,
    suspense_minor: opened.suspense?.minor ?? null,
    suspense_currency: opened.suspense?.currency ?? null,
    opened_at: opened.openedAt.toISOString(),
  };
}

export function caseFrom(row: Told<CaseRow>): Case {
  const { suspense_minor: minor, suspense_currency: currency } = row;
  return {
    id: row.id,
    paymentId: row.payment_id,
    kind: row.kind as Case['kind'],
    evidence: row.evidence,
    ...(minor !== null && currency !== null && { suspense: { minor: BigInt(minor), currency } }),
    openedAt: new Date(row.opened_at),
  };
}
