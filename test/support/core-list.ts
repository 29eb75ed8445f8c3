import { openCoreList } from '../../src/reconciliation/core-list/open.ts';
import type { CoreListSettings } from '../../src/reconciliation/core-list/settings.ts';
import {
  type CoreListRefusal,
  type CoreListTaken,
  takeCoreList,
} from '../../src/reconciliation/core-list/take-list.ts';
import type { CoreListOrder, CoreListWorld } from '../../src/reconciliation/core-list/world.ts';
import { formatAmount } from '../../src/ledger/money.ts';
import type { Payment } from '../../src/payments/payment.ts';
import { transactionStatus } from '../../src/payments/states.ts';
import { readSettings } from '../../src/config/settings.ts';
import { createIds } from '../../src/platform/ids.ts';
import { textFile } from './importing.ts';
import type { ReconHouse } from './recon-house.ts';

/** As config/default.json ships it. */
export function shippedCoreList(): CoreListSettings {
  return readSettings({ CAGEBRIDGE_DEV: '1' }).reconciliation.coreList;
}

/** A row of the core, as text; what a test is about is changed. */
export interface CoreLine {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly direction: string;
  readonly status: string;
  readonly time: string;
}

/** What a core that missed nothing says of the payment. */
export function lineOf(payment: Payment, change: Partial<CoreLine> = {}): CoreLine {
  const { instruction, acceptedAt } = payment;
  return {
    id: instruction.partnerReference,
    amount: formatAmount(instruction.amount),
    currency: instruction.amount.currency,
    direction: instruction.direction,
    status: transactionStatus(payment),
    time: acceptedAt.toISOString(),
    ...change,
  };
}

const columns = ['id', 'amount', 'currency', 'direction', 'status', 'time'] as const;

export function csvOf(lines: readonly CoreLine[]): string {
  const rows = lines.map((line) => columns.map((column) => line[column]).join(','));
  return [columns.join(','), ...rows, ''].join('\n');
}

export function jsonOf(lines: readonly CoreLine[], head: object): string {
  const payments = lines.map(({ amount: value, currency, ...line }) => ({
    ...line,
    amount: { value, currency },
  }));
  return JSON.stringify({ ...head, payments });
}

export interface CoreHouse {
  readonly world: CoreListWorld;
  readonly take: (text: string, order?: Partial<CoreListOrder>) => Promise<CoreListTaken | CoreListRefusal>;
  /** The same, of a list that has to be compared. */
  readonly compare: (text: string, order?: Partial<CoreListOrder>) => Promise<CoreListTaken>;
}

/** Lists of partner-a's core over the ledger of a house; 15 minutes of grace, few payments a page. */
export function coreHouse(
  house: Pick<ReconHouse, 'ledger' | 'store' | 'clock'>,
  changes: Partial<CoreListSettings> = {},
): CoreHouse {
  const { ledger, store: statements, clock } = house;
  const world = openCoreList(
    {
      partners: [{ id: 'partner-a', defaultBrand: 'lucky' }],
      brands: { lucky: {}, royal: {} },
      reconciliation: {
        coreList: { ...shippedCoreList(), partner: 'partner-a', ...changes },
        matching: { limits: { pageMax: 3, workWithinDays: 5 } },
        limits: { importWaitMs: 1_000, importLeaseMs: 60_000, remarksMax: 5 },
      },
    },
    { ledger, statements, clock, ids: createIds({ clock }) },
  );
  const take: CoreHouse['take'] = (text, order) =>
    takeCoreList(world, textFile('core.csv', text), { source: 'person', ...order });
  return {
    world,
    take,
    async compare(text, order) {
      const outcome = await take(text, order);
      if (outcome.outcome !== 'compared') throw new Error(`not compared: ${JSON.stringify(outcome)}`);
      return outcome;
    },
  };
}

/** What of an outcome a table compares: those counts that are not zero. */
export function countsOf(told: CoreListTaken): object {
  const { rows, badRows, payments, agreeing, recent, undecided, opened, open, explained, ended } = told;
  const counts = { rows, badRows, payments, agreeing, recent, undecided, opened, open, explained, ended };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
