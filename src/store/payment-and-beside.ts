import type { Payment } from '../payments/payment.ts';
import { returnFrom } from './outcome-rows.ts';
import { caseFrom, paymentFrom, type PaymentView } from './payment-rows.ts';
import type { Told } from './told.ts';

/**
 * What hangs on a payment beside its state, an open case or a return, as one shape: a payment has one row with each of
 * them, and never a row for each pair.
 */
export interface BesideRow {
  readonly beside_id: string;
  readonly beside_kind: 'case' | 'return';
  /** The kind of the case or of the return. */
  readonly beside_word: string;
  readonly beside_minor: bigint | null;
  readonly beside_currency: string | null;
  readonly beside_at: string;
  /** A case's evidence, a return's further reason. */
  readonly beside_text: string | null;
  readonly beside_gateway: string | null;
  readonly beside_reference: string | null;
  readonly beside_reason: string | null;
  readonly beside_receivable: bigint | null;
}

/** A payment's row beside one of them; a payment without any has one such row. */
export type PaymentAndBeside = Told<PaymentView> & {
  readonly [Column in keyof Told<BesideRow>]: Told<BesideRow>[Column] | null;
};

/** Open cases and returns, on every engine alike; oldest first where it is ordered by `beside_at, beside_id`. */
export const besideRows = besides('1 = 1', '1 = 1');

/** The same of the payments of a page, which is asked for in the halves: SQLite would make the whole of it otherwise. */
export const besidePage = besides(
  'c.payment_id in (select page.id from page)',
  'r.payment_id in (select page.id from page)',
);

function besides(ofCase: string, ofReturn: string): string {
  return `
select c.payment_id as beside_payment_id, c.id as beside_id, 'case' as beside_kind, c.kind as beside_word,
  c.suspense_minor as beside_minor, c.suspense_currency as beside_currency, c.opened_at as beside_at,
  c.evidence as beside_text, null as beside_gateway, null as beside_reference, null as beside_reason,
  null as beside_receivable
from payment_case as c
where not exists (select 1 from case_end as e where e.case_id = c.id) and ${ofCase}
union all
select r.payment_id, r.id, 'return', r.kind, r.amount_minor, r.currency, r.returned_at, r.reason_information,
  r.gateway, r.reference, r.reason_code, r.receivable_minor
from payment_return as r
where ${ofReturn}`;
}

export const besideColumns = [
  'beside_id',
  'beside_kind',
  'beside_word',
  'beside_minor',
  'beside_currency',
  'beside_at',
  'beside_text',
  'beside_gateway',
  'beside_reference',
  'beside_reason',
  'beside_receivable',
] as const;

/** Folds the rows of each payment into one, in the order in which they came. */
export function paymentsFrom(rows: readonly PaymentAndBeside[]): Payment[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((ofOne) => {
    const [first] = ofOne;
    return first === undefined ? [] : [paymentWith(first, ofOne.filter(isThere))];
  });
}

export function paymentWith(row: Told<PaymentView>, beside: readonly Told<BesideRow>[]): Payment {
  return paymentFrom(row, {
    openCases: beside.filter(({ beside_kind }) => beside_kind === 'case').map((one) => caseOf(row.id, one)),
    returns: beside.filter(({ beside_kind }) => beside_kind === 'return').map((one) => returnOf(row.id, one)),
  });
}

function isThere(row: PaymentAndBeside): row is PaymentAndBeside & Told<BesideRow> {
  return row.beside_id !== null;
}

function caseOf(paymentId: string, row: Told<BesideRow>): Payment['openCases'][number] {
  return caseFrom({
    id: row.beside_id,
    payment_id: paymentId,
    kind: row.beside_word,
    evidence: row.beside_text ?? '',
    suspense_minor: row.beside_minor,
    suspense_currency: row.beside_currency,
    opened_at: row.beside_at,
  });
}

function returnOf(paymentId: string, row: Told<BesideRow>): Payment['returns'][number] {
  return returnFrom({
    id: row.beside_id,
    payment_id: paymentId,
    kind: row.beside_word,
    gateway: row.beside_gateway ?? '',
    reference: row.beside_reference,
    amount_minor: row.beside_minor ?? 0n,
    currency: row.beside_currency ?? '',
    reason_code: row.beside_reason ?? '',
    reason_information: row.beside_text,
    receivable_minor: row.beside_receivable ?? 0n,
    returned_at: row.beside_at,
  });
}
