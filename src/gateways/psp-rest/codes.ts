import type { ReturnWord } from '../../payments/gateways.ts';
import type { CodeTable } from '../codes.ts';

/** Codes of the answer to a question: where the payment stands. */
export const statusCodes: CodeTable = {
  PENDING: { meaning: 'pending', reasons: 'any' },
  REQUIRES_ACTION: { meaning: 'pending', reasons: 'any' },
  SETTLED: { meaning: 'settled', reasons: 'none' },
  DECLINED: { meaning: 'declined', reasons: 'known' },
  CANCELLED: { meaning: 'cancelled', reasons: 'known' },
  EXPIRED: { meaning: 'expired', reasons: 'known' },
};

/** Codes of the answer to an instruction, which may also not be taken on. */
export const submitCodes: CodeTable = {
  ...statusCodes,
  REJECTED: { meaning: 'declined', reasons: 'known' },
};

/** Codes of the answer to a cancellation: what could not be cancelled any more is told as it is. */
export const cancelCodes: CodeTable = { ...statusCodes };

/** Codes of the answer to a refund. Nobody has to act for one, so that REQUIRES_ACTION has no meaning here. */
export const refundCodes: CodeTable = {
  PENDING: { meaning: 'pending', reasons: 'any' },
  SETTLED: { meaning: 'settled', reasons: 'none' },
  DECLINED: { meaning: 'declined', reasons: 'known' },
  CANCELLED: { meaning: 'cancelled', reasons: 'known' },
  EXPIRED: { meaning: 'expired', reasons: 'known' },
  REJECTED: { meaning: 'declined', reasons: 'known' },
};

/** Codes of a webhook: its type and the status of its payment. Two that contradict one another have no row. */
export const webhookCodes: CodeTable = {
  'payment.settled/SETTLED': { meaning: 'settled', reasons: 'none' },
  'payment.declined/DECLINED': { meaning: 'declined', reasons: 'known' },
  'payment.cancelled/CANCELLED': { meaning: 'cancelled', reasons: 'known' },
  'payment.expired/EXPIRED': { meaning: 'expired', reasons: 'known' },
};

/** Types of webhooks that are about a payment; openapi/psp-v1.json names the same. */
export const paymentEvents: ReadonlySet<string> = new Set(
  Object.keys(webhookCodes).map((code) => code.replace(/\/.*$/, '')),
);

/** Types of webhooks that are about money that came back, and what each is to us. */
export const returnEvents: ReadonlyMap<string, ReturnWord['kind']> = new Map([
  ['payment.returned', 'return'],
  ['payment.charged_back', 'chargeback'],
  ['payment.chargeback_reversed', 'chargebackReversal'],
]);
