import type { TestContext } from 'node:test';
import type { Answer, Order } from '../../src/payments/gateways.ts';
import { openPayments } from '../../src/payments/open.ts';
import type { Payment } from '../../src/payments/payment.ts';
import type { Person } from '../../src/payments/people/acts.ts';
import { createIds } from '../../src/platform/ids.ts';
import { breakDesk, type BreakDesk } from '../../src/reconciliation/breaks/desk.ts';
import { importStatement } from '../../src/reconciliation/importing/import-statement.ts';
import { wordsFor } from '../../src/reconciliation/matching/hear.ts';
import { matchRound, type MatchingRound } from '../../src/reconciliation/matching/match-round.ts';
import { shippedRules } from '../../src/reconciliation/matching/rules.ts';
import type { MatchingLimits, MatchingWorld } from '../../src/reconciliation/matching/world.ts';
import type { OurAccount } from '../../src/reconciliation/our-accounts.ts';
import type { RecordedBreak, StatementStore } from '../../src/reconciliation/statement-store.ts';
import { openStores } from '../../src/store/open.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import { movedClock } from './clock.ts';
import { scriptedGateway, settledFor, type ScriptedGateway } from './gateway.ts';
import { fileOf, linesReader, ourKey, someLimits, type Said } from './importing.ts';
import { paid, somePartner, someRequest } from './payments.ts';
import { atEnd, ledgerFile, patient } from './store-ledger.ts';
import { openWorld } from './world.ts';

export const dayMs = 86_400_000;

const common = { currency: 'EUR', brand: 'lucky', holidays: [] } as const;
/** A bank account on which the money of both gateways lands, and the report of one of them. */
export const accounts: readonly OurAccount[] = [
  { ...common, name: 'main-eur', key: ourKey, gateways: ['bank', 'psp'] },
  { ...common, name: 'psp-report', key: 'MERCHANT1', gateways: [], reportOf: 'psp' },
];

export const matchingLimits: MatchingLimits = {
  pageMax: 3,
  itemsMax: 50,
  unexpectedAfterDays: 2,
  workWithinDays: 5,
  lateEntries: 10,
  leaseMs: 60_000,
  everyMs: 30_000,
};

const readerOf = () => linesReader;

export interface ReconHouse {
  readonly file: string;
  readonly ledger: LedgerStore;
  readonly store: StatementStore;
  readonly clock: ReturnType<typeof movedClock>;
  readonly gateways: Readonly<Record<'bank' | 'psp', ScriptedGateway>>;
  readonly matching: MatchingWorld;
  readonly desk: BreakDesk;
  /** A payment by a gateway; amounts in minor units, below zero a withdrawal. */
  readonly pay: (
    gateway: 'bank' | 'psp',
    minor: number,
    answer?: (order: Order) => Answer,
  ) => Promise<Payment>;
  readonly bringIn: (name: string, ...said: readonly Said[]) => Promise<void>;
  readonly round: () => Promise<MatchingRound | undefined>;
  readonly openBreaks: () => Promise<readonly RecordedBreak[]>;
}

/** Payments over two gateways, importing and matching on one ledger file, at a clock that is moved. */
export async function openReconHouse(
  t: TestContext,
  changes: Partial<MatchingWorld> & { readonly file?: string; readonly at?: string } = {},
): Promise<ReconHouse> {
  const { file = await ledgerFile(t), at = '2026-11-23T10:00:00.000Z', ...others } = changes;
  // Two houses on one file wait for one another, and the machine may be busy.
  const url = `sqlite:${file}`;
  const { ledger, statements: store } = await openStores({ url, createIfEmpty: true, limits: patient });
  atEnd(t, () => ledger.close());
  const clock = movedClock(at);
  const ids = createIds({ clock });
  const gateways = { bank: scriptedGateway({ name: 'bank' }), psp: scriptedGateway({ name: 'psp' }) };
  const partner = somePartner({ operations: ['deposit', 'withdrawal', 'status', 'refund'] });
  const { world } = await openWorld(t, {
    ledger,
    clock,
    gateways: Object.values(gateways),
    routes: [
      { methods: ['BANK_TRANSFER'], gateways: ['bank'] },
      { methods: ['CARD'], gateways: ['psp'] },
    ],
    directory: { partners: () => [partner] },
  });
  const payments = openPayments(world);
  const matching: MatchingWorld = {
    statements: store,
    accounts,
    rules: shippedRules,
    terms: () => ({ reportWithinDays: 2, bankWithinDays: 2 }),
    books: world.books,
    payments: wordsFor((word) => payments.hearStatement(word, { correlationId: 'matching' })),
    clock,
    ids,
    limits: matchingLimits,
    ...others,
  };
  const importing = { statements: store, accounts, readerOf, clock, ids, limits: someLimits };
  const bookmark = { after: '0' };
  let paidSoFar = 0;

  return {
    file,
    ledger,
    store,
    clock,
    gateways,
    matching,
    desk: breakDesk({ ...matching, operators: () => ledger.operators() }),
    async pay(gateway, minor, answer = settledFor) {
      paidSoFar += 1;
      gateways[gateway].onSubmit = (order) => Promise.resolve(answer(order));
      const request = someRequest({
        direction: minor < 0 ? 'DBIT' : 'CRDT',
        partnerReference: `ref-${paidSoFar}`,
        amount: { value: (Math.abs(minor) / 100).toFixed(2), currency: 'EUR' },
        method: gateway === 'bank' ? 'BANK_TRANSFER' : 'CARD',
      });
      return paid(await payments.initiate(partner, request, { correlationId: `pay-${paidSoFar}` }));
    },
    async bringIn(name, ...said) {
      const outcome = await importStatement(importing, fileOf(name, ...said), { source: 'person' });
      if (outcome.outcome !== 'imported') throw new Error(`not imported: ${outcome.outcome}`);
    },
    round: () => matchRound(matching, bookmark),
    openBreaks: () => store.breaks({ open: true }, { limit: 1_000 }),
  };
}

/** What a statement calls the payment. */
export function instrIdOf({ state }: Payment): string {
  if (!('attempt' in state)) throw new Error(`nothing was sent of a payment that is ${state.name}`);
  return state.attempt.instrId;
}

type SaidEntry = NonNullable<Said['entries']>[number];

/** A booking of the bank that names a payment; each has a name of its own at the bank. */
let bookings = 0;
export function booking(minor: number, payment?: Payment, more: SaidEntry[1] = {}): SaidEntry {
  bookings += 1;
  const references = {
    accountServicer: `BANK-${bookings}`,
    ...(payment && { instruction: instrIdOf(payment) }),
  };
  return [minor, { references, ...more }];
}

/** A line of the gateway's report, with what it kept. */
export function reported(minor: number, payment: Payment, feeMinor = 0): SaidEntry {
  const charges = [
    { amount: { minor: BigInt(feeMinor), currency: 'EUR' }, direction: 'DBIT', included: false } as const,
  ];
  return booking(minor, payment, { kind: 'payment', ...(feeMinor > 0 && { charges }) });
}

export const people: Readonly<Record<'ada' | 'ben', Person>> = {
  ada: { id: 'ada', roles: ['propose', 'confirm'] },
  ben: { id: 'ben', roles: ['propose', 'confirm'] },
};

/** Somebody's act with the words that every act needs. */
export function says(person: keyof typeof people, comment = 'seen in the documents') {
  return { person: people[person], said: { reason: 'CHECKED', comment } };
}

/** Every account's balance: debits less credits, in minor units; those at zero left out. */
export async function balances({ ledger }: Pick<ReconHouse, 'ledger'>): Promise<Record<string, bigint>> {
  const sums = await ledger.accountSums();
  return Object.fromEntries(
    sums
      .map(({ account, debitMinor, creditMinor }) => [account, debitMinor - creditMinor] as const)
      .filter(([, minor]) => minor !== 0n)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The word of a second person on the proposal that stands. */
export async function confirmed(desk: BreakDesk, who: 'ada' | 'ben', breakId: string) {
  const file = await desk.file(breakId);
  const proposal = 'refused' in file ? undefined : file.proposal;
  return desk.confirm(says(who), breakId, proposal?.id ?? '');
}
