import type { OurAccount } from '../../src/reconciliation/our-accounts.ts';
import type { Candidates } from '../../src/reconciliation/matching/candidates.ts';
import type { Line } from '../../src/reconciliation/matching/lines.ts';
import type { RecordedItem } from '../../src/reconciliation/statement-store.ts';

export const eur = (minor: bigint) => ({ minor, currency: 'EUR' });

export const bankAccount: OurAccount = {
  name: 'main-eur',
  key: 'DE00TEST',
  currency: 'EUR',
  brand: 'main',
  gateways: ['bank', 'psp'],
  holidays: [],
};

export const pspReport: OurAccount = {
  name: 'psp-report',
  key: 'MERCHANT-1',
  currency: 'EUR',
  brand: 'main',
  gateways: [],
  reportOf: 'psp',
  holidays: [],
};

/** 10.00 that came to the bank account on a Friday under REF-1. */
export function someLine(more: Partial<Line> = {}): Line {
  return {
    of: { key: 'entry-1:1' },
    account: bankAccount,
    direction: 'CRDT',
    amount: eur(1000n),
    feeMinor: 0n,
    keptMinor: 0n,
    unsaidMinor: 0n,
    on: '2026-11-20',
    bookedOn: '2026-11-20',
    references: ['REF-1'],
    text: '',
    words: [],
    codes: [],
    reversal: false,
    ...more,
  };
}

/** A deposit of 10.00 by the bank, the day before. */
export function someItem(more: Partial<RecordedItem> = {}): RecordedItem {
  return {
    id: '1',
    key: 'payment-1:completed:1',
    expectedIn: 'bank',
    gateway: 'bank',
    brand: 'main',
    direction: 'CRDT',
    amount: eur(1000n),
    kind: 'payment',
    effectiveAt: new Date('2026-11-19T12:00:00Z'),
    dueOn: '2026-11-24',
    references: ['REF-1'],
    ...more,
  };
}

/** A small ledger's view: items and other lines in memory, found as the store finds them. */
export function candidatesIn(items: readonly RecordedItem[], others: readonly Line[] = []): Candidates {
  const open = items.filter(({ matchId }) => matchId === undefined);
  return {
    byReference: async (_, references) =>
      items.filter((item) => item.references.some((reference) => references.includes(reference))),
    inText: async ({ text }) =>
      items.filter((item) => item.references.some((reference) => text.includes(reference))),
    ofAmount: async ({ amount, direction }) =>
      open.filter((item) => item.amount.minor === amount.minor && item.direction === direction),
    around: async ({ amount }) => open.filter((item) => item.amount.currency === amount.currency),
    rivals: async ({ amount }) => others.filter((other) => other.amount.minor === amount.minor).length,
    parts: async (line, item) =>
      [line, ...others].filter(({ references }) =>
        references.some((reference) => item.references.includes(reference)),
      ),
  };
}
