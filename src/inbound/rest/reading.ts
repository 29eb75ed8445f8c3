import { playerAccount } from '../../ledger/accounts.ts';
import { availableMinor } from '../../ledger/holds.ts';
import { formatAmount } from '../../ledger/money.ts';
import type { LedgerStore } from '../../payments/ledger-store.ts';
import { refusedUnasked } from '../../payments/refusals.ts';
import type { Endpoint } from './endpoint.ts';
import { paymentView, paymentViewSchema } from './payment-view.ts';
import { brandSchema, playerSchema, sumSchema } from './schemas.ts';

type Ledger = Pick<LedgerStore, 'paymentById' | 'historyOf' | 'playerBalances'>;

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const brand = new RegExp(brandSchema.pattern);
const player = new RegExp(playerSchema.pattern);

/** `GET /v1/payments/{id}`: what the ledger says of a payment, whichever partner's it is. Asks no gateway. */
export function paymentEndpoint(ledger: Ledger, historyMax: number): Endpoint {
  return {
    method: 'GET',
    path: '/v1/payments/:id',
    operation: 'payment',
    response: paymentViewSchema,
    async respond({ parameters: { id = '' } }) {
      const payment = uuid.test(id) ? await ledger.paymentById(id) : undefined;
      if (payment === undefined) return refusedUnasked('PAYMENT_NOT_FOUND');
      const history = await ledger.historyOf(payment.id, historyMax);
      const told = history.filter(({ version }) => version <= payment.version);
      return { document: paymentView(payment, told) };
    },
  };
}

/** `GET /v1/players/{brand}/{id}/balances`: what a player has at the cage. Who never had anything has no balances. */
export function balancesEndpoint(ledger: Ledger): Endpoint {
  return {
    method: 'GET',
    path: '/v1/players/:brand/:id/balances',
    operation: 'balances',
    response: balancesSchema,
    async respond({ parameters }) {
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
