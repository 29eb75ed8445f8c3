import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { importStatement, type Imported } from '../../src/reconciliation/importing/import-statement.ts';
import type { Original } from '../../src/reconciliation/importing/original.ts';
import type { ImportingWorld, ImportOrder, ImportRefusal } from '../../src/reconciliation/importing/world.ts';
import type { RecordedStatementEntry, StatementStore } from '../../src/reconciliation/statement-store.ts';
import type {
  Balance,
  Entry,
  StatementHeader,
  StatementPart,
  StatementReader,
} from '../../src/reconciliation/statements/statement.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import { atEnd, ledgerFile } from './store-ledger.ts';

/** A format of the test's own: each line is a part as JSON, amounts as text. What is no such line is refused. */
export const linesReader: StatementReader = async function* (bytes, { bytesMax }) {
  let text = '';
  let size = 0;
  let line = 0;
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > bytesMax) return yield { part: 'refused', rule: 'tooLarge' };
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const one of lines) {
      line += 1;
      if (!one.startsWith('{')) return yield { part: 'refused', rule: 'notAStatement', line };
      yield JSON.parse(one, revived) as StatementPart;
    }
  }
};

function revived(name: string, value: unknown): unknown {
  return name === 'minor' ? BigInt(String(value)) : value;
}

export const ourKey = 'MT31MALT01100000000000000000123';

/** What a statement of the test says; amounts are signed, in minor units of euros. */
export interface Said {
  readonly header?: Partial<StatementHeader>;
  readonly balances?: Readonly<Record<string, readonly [minor: number, on?: string]>>;
  readonly entries?: readonly (readonly [minor: number, change?: Partial<Entry>])[];
}

const money = (minor: number) => ({ minor: BigInt(Math.abs(minor)), currency: 'EUR' });
const direction = (minor: number) => (minor < 0 ? ('DBIT' as const) : ('CRDT' as const));

function partsOf({ header, balances = {}, entries = [] }: Said): readonly StatementPart[] {
  const opened: StatementHeader = {
    format: 'lines',
    kind: 'statement',
    id: 'S',
    account: { iban: ourKey, currency: 'EUR' },
    ...header,
  };
  return [
    { part: 'opened', header: opened, line: 1 },
    ...Object.entries(balances).map(([type, [minor, on]]) => {
      const balance: Balance = {
        type,
        amount: money(minor),
        direction: direction(minor),
        ...(on !== undefined && { on }),
      };
      return { part: 'balance', balance } as const;
    }),
    ...entries.map(([minor, change], index) => {
      const base = {
        line: index + 2,
        amount: money(minor),
        direction: direction(minor),
        reversal: false,
        status: 'booked',
      } as const;
      return {
        part: 'entry',
        entry: { ...base, bookedOn: '2026-11-23', references: {}, details: [], ...change },
      } as const;
    }),
    { part: 'closed' },
  ];
}

/** The statements as a file in the test's format. */
export function fileOf(name: string, ...said: readonly Said[]): Original {
  const lines = said
    .flatMap(partsOf)
    .map((part) =>
      JSON.stringify(part, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
    );
  return textFile(name, lines.map((line) => `${line}\n`).join(''));
}

export function textFile(name: string, text: string): Original {
  return {
    name,
    async *bytes() {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 1000) yield Promise.resolve(bytes.subarray(at, at + 1000));
    },
  };
}

export const someLimits: ImportingWorld['limits'] = {
  fileBytesMax: 10_000_000,
  depthMax: 32,
  textBytesMax: 1000,
  detailsMax: 100,
  statementsMax: 100,
  remarksMax: 5,
  entriesBatchMax: 3,
  importWaitMs: 2_000,
  importLeaseMs: 60_000,
};

export interface ImportingHouse {
  readonly world: ImportingWorld;
  readonly store: StatementStore;
  readonly run: (original: Original, order?: Partial<ImportOrder>) => Promise<Imported | ImportRefusal>;
  readonly bookings: () => Promise<readonly RecordedStatementEntry[]>;
}

/** Importing over a ledger of its own, with the test's reader. */
export async function openImporting(
  t: TestContext,
  changes: Partial<ImportingWorld> & { readonly file?: string } = {},
): Promise<ImportingHouse> {
  const { file = await ledgerFile(t), ...others } = changes;
  const { ledger, statements: store } = await openStores({ url: `sqlite:${file}`, createIfEmpty: true });
  atEnd(t, () => ledger.close());
  const clock = systemClock;
  const world: ImportingWorld = {
    statements: store,
    accounts: [
      { name: 'main', key: ourKey, currency: 'EUR', brand: 'main', gateways: ['bank'], holidays: [] },
    ],
    readerOf: (profile) => (profile === 'none' ? undefined : linesReader),
    clock,
    ids: createIds({ clock }),
    limits: someLimits,
    ...others,
  };
  return {
    world,
    store,
    run: (original, order) => importStatement(world, original, { source: 'person', ...order }),
    bookings: () => store.statementEntries({}, { limit: 10_000 }),
  };
}

/** What of an outcome a table compares. */
export function told(outcome: Imported | ImportRefusal): object {
  if (outcome.outcome !== 'imported' && outcome.outcome !== 'known') return outcome;
  const { outcome: what, statements, entries, added } = outcome;
  return { outcome: what, statements, entries, added };
}

export async function sha256Of({ bytes }: Original): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes()) hash.update(chunk);
  return hash.digest('hex');
}

export async function textOf({ bytes }: Original): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
