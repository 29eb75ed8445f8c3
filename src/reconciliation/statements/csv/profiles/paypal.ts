import type { CsvAmount, CsvBalance, CsvProfile } from '../profile.ts';

const words = { credit: ['CR'], debit: ['DR'] };
const section = { column: 'Section Currency' };

/** Amounts carry no sign; the column before says CR or DR. */
function amount(unsigned: string, direction: string, currency: CsvAmount['currency']): CsvAmount {
  return { unsigned, direction: { column: direction, ...words }, currency };
}

function balance(type: string, name: string): CsvBalance {
  return { type, amount: amount(name, `${name} CR/DR`, section) };
}

/**
 * PayPal's settlement report, STL: for each account and day a section of transactions, then the totals and balances of each
 * currency. https://developer.paypal.com/reports/settlement and, for the event codes,
 * https://developer.paypal.com/reports/reference/t-codes
 */
export const paypalSettlement: CsvProfile = {
  name: 'paypal-settlement',
  source: 'https://developer.paypal.com/reports/settlement',
  kind: 'settlement',
  file: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  header: {
    required: [
      'Transaction ID',
      'Invoice ID',
      'PayPal Reference ID',
      'Transaction Event Code',
      'Transaction Initiation Date',
      'Transaction Completion Date',
      'Transaction Debit or Credit',
      'Gross Transaction Amount',
      'Gross Transaction Currency',
      'Fee Debit or Credit',
      'Fee Amount',
      'Fee Currency',
    ],
  },
  records: {
    first: 'RH',
    types: {
      RH: { is: 'passed' },
      FH: { is: 'passed' },
      SH: {
        is: 'statement',
        columns: ['SH', 'Period Start', 'Period End', 'Account ID', 'Partner Account ID'],
      },
      CH: { is: 'header' },
      SB: { is: 'entry' },
      SF: {
        is: 'balances',
        columns: [
          'SF',
          'Section Currency',
          'Gross Credits',
          'Gross Debits',
          'Fee Credits',
          'Fee Debits',
          'Beginning Available Balance CR/DR',
          'Beginning Available Balance',
          'Ending Available Balance CR/DR',
          'Ending Available Balance',
        ],
        balances: [
          balance('OPBD', 'Beginning Available Balance'),
          balance('CLBD', 'Ending Available Balance'),
        ],
      },
      SC: { is: 'count', columns: ['SC', 'Section Record Count'], count: 'Section Record Count' },
      RF: { is: 'passed' },
      RC: { is: 'passed' },
      FF: { is: 'passed' },
    },
  },
  // PayPal moves whole units of HUF and TWD, whatever ISO 4217 says.
  amounts: { decimal: '.', minorUnits: true, minorDigits: { HUF: 0, TWD: 0 } },
  dates: ['YYYY/MM/DD*', 'YYYY-MM-DD*'],
  statement: {
    id: ['Period Start'],
    account: { other: { column: 'Account ID' } },
    from: ['Period Start'],
    to: ['Period End'],
  },
  entry: {
    amount: amount('Gross Transaction Amount', 'Transaction Debit or Credit', {
      column: 'Gross Transaction Currency',
    }),
    charges: [{ kind: 'fee', ...amount('Fee Amount', 'Fee Debit or Credit', { column: 'Fee Currency' }) }],
    kinds: [
      {
        is: 'chargeback',
        when: [{ column: 'Transaction Event Code', equals: ['T1106', 'T1201'] }],
      },
      {
        is: 'chargebackReversal',
        when: [{ column: 'Transaction Event Code', equals: ['T1202', 'T1205', 'T1208'] }],
      },
      { is: 'fee', when: [{ column: 'Transaction Event Code', equals: ['T1108', 'T1109'] }] },
      { is: 'reserve', when: [{ column: 'Transaction Event Code', equals: ['T1105', 'T1110', 'T1111'] }] },
      { is: 'payment', when: [{ column: 'Transaction Event Code', startsWith: ['T00'] }] },
      { is: 'fee', when: [{ column: 'Transaction Event Code', startsWith: ['T01'] }] },
      { is: 'payout', when: [{ column: 'Transaction Event Code', startsWith: ['T04'] }] },
      { is: 'refund', when: [{ column: 'Transaction Event Code', startsWith: ['T11'] }] },
      { is: 'adjustment', when: [{ column: 'Transaction Event Code', startsWith: ['T12', 'T19'] }] },
      { is: 'reserve', when: [{ column: 'Transaction Event Code', startsWith: ['T15', 'T21'] }] },
      {
        is: 'other',
        when: [
          {
            column: 'Transaction Event Code',
            startsWith: [
              'T02',
              'T03',
              'T05',
              'T06',
              'T07',
              'T08',
              'T09',
              'T10',
              'T14',
              'T16',
              'T17',
              'T18',
              'T20',
              'T22',
              'T3',
              'T5',
              'T9',
            ],
          },
        ],
      },
    ],
    bookedOn: ['Transaction Completion Date', 'Transaction Initiation Date'],
    valueOn: ['Transaction Completion Date'],
    references: {
      accountServicer: ['Transaction ID'],
      // The request's invoice_id.
      instruction: ['Invoice ID'],
      // Of a refund, reversal or fee: the transaction that it is about.
      transaction: ['PayPal Reference ID'],
      other: {
        customField: 'Custom Field',
        bankReference: 'Bank Reference ID',
        tracking: 'Payment Tracking ID',
      },
    },
    code: 'Transaction Event Code',
  },
};
