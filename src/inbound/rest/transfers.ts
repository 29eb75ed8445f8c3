import { type AmountRefusal, readAmount } from '../../ledger/money.ts';
import type { Payments, TransferOrder } from '../../payments/payments.ts';
import { isRefusal, type RefusalCode, refusedUnasked } from '../../payments/refusals.ts';
import type { Endpoint } from './endpoint.ts';
import { amountView } from './payment-view.ts';
import { amountSchema, brandSchema, instantSchema, playerSchema } from './schemas.ts';

interface TransferRequest {
  readonly transferId: string;
  readonly brand: string;
  readonly playerId: string;
  readonly direction: keyof typeof directions;
  readonly amount: { readonly value: string; readonly currency: string };
}

const directions = { TO_PLAY: 'toPlay', FROM_PLAY: 'fromPlay' } as const satisfies Record<
  string,
  TransferOrder['direction']
>;

const amountRefusals: Readonly<Record<AmountRefusal, RefusalCode>> = {
  unknownCurrency: 'CURRENCY_FORBIDDEN',
  notAnAmount: 'REQUEST_INVALID',
  tooManyDecimals: 'AMOUNT_TOO_MANY_DECIMALS',
};

const members = {
  transferId: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
  brand: brandSchema,
  playerId: playerSchema,
  direction: { enum: Object.keys(directions) },
  amount: amountSchema,
} as const;

/**
 * `POST /v1/transfers`: between a player's cage account and the tables. The transfer id is the idempotency key: the same order
 * again is answered with the same bytes and `Idempotency-Replayed: true`, and moves nothing.
 */
export function transferEndpoint(payments: Pick<Payments, 'transfer'>): Endpoint {
  return {
    method: 'POST',
    path: '/v1/transfers',
    operation: 'transfer',
    request: {
      type: 'object',
      additionalProperties: false,
      required: Object.keys(members),
      properties: members,
    },
    response: {
      type: 'object',
      additionalProperties: false,
      required: [...Object.keys(members), 'at'],
      properties: { ...members, at: instantSchema },
    },
    async respond({ body, correlationId }) {
      const request = body as TransferRequest;
      const amount = readAmount(request.amount.value, request.amount.currency);
      if (typeof amount === 'string') return refusedUnasked(amountRefusals[amount]);
      const { transferId, brand, playerId } = request;
      const direction = directions[request.direction];
      const order = { transferId, brand, playerId, direction, amount };
      const receipt = await payments.transfer(order, { correlationId });
      if (isRefusal(receipt)) return receipt;
      return {
        document: { ...request, amount: amountView(amount), at: receipt.at.toISOString() },
        headers: receipt.replayed ? { 'Idempotency-Replayed': 'true' } : {},
      };
    },
  };
}
