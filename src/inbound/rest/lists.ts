import type { EntryFilter, LedgerStore, PaymentFilter, RecordedEntry } from '../../payments/ledger-store.ts';
import type { StateName } from '../../payments/payment.ts';
import { isRefusal, type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import { stateTable } from '../../payments/states.ts';
import type { Client } from './clients.ts';
import { type Endpoint, invalid } from './endpoint.ts';
import { readInstant } from '../instants.ts';
import { pageSchema, pagesOf } from './paging.ts';
import { amountView, paymentNow, paymentNowSchema } from './payment-view.ts';
import type { Query } from './query.ts';
import {
  brandSchema,
  dateSchema,
  instantSchema,
  moneySchema,
  playerSchema,
  uuidSchema,
  zonedInstantSchema,
} from './schemas.ts';

const statuses = [...new Set(Object.values(stateTable).map(({ status }) => status))].join('|');
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,34}$' } as const;

const payments = pagesOf({
  name: 'payments',
  filters: {
    status: {
      type: 'string',
      pattern: `^(${statuses})(,(${statuses})){0,9}$`,
      description: 'One or more, with commas between them.',
    },
    partner: { ...name, description: 'Who may not read sees his own, and may name no other.' },
    brand: brandSchema,
    playerId: playerSchema,
    gateway: name,
    from: {
      ...zonedInstantSchema,
      description: 'Accepted at this instant or later. Write + as %2B, or use Z.',
    },
    to: { ...zonedInstantSchema, description: 'Accepted before this instant.' },
    order: { enum: ['oldest', 'newest'], description: 'Which come first; oldest where nothing is said.' },
  },
  together: { brand: ['playerId'], playerId: ['brand'] },
  after: new RegExp(uuidSchema.pattern),
});

/** `GET /v1/payments`: page by page, as the ledger has them. Asks no gateway. */
export function paymentsEndpoint(ledger: Pick<LedgerStore, 'payments'>): Endpoint {
  return {
    method: 'GET',
    path: '/v1/payments',
    operation: 'payments',
    summary: 'Payments by time, page by page',
    query: payments.query,
    response: pageSchema('PaymentPage', 'payments', paymentNowSchema),
    async respond({ client, query }) {
      const page = payments.read(query);
      if (isRefusal(page)) return page;
      const filter = paymentFilterFrom(page.filter, client);
      if (isRefusal(filter)) return filter;
      const { after, limit } = page;
      const found = await ledger.payments(filter, {
        ...(after !== undefined && { after }),
        limit: limit + 1,
      });
      return payments.reply(page, found, paymentNow);
    },
  };
}

function paymentFilterFrom(query: Query, { operations, partner }: Client): PaymentFilter | Refusal {
  const { status, brand, playerId, gateway, order } = query;
  const own = operations.includes('status') ? partner?.id : undefined;
  const mayRead = operations.includes('read');
  if (!mayRead && (own === undefined || (query['partner'] ?? own) !== own)) {
    return refusedUnasked('OPERATION_FORBIDDEN');
  }
  const partnerId = mayRead ? query['partner'] : own;
  const [from, to] = [instantIn(query, 'from'), instantIn(query, 'to')];
  if (isViolation(from) || isViolation(to)) return invalid([from, to].filter(isViolation));
  return {
    ...(status !== undefined && { states: statesOf(status.split(',')) }),
    ...(partnerId !== undefined && { partnerId }),
    ...(brand !== undefined && playerId !== undefined && { player: { brand, playerId } }),
    ...(gateway !== undefined && { gateway }),
    ...(from && { acceptedFrom: from }),
    ...(to && { acceptedBefore: to }),
    ...(order === 'newest' && { newestFirst: true }),
  };
}

function statesOf(wanted: readonly string[]): readonly StateName[] {
  return (Object.keys(stateTable) as StateName[]).filter((state) =>
    wanted.includes(stateTable[state].status),
  );
}

interface QueryViolation {
  readonly path: string;
  readonly rule: string;
}

function instantIn(query: Query, parameter: string): Date | QueryViolation | undefined {
  const text = query[parameter];
  return text === undefined
    ? undefined
    : (readInstant(text) ?? { path: `/query/${parameter}`, rule: 'type' });
}

function isViolation(value: Date | QueryViolation | undefined): value is QueryViolation {
  return value !== undefined && 'rule' in value;
}

const text = { type: 'string', minLength: 1, maxLength: 160 } as const;

const entrySchema = {
  title: 'Entry',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'groupId', 'debit', 'credit', 'amount', 'brand', 'reason', 'recordedAt', 'effectiveAt'],
  properties: {
    id: { type: 'string', pattern: '^[1-9][0-9]{0,18}$', description: 'Its place in the ledger, from 1.' },
    paymentId: uuidSchema,
    groupId: { ...text, description: 'Entries of one event share it.' },
    debit: text,
    credit: text,
    amount: moneySchema,
    brand: brandSchema,
    reason: text,
    recordedAt: instantSchema,
    effectiveAt: { ...instantSchema, description: 'When the money moved, by the word of who moved it.' },
    accountingDate: { ...dateSchema, description: "The day of the brand's books." },
  },
} as const;

const entries = pagesOf({
  name: 'entries',
  filters: {
    paymentId: uuidSchema,
    account: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,160}$', description: 'On either side.' },
  },
  after: new RegExp(entrySchema.properties.id.pattern),
});

/** `GET /v1/entries`: what is in the ledger, page by page. */
export function entriesEndpoint(ledger: Pick<LedgerStore, 'entries'>): Endpoint {
  return {
    method: 'GET',
    path: '/v1/entries',
    operation: 'entries',
    summary: 'Entries of the ledger in their order, page by page',
    query: entries.query,
    response: pageSchema('EntryPage', 'entries', entrySchema),
    async respond({ client: { operations }, query }) {
      if (!operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const page = entries.read(query);
      if (isRefusal(page)) return page;
      const { after, limit } = page;
      const filter: EntryFilter = page.filter;
      const found = await ledger.entries(filter, { ...(after !== undefined && { after }), limit: limit + 1 });
      return entries.reply(page, found, entryView);
    },
  };
}

function entryView({
  id,
  paymentId,
  groupId,
  debit,
  credit,
  amount,
  brand,
  reason,
  ...times
}: RecordedEntry) {
  return {
    id,
    paymentId,
    groupId,
    debit,
    credit,
    amount: amountView(amount),
    brand,
    reason,
    recordedAt: times.recordedAt.toISOString(),
    effectiveAt: times.effectiveAt.toISOString(),
    accountingDate: times.accountingDate,
  };
}
