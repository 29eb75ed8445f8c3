import { playerAccount } from '../../ledger/accounts.ts';
import { availableMinor } from '../../ledger/holds.ts';
import { formatAmount } from '../../ledger/money.ts';
import type { LedgerStore } from '../../payments/ledger-store.ts';
import type { HistoryEntry, Payment } from '../../payments/payment.ts';
import type { Payments } from '../../payments/payments.ts';
import { isRefusal, refusedAfterAsking, refusedUnasked } from '../../payments/refusals.ts';
import type { Endpoint, Reply } from './endpoint.ts';
import { isPaymentId, paymentView, paymentViewSchema } from './payment-view.ts';
import { brandSchema, playerSchema, sumSchema } from './schemas.ts';

const brand = new RegExp(brandSchema.pattern);
const player = new RegExp(playerSchema.pattern);

interface PaymentReading {
  readonly ledger: Pick<LedgerStore, 'paymentById' | 'historyOf'>;
  readonly payments: Pick<Payments, 'status'>;
  readonly historyMax: number;
}

/**
 * `GET /v1/payments/{id}`: where a payment stands. One of the client's own is asked about first while it is not final, as
 * SOAP's Status does; somebody else's is told from the ledger, to those who may read, and looks like no payment to all others.
 */
export function paymentEndpoint({ ledger, payments, historyMax }: PaymentReading): Endpoint {
  return {
    method: 'GET',
    path: '/v1/payments/:id',
    lane: 'status',
    operation: 'payment',
    summary: 'Where a payment stands, with its history',
    response: paymentViewSchema,
    async respond({ client: { partner, operations }, parameters: { id = '' }, context }) {
      const mayRead = operations.includes('read');
      const asker = operations.includes('status') ? partner : undefined;
      if (!mayRead && asker === undefined) return refusedUnasked('OPERATION_FORBIDDEN');
      if (!isPaymentId(id)) return refusedUnasked('PAYMENT_NOT_FOUND');
      if (asker !== undefined) {
        const own = await payments.status(asker, { paymentId: id }, context);
        if (!isRefusal(own)) return replyFor(own.payment, own.history);
        if (own.refused !== 'PAYMENT_NOT_FOUND' || !mayRead) return own;
      }
      const payment = await ledger.paymentById(id);
      if (payment === undefined) return refusedUnasked('PAYMENT_NOT_FOUND');
      const history = await ledger.historyOf(payment.id, historyMax);
      const told = history.filter(({ version }) => version <= payment.version);
      return replyFor(payment, told);
    },
  };
}

function replyFor(payment: Payment, history: readonly HistoryEntry[]): Reply {
  const ifInvalid = refusedAfterAsking('INTERNAL_ERROR', payment);
  return { document: paymentView(payment, history), ifInvalid };
}

/** `GET /v1/players/{brand}/{id}/balances`: what a player has at the cage. Who never had anything has no balances. */
export function balancesEndpoint(ledger: Pick<LedgerStore, 'playerBalances'>): Endpoint {
  return {
    method: 'GET',
    path: '/v1/players/:brand/:id/balances',
    operation: 'balances',
    summary: 'What a player has at the cage',
    response: balancesSchema,
    async respond({ client, parameters }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const { brand: brandName = '', id: playerId = '' } = parameters;
      if (!brand.test(brandName) || !player.test(playerId)) return refusedUnasked('REQUEST_INVALID');
      const balances = await ledger.playerBalances(playerAccount(brandName, playerId));
      return {
        document: {
          brand: brandName,
          playerId,
          balances: balances.map((balance) => ({
            currency: balance.currency,
            posted: sumText(balance.postedMinor, balance.currency),
            held: sumText(balance.heldMinor, balance.currency),
            available: sumText(availableMinor(balance), balance.currency),
          })),
        },
      };
    },
  };
}

function sumText(minor: bigint, currency: string): string {
  return formatAmount({ minor, currency });
}

const balancesSchema = {
  title: 'Balances',
  type: 'object',
  additionalProperties: false,
  required: ['brand', 'playerId', 'balances'],
  properties: {
    brand: brandSchema,
    playerId: playerSchema,
    balances: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['currency', 'posted', 'held', 'available'],
        properties: {
          currency: { type: 'string', pattern: '^[A-Z]{3}$' },
          posted: sumSchema,
          held: sumSchema,
          available: sumSchema,
        },
      },
    },
  },
} as const;
