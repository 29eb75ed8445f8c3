import { type AmountRefusal, readAmount } from '../../ledger/money.ts';
import type { ReturnWord } from '../../payments/gateways.ts';
import type { Payments } from '../../payments/payments.ts';
import {
  isRefusal,
  refusedAfterAsking,
  refusedUnasked,
  type Refusal,
  type RefusalCode,
} from '../../payments/refusals.ts';
import { readInstant } from '../instants.ts';
import { actingOf, actRequest, versionSchema } from './acting.ts';
import { type Endpoint, invalid } from './endpoint.ts';
import { isPaymentId, paymentNow, paymentNowSchema } from './payment-view.ts';
import { amountSchema, lineSchema, zonedInstantSchema } from './schemas.ts';

interface ReturnBody {
  readonly version: number;
  readonly kind: ReturnWord['kind'];
  readonly amount: { readonly value: string; readonly currency: string };
  readonly reasonCode: string;
  readonly reference?: string;
  readonly at?: string;
}

/**
 * `POST /v1/payments/{id}/returns`: an operator records what he saw come back elsewhere. It counts once with what the gateway
 * says of it, before or after: what is known already is answered 200 and writes nothing.
 */
export function tellReturnEndpoint(payments: Pick<Payments, 'tellReturn'>): Endpoint {
  return {
    method: 'POST',
    path: '/v1/payments/:id/returns',
    operation: 'tellReturn',
    summary: 'Records what a person saw come back of a payment',
    keyless: true,
    request: requestSchema,
    response: paymentNowSchema,
    answers: { 200: 'It was known already.', 201: 'Recorded; the payment with it.' },
    async respond({ client, parameters: { id = '' }, body, context }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      if (!isPaymentId(id)) return refusedUnasked('PAYMENT_NOT_FOUND');
      const word = readReturn(body as ReturnBody);
      if ('refused' in word) return word;
      const { version } = body as ReturnBody;
      const told = await payments.tellReturn(acting, { paymentId: id, version, word }, context);
      if (isRefusal(told)) return told;
      return {
        document: paymentNow(told.payment),
        status: told.known ? 200 : 201,
        ifInvalid: refusedAfterAsking('INTERNAL_ERROR', told.payment),
      };
    },
  };
}

const amountRefusals: Readonly<Record<AmountRefusal, RefusalCode>> = {
  unknownCurrency: 'CURRENCY_FORBIDDEN',
  notAnAmount: 'REQUEST_INVALID',
  tooManyDecimals: 'AMOUNT_TOO_MANY_DECIMALS',
};

function readReturn({
  kind,
  amount: said,
  reasonCode,
  reference,
  at: text,
}: ReturnBody): ReturnWord | Refusal {
  const amount = readAmount(said.value, said.currency);
  if (typeof amount === 'string') return refusedUnasked(amountRefusals[amount]);
  const at = text === undefined ? undefined : readInstant(text);
  if (text !== undefined && at === undefined) return invalid([{ path: '/at', rule: 'instant' }]);
  return {
    kind,
    amount,
    reason: { code: reasonCode },
    ...(reference !== undefined && { reference }),
    ...(at !== undefined && { at }),
  };
}

const optional = {
  reference: {
    ...lineSchema(64),
    description: 'Its name at the gateway: by it one return is told from another.',
  },
  at: { ...zonedInstantSchema, description: 'When it came back. Absent: now.' },
} as const;

const needed = actRequest('ReturnRequest', {
  version: versionSchema,
  kind: { enum: ['return', 'chargeback', 'chargebackReversal'] },
  amount: amountSchema,
  reasonCode: {
    type: 'string',
    pattern: '^[A-Z0-9]{1,4}$',
    description: 'ISO 20022, as the gateway says it.',
  },
});

const requestSchema = { ...needed, properties: { ...needed.properties, ...optional } };
