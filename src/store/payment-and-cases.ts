import type { Payment } from '../payments/payment.ts';
import { paymentFrom, type CaseRow, type PaymentView } from './payment-rows.ts';
import type { Told } from './told.ts';

/** A payment's row beside one of its cases; a payment without a case has one such row, and one with several has several. */
export type PaymentAndCase = Told<PaymentView> & {
  readonly case_id: string | null;
  readonly case_kind: string;
  readonly case_evidence: string;
  readonly case_suspense_minor: bigint | string | null;
  readonly case_suspense_currency: string | null;
  readonly case_opened_at: string;
};

/** The columns of a case under names of their own, for a query that joins `payment_case`. */
export const caseColumns = {
  case_id: 'payment_case.id',
  case_kind: 'payment_case.kind',
  case_evidence: 'payment_case.evidence',
  case_suspense_minor: 'payment_case.suspense_minor',
  case_suspense_currency: 'payment_case.suspense_currency',
  case_opened_at: 'payment_case.opened_at',
} as const;

/** Folds the rows of each payment into one, in the order in which they came. */
export function paymentsFrom(rows: readonly PaymentAndCase[]): Payment[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((ofOne) => {
    const [first] = ofOne;
    return first === undefined ? [] : [paymentFrom(first, ofOne.flatMap(caseOf))];
  });
}

function caseOf(row: PaymentAndCase): Told<CaseRow>[] {
  if (row.case_id === null) return [];
  return [
    {
      id: row.case_id,
      payment_id: row.id,
      kind: row.case_kind,
      evidence: row.case_evidence,
      suspense_minor: row.case_suspense_minor,
      suspense_currency: row.case_suspense_currency,
      opened_at: row.case_opened_at,
    },
  ];
}
