import type { Payments } from '../../payments/payments.ts';
import { isRefusal, refusedUnasked } from '../../payments/refusals.ts';
import type { RefundRequest } from '../../payments/returns/refund.ts';
import type { Endpoint } from './endpoint.ts';
import { initiatedAnswers, initiatedReply } from './instructing.ts';
import { isPaymentId, paymentNowSchema } from './payment-view.ts';
import { amountSchema, endToEndIdSchema, lineSchema, referenceSchema } from './schemas.ts';

interface Refunding {
  readonly payments: Pick<Payments, 'refund'>;
  readonly pendingRetryAfterSeconds: number;
}

/**
 * `POST /v1/payments/{id}/refunds`: gives one of the client's own settled deposits back, whole or in part. The refund is a payment of
 * its own under its own reference, which is the idempotency key; it is answered like any payment.
 */
export function refundEndpoint({ payments, pendingRetryAfterSeconds }: Refunding): Endpoint {
  return {
    method: 'POST',
    path: '/v1/payments/:id/refunds',
    operation: 'refund',
    summary: 'Gives a settled deposit of your own back, whole or in part',
    request: requestSchema,
    response: paymentNowSchema,
    answers: initiatedAnswers,
    async respond({ client: { partner }, parameters: { id = '' }, body, idempotencyKey, context }) {
      if (partner === undefined) return { problem: 'CLIENT_WITHOUT_PARTNER' };
      // As the schema has accepted it.
      const request = body as RefundRequest;
      if (idempotencyKey !== undefined && idempotencyKey !== request.partnerReference) {
        return { problem: 'IDEMPOTENCY_KEY_OTHER' };
      }
      if (!isPaymentId(id)) return refusedUnasked('PAYMENT_NOT_FOUND');
      const refunded = await payments.refund(partner, id, request, context);
      return isRefusal(refunded) ? refunded : initiatedReply(refunded, pendingRetryAfterSeconds);
    },
  };
}

const requestSchema = {
  title: 'RefundRequest',
  type: 'object',
  additionalProperties: false,
  required: ['partnerReference', 'amount'],
  properties: {
    partnerReference: {
      ...referenceSchema,
      description:
        'The identity of the refund and your idempotency key: yours over all operations, for ever.',
    },
    amount: { ...amountSchema, description: 'In the currency of the deposit, at most what is left of it.' },
    endToEndId: endToEndIdSchema,
    remittanceInformation: lineSchema(140),
  },
} as const;
