import { type AmountRefusal, readAmount } from '../../ledger/money.ts';
import type { Payments, TransferOrder } from '../../payments/payments.ts';
import { isRefusal, type RefusalCode, refusedUnasked } from '../../payments/refusals.ts';
import type { Client } from './clients.ts';
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
    summary: "Moves money between a player's cage account and the tables",
    request: {
      title: 'TransferRequest',
      type: 'object',
      additionalProperties: false,
      required: Object.keys(members),
      properties: members,
    },
    response: {
      title: 'Transfer',
      type: 'object',
      additionalProperties: false,
      required: [...Object.keys(members), 'at'],
      properties: { ...members, at: instantSchema },
    },
    async respond({ client, body, idempotencyKey, context }) {
      const request = body as TransferRequest;
      if (idempotencyKey !== undefined && idempotencyKey !== request.transferId) {
        return { problem: 'IDEMPOTENCY_KEY_OTHER' };
      }
      const forbidden = forbiddenFor(client, request);
      if (forbidden !== undefined) return refusedUnasked(forbidden);
      const amount = readAmount(request.amount.value, request.amount.currency);
      if (typeof amount === 'string') return refusedUnasked(amountRefusals[amount]);
      const { transferId, brand, playerId } = request;
      const direction = directions[request.direction];
      const partnerId = client.partner?.id;
      const order = {
        ...(partnerId !== undefined && { partnerId }),
        transferId,
        brand,
        playerId,
        direction,
        amount,
      };
      const receipt = await payments.transfer(order, context);
      if (isRefusal(receipt)) return receipt;
      return {
        document: { ...request, amount: amountView(amount), at: receipt.at.toISOString() },
        ifInvalid: { refused: 'INTERNAL_ERROR', outcome: 'EXECUTED' },
        headers: receipt.replayed ? { 'Idempotency-Replayed': 'true' } : {},
      };
    },
  };
}

/** Whose bearer stands for no partner moves money of every brand. */
function forbiddenFor(
  { operations, partner }: Client,
  { brand, amount }: TransferRequest,
): RefusalCode | undefined {
  if (!operations.includes('transfer')) return 'OPERATION_FORBIDDEN';
  if (partner === undefined) return undefined;
  if (!partner.brands.includes(brand)) return 'BRAND_FORBIDDEN';
  return partner.currencies.includes(amount.currency) ? undefined : 'CURRENCY_FORBIDDEN';
}
