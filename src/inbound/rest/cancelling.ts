import type { Payments } from '../../payments/payments.ts';
import { isRefusal, refusedAfterAsking, refusedUnasked } from '../../payments/refusals.ts';
import type { Endpoint } from './endpoint.ts';
import { isPaymentId, paymentNow, paymentNowSchema } from './payment-view.ts';

/**
 * `POST /v1/payments/{id}/cancel`: asks for one of the client's own payments not to be executed. Asking again is harmless. A
 * payment that is not final afterwards is still on its way: only its gateway's word ends it.
 */
export function cancelEndpoint(payments: Pick<Payments, 'cancel'>): Endpoint {
  return {
    method: 'POST',
    path: '/v1/payments/:id/cancel',
    operation: 'cancel',
    summary: 'Asks for a payment of your own not to be executed',
    request: { title: 'CancelRequest', type: 'object', additionalProperties: false, properties: {} },
    requestOptional: true,
    response: paymentNowSchema,
    answers: { 200: 'Where the payment stands after its gateway was asked.' },
    async respond({ client: { partner }, parameters: { id = '' }, context }) {
      if (partner === undefined) return { problem: 'CLIENT_WITHOUT_PARTNER' };
      if (!isPaymentId(id)) return refusedUnasked('PAYMENT_NOT_FOUND');
      const payment = await payments.cancel(partner, id, context);
      if (isRefusal(payment)) return payment;
      const ifInvalid = refusedAfterAsking('INTERNAL_ERROR', payment);
      return { document: paymentNow(payment), ifInvalid };
    },
  };
}
