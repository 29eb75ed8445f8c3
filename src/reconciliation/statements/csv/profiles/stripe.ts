import type { CsvProfile } from '../profile.ts';

const currency = { column: 'currency' };

/**
 * Stripe's payout reconciliation, itemized: the balance transactions that each automatic payout is made of. The payout itself
 * has no row. https://docs.stripe.com/reports/report-types/payout-reconciliation and, for the categories,
 * https://docs.stripe.com/reports/reporting-categories
 */
export const stripePayoutReconciliation: CsvProfile = {
  name: 'stripe-payout-reconciliation',
  source: 'https://docs.stripe.com/reports/report-types/payout-reconciliation',
  kind: 'settlement',
  file: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  header: {
    required: [
      'automatic_payout_id',
      'balance_transaction_id',
      'currency',
      'gross',
      'fee',
      'net',
      'reporting_category',
    ],
  },
  amounts: { decimal: '.' },
  dates: ['YYYY-MM-DD*', 'M/D/YY*', 'M/D/YYYY*'],
  statement: {
    id: ['automatic_payout_id'],
    // The report does not say whose it is.
    account: { other: { fixed: 'stripe' } },
    currency,
    to: ['automatic_payout_effective_at_utc', 'automatic_payout_effective_at'],
  },
  entry: {
    amount: { signed: 'gross', positiveIs: 'CRDT', currency },
    net: { signed: 'net', positiveIs: 'CRDT', currency },
    charges: [{ kind: 'fee', signed: 'fee', positiveIs: 'DBIT', currency }],
    kinds: [
      {
        is: 'payment',
        when: [
          { column: 'reporting_category', equals: ['charge', 'charge_failure', 'partial_capture_reversal'] },
        ],
      },
      { is: 'refund', when: [{ column: 'reporting_category', equals: ['refund', 'refund_failure'] }] },
      { is: 'chargeback', when: [{ column: 'reporting_category', equals: ['dispute'] }] },
      { is: 'chargebackReversal', when: [{ column: 'reporting_category', equals: ['dispute_reversal'] }] },
      { is: 'fee', when: [{ column: 'reporting_category', equals: ['fee', 'network_cost', 'tax'] }] },
      { is: 'payout', when: [{ column: 'reporting_category', equals: ['payout', 'payout_reversal'] }] },
      {
        is: 'reserve',
        when: [
          {
            column: 'reporting_category',
            equals: ['risk_reserved_funds', 'connect_reserved_funds', 'payment_network_reserved_funds'],
          },
        ],
      },
      { is: 'adjustment', when: [{ column: 'reporting_category', equals: ['other_adjustment'] }] },
      {
        is: 'other',
        when: [
          {
            column: 'reporting_category',
            equals: ['topup', 'topup_reversal', 'transfer', 'transfer_reversal', 'platform_earning'],
          },
        ],
      },
    ],
    bookedOn: ['created_utc', 'created'],
    valueOn: ['available_on_utc', 'available_on'],
    references: {
      accountServicer: ['balance_transaction_id'],
      // What was sent as metadata of the payment; a refund has its own.
      instruction: ['refund_metadata[instr_id]', 'payment_metadata[instr_id]'],
      transaction: ['payment_intent_id'],
      other: { source: 'source_id', charge: 'charge_id' },
    },
    remittance: ['description'],
    code: 'reporting_category',
  },
};
