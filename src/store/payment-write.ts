import type { Payment } from '../payments/payment.ts';
import { attemptRow, paymentRow, versionRow } from './payment-rows.ts';
import type { PaymentWrite } from './writes.ts';

/** An attempt begins, or gets a new time to be sent in, with `submitted` only: that state is the intent to send. */
export function paymentWrite(payment: Payment, at: Date): PaymentWrite {
  const { id, state } = payment;
  return {
    payment: paymentRow(payment),
    version: versionRow(payment, at),
    ...(state.name === 'submitted' && { attempt: attemptRow(id, state.attempt) }),
  };
}
