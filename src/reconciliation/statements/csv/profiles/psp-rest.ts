import type { CsvProfile } from '../profile.ts';

const currency = { column: 'currency' };

/** The settlement file of openapi/psp-v1.json, which the PSP sandbox tells. Its columns are ours: docs/statements-csv.md says them. */
export const pspRestSettlement: CsvProfile = {
  name: 'psp-rest-settlement',
  source: 'docs/statements-csv.md',
  kind: 'settlement',
  file: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  header: {
    required: [
      'settlementId',
      'account',
      'lineId',
      'kind',
      'instructionId',
      'gatewayReference',
      'currency',
      'gross',
      'fee',
      'net',
      'bookedOn',
      'settledOn',
    ],
  },
  amounts: { decimal: '.' },
  dates: ['YYYY-MM-DD'],
  statement: {
    id: ['settlementId'],
    account: { other: { column: 'account' } },
    currency,
    to: ['settledOn'],
  },
  entry: {
    amount: { signed: 'gross', positiveIs: 'CRDT', currency },
    net: { signed: 'net', positiveIs: 'CRDT', currency },
    charges: [{ kind: 'fee', signed: 'fee', positiveIs: 'DBIT', currency }],
    kinds: [
      { is: 'payment', when: [{ column: 'kind', equals: ['payment'] }] },
      // What came back of a withdrawal is a refund too: of the other direction.
      { is: 'refund', when: [{ column: 'kind', equals: ['refund', 'return'] }] },
      { is: 'chargeback', when: [{ column: 'kind', equals: ['chargeback'] }] },
      { is: 'chargebackReversal', when: [{ column: 'kind', equals: ['chargebackReversal'] }] },
      { is: 'fee', when: [{ column: 'kind', equals: ['fee'] }] },
      { is: 'payout', when: [{ column: 'kind', equals: ['payout'] }] },
      { is: 'adjustment', when: [{ column: 'kind', equals: ['adjustment'] }] },
      { is: 'reserve', when: [{ column: 'kind', equals: ['reserve'] }] },
    ],
    bookedOn: ['bookedOn'],
    valueOn: ['settledOn'],
    references: {
      accountServicer: ['lineId'],
      instruction: ['instructionId'],
      endToEnd: ['endToEndId'],
      transaction: ['gatewayReference'],
      // What the payout's transfer to the bank carries.
      message: ['payoutReference'],
      other: { originalInstruction: 'originalInstructionId' },
    },
    remittance: ['text'],
    code: 'kind',
    returned: { code: 'reasonCode' },
  },
  balances: [
    {
      when: [{ column: 'kind', equals: ['opening'] }],
      type: 'OPBD',
      amount: { signed: 'net', positiveIs: 'CRDT', currency },
      on: 'bookedOn',
    },
    {
      when: [{ column: 'kind', equals: ['closing'] }],
      type: 'CLBD',
      amount: { signed: 'net', positiveIs: 'CRDT', currency },
      on: 'bookedOn',
    },
  ],
};
