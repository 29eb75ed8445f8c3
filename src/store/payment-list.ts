import type { Knex } from 'knex';
import type { Page, PaymentFilter } from '../payments/ledger-store.ts';
import type { Payment } from '../payments/payment.ts';
import type { Lists } from './engine.ts';
import { besideColumns, besidePage, paymentsFrom, type PaymentAndBeside } from './payment-and-beside.ts';
import { viewColumns } from './payment-rows.ts';

/**
 * A page of payments with their open cases and returns. One statement, because that is one snapshot on every engine: a payment is
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
    .with('page', payments)
    .select('page.*', ...besideColumns)
    .from('page')
    .leftJoin(knex.raw(`(${besidePage}) as beside`), 'beside_payment_id', 'page.id')
    .orderBy([{ column: 'page.id', order: direction }, { column: 'beside_at' }, { column: 'beside_id' }]);
  return paymentsFrom(await rows<PaymentAndBeside>(query));
}

function paymentPage(knex: Knex, filter: PaymentFilter, { after, limit }: Page): Knex.QueryBuilder {
  const query = knex('payment')
    .leftJoin('attempt', function onAttempt() {
      this.on('attempt.payment_id', 'payment.id').andOn('attempt.ordinal', 'payment.attempt_ordinal');
    })
    .leftJoin('payment_check', 'payment_check.payment_id', 'payment.id')
    .select('payment.*', ...viewColumns)
    .limit(limit);
  if (after !== undefined) {
    void query.where('payment.id', filter.newestFirst === true ? '<' : '>', after);
  }
  meets(query, filter);
  return query;
}

/** Every condition of the filter. */
function meets(query: Knex.QueryBuilder, filter: PaymentFilter): void {
  const { states, partnerId, player, gateway, acceptedFrom, acceptedBefore, refundOf } = filter;
  if (states !== undefined) void query.whereIn('payment.state', states);
  if (partnerId !== undefined) void query.where('payment.partner_id', partnerId);
  if (player !== undefined) {
    void query.where({ 'payment.brand': player.brand, 'payment.player_id': player.playerId });
  }
  if (gateway !== undefined) void query.where('attempt.gateway', gateway);
  if (refundOf !== undefined) {
    void query.whereRaw(
      'exists (select 1 from refund where refund.payment_id = payment.id and refund.original_id = ?)',
      [refundOf],
    );
  }
  if (filter.unscheduled === true) void query.whereNull('payment_check.payment_id');
  // Instants are kept as text that sorts as it reads.
  if (acceptedFrom !== undefined) void query.where('payment.accepted_at', '>=', acceptedFrom.toISOString());
  if (acceptedBefore !== undefined)
    void query.where('payment.accepted_at', '<', acceptedBefore.toISOString());
}
