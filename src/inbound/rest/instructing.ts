import type { Direction } from '../../payments/payment.ts';
import type { Initiated } from '../../payments/initiate.ts';
import type { Payments } from '../../payments/payments.ts';
import { isRefusal, refusedAfterAsking } from '../../payments/refusals.ts';
import { isFinal } from '../../payments/states.ts';
import { type Endpoint, invalid, type Reply } from './endpoint.ts';
import { paymentNow, paymentNowSchema } from './payment-view.ts';
import { paymentRequestSchemas, readPaymentRequest } from './read-payment-request.ts';

interface Instructed {
  readonly payments: Pick<Payments, 'initiate'>;
  readonly pendingRetryAfterSeconds: number;
}

/** `POST /v1/deposits` */
export function depositEndpoint(instructed: Instructed): Endpoint {
  const summary = 'Instructs us to collect through a gateway';
  return instructionEndpoint('CRDT', { path: '/v1/deposits', operation: 'deposit', summary }, instructed);
}

/** `POST /v1/withdrawals` */
export function withdrawalEndpoint(instructed: Instructed): Endpoint {
  const summary = 'Instructs us to pay out through a gateway';
  return instructionEndpoint(
    'DBIT',
    { path: '/v1/withdrawals', operation: 'withdrawal', summary },
    instructed,
  );
}

export const initiatedAnswers = {
  200: 'Taken on before under this reference, and final. The same bytes while the version is the same.',
  201: 'Taken on, and final: executed, or declined (RJCT).',
  202: 'Taken on, now or before, and not final: look again at its Location.',
} as const;

/** A payment that is declined is an answer like any other: an error means that the request was refused, or that we failed. */
function instructionEndpoint(
  direction: Direction,
  named: Required<Pick<Endpoint, 'path' | 'operation' | 'summary'>>,
  { payments, pendingRetryAfterSeconds }: Instructed,
): Endpoint {
  return {
    method: 'POST',
    ...named,
    request: paymentRequestSchemas[direction],
    response: paymentNowSchema,
    answers: initiatedAnswers,
    async respond({ client: { partner }, body, idempotencyKey, context }) {
      if (partner === undefined) return { problem: 'CLIENT_WITHOUT_PARTNER' };
      const request = readPaymentRequest(body, direction);
      if ('violations' in request) return invalid(request.violations);
      if (idempotencyKey !== undefined && idempotencyKey !== request.partnerReference) {
        return { problem: 'IDEMPOTENCY_KEY_OTHER' };
      }
      const initiated = await payments.initiate(partner, request, context);
      return isRefusal(initiated) ? initiated : initiatedReply(initiated, pendingRetryAfterSeconds);
    },
  };
}

/** What became of an instruction, and where to look again. */
export function initiatedReply({ payment, replayed }: Initiated, retryAfterSeconds: number): Reply {
  const final = isFinal(payment);
  return {
    status: final ? (replayed ? 200 : 201) : 202,
    headers: {
      Location: `/v1/payments/${payment.id}`,
      ...(replayed && { 'Idempotency-Replayed': 'true' }),
      ...(!final && { 'Retry-After': String(retryAfterSeconds) }),
    },
    document: paymentNow(payment),
    ifInvalid: refusedAfterAsking('INTERNAL_ERROR', payment),
  };
}
