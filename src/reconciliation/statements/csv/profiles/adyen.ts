import type { CsvAmount, CsvProfile } from '../profile.ts';

const net = { column: 'Net Currency' };

/** A fee of Adyen's: a plain number was taken. */
function fee(kind: string, column: string): CsvAmount & { kind: string } {
  return { kind, signed: column, positiveIs: 'DBIT', currency: net };
}

/**
 * Adyen's settlement details report: the payments of each batch, what was kept of them, and the payout.
 * https://docs.adyen.com/reporting/settlement-reconciliation/transaction-level/settlement-details-report
 */
export const adyenSettlementDetails: CsvProfile = {
  name: 'adyen-settlement-details',
  source:
    'https://docs.adyen.com/reporting/settlement-reconciliation/transaction-level/settlement-details-report',
  kind: 'settlement',
  file: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  header: {
    required: [
      'Merchant Account',
      'Psp Reference',
      'Merchant Reference',
      'Creation Date',
      'Type',
      'Modification Reference',
      'Gross Currency',
      'Gross Debit (GC)',
      'Gross Credit (GC)',
      'Net Currency',
      'Net Debit (NC)',
      'Net Credit (NC)',
      'Commission (NC)',
      'Markup (NC)',
      'Scheme Fees (NC)',
      'Interchange (NC)',
      'Batch Number',
    ],
  },
  amounts: { decimal: '.' },
  dates: ['YYYY-MM-DD*', 'DD/MM/YYYY*'],
  statement: {
    id: ['Batch Number'],
    account: { other: { column: 'Merchant Account' } },
    currency: net,
    sequence: 'Batch Number',
  },
  entry: {
    amount: {
      credit: 'Gross Credit (GC)',
      debit: 'Gross Debit (GC)',
      currency: { column: 'Gross Currency' },
    },
    net: { credit: 'Net Credit (NC)', debit: 'Net Debit (NC)', currency: net },
    charges: [
      fee('commission', 'Commission (NC)'),
      fee('markup', 'Markup (NC)'),
      fee('scheme', 'Scheme Fees (NC)'),
      fee('interchange', 'Interchange (NC)'),
      fee('payment', 'Payment Fees (NC)'),
      fee('dccMarkup', 'DCC Markup (NC)'),
    ],
    kinds: [
      { is: 'payment', when: [{ column: 'Type', startsWith: ['Settled'] }] },
      { is: 'payment', when: [{ column: 'Type', equals: ['PaidOut', 'PaidOutReversed'] }] },
      { is: 'refund', when: [{ column: 'Type', startsWith: ['Refunded'] }] },
      { is: 'chargebackReversal', when: [{ column: 'Type', startsWith: ['ChargebackReversed'] }] },
      { is: 'chargeback', when: [{ column: 'Type', startsWith: ['Chargeback', 'SecondChargeback'] }] },
      { is: 'payout', when: [{ column: 'Type', startsWith: ['MerchantPayout'] }] },
      { is: 'reserve', when: [{ column: 'Type', equals: ['ReserveAdjustment', 'DepositCorrection'] }] },
      {
        is: 'fee',
        when: [{ column: 'Type', equals: ['Fee', 'MiscCosts', 'PaymentCost', 'InvoiceDeduction'] }],
      },
      // What one batch leaves to the next.
      { is: 'adjustment', when: [{ column: 'Type', equals: ['Balancetransfer', 'ManualCorrected'] }] },
    ],
    bookedOn: ['Creation Date'],
    references: {
      // Several rows of one payment have its Psp Reference; the modification's is each row's own. Rows of no payment have
      // words there, which the next batch may have again.
      accountServicer: [{ column: 'Modification Reference', unlessEmpty: 'Psp Reference' }, 'Psp Reference'],
      transaction: ['Psp Reference'],
      // Of a refund, our reference is the modification's; of a chargeback there is only the payment's.
      instruction: ['Modification Merchant Reference', 'Merchant Reference'],
      other: { merchantReference: 'Merchant Reference', batch: 'Batch Number' },
    },
    // Of a payout Adyen writes here what it put on the bank transfer.
    remittance: ['Modification Reference'],
    information: ['Payment Method'],
    code: 'Type',
  },
};
