import type { Knex } from 'knex';
import type { Page, PaymentFilter } from '../payments/ledger-store.ts';
import type { Payment } from '../payments/payment.ts';
import type { Lists } from './engine.ts';
import { caseColumns, paymentsFrom, type PaymentAndCase } from './payment-and-cases.ts';

/**
 * A page of payments with their open cases. One statement, because that is one snapshot on every engine: a payment is
 * never told with a case of another version of it.
 */
export async function listPayments(
  { knex, rows }: Lists,
  filter: PaymentFilter,
  page: Page,
): Promise<readonly Payment[]> {
  const direction = filter.newestFirst === true ? 'desc' : 'asc';
  const payments = paymentPage(knex, filter, page).orderBy('payment.id', direction);
  const query = knex
    .select('page.*', caseColumns)
    .from(payments.as('page'))
    .leftJoin('payment_case', 'payment_case.payment_id', 'page.id')
    .orderBy([
      { column: 'page.id', order: direction },
      { column: 'payment_case.opened_at' },
      { column: 'payment_case.id' },
    ]);
  return paymentsFrom(await rows<PaymentAndCase>(query));
}

function paymentPage(knex: Knex, filter: PaymentFilter, { after, limit }: Page): Knex.QueryBuilder {
  const query = knex('payment')
    .leftJoin('attempt', function onAttempt() {
      this.on('attempt.payment_id', 'payment.id').andOn('attempt.ordinal', 'payment.attempt_ordinal');
    })
    .select('payment.*', ...attemptColumns)
    .limit(limit);
  if (after !== undefined) {
    void query.where('payment.id', filter.newestFirst === true ? '<' : '>', after);
  }
  meets(query, filter);
  return query;
}

/** Every condition of the filter. */
function meets(query: Knex.QueryBuilder, filter: PaymentFilter): void {
  const { states, partnerId, player, gateway, acceptedFrom, acceptedBefore } = filter;
  if (states !== undefined) void query.whereIn('payment.state', states);
  if (partnerId !== undefined) void query.where('payment.partner_id', partnerId);
  if (player !== undefined) {
    void query.where({ 'payment.brand': player.brand, 'payment.player_id': player.playerId });
  }
  if (gateway !== undefined) void query.where('attempt.gateway', gateway);
  // Instants are kept as text that sorts as it reads.
  if (acceptedFrom !== undefined) void query.where('payment.accepted_at', '>=', acceptedFrom.toISOString());
  if (acceptedBefore !== undefined)
    void query.where('payment.accepted_at', '<', acceptedBefore.toISOString());
}

const attemptColumns = [
  'attempt.ordinal',
  'attempt.gateway',
  'attempt.instr_id',
  'attempt.intended_at',
  'attempt.send_before',
  'attempt.answer_before',
];
