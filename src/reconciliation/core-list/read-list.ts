import type { Remark } from '../statements/statement.ts';
import { readCoreCsv } from './csv.ts';
import { readCoreJson } from './json.ts';
import type { CoreListHead, CoreListReader, CoreRow } from './list.ts';
import { rowReader } from './row.ts';
import type { CoreListSettings } from './settings.ts';

export interface CoreListBounds {
  /** Rows of one list, bad ones included: they are held while the ledger is gone through. */
  readonly rowsMax: number;
  /** Remarks that are kept; more bad rows are counted. */
  readonly remarksMax: number;
}

/** A list that was read to its end. */
export interface CoreList {
  readonly head: CoreListHead;
  /** By the id that the list calls it. */
  readonly rows: ReadonlyMap<string, ListedRow>;
  readonly rowCount: number;
  /** Ids of rows that could not be read. */
  readonly spoilt: ReadonlySet<string>;
  /** Rows of which nobody can say whose they are: with such a row, nothing is missing from the list for certain. */
  readonly unnamed: number;
  readonly badRows: number;
  readonly remarks: readonly Remark[];
  /** The earliest and the latest time of a row. */
  readonly times?: { readonly first: Date; readonly last: Date };
}

export interface ListedRow {
  readonly row: CoreRow;
  /** How often the list has it; the first one counts. */
  times: number;
}

export interface CoreListRefused {
  readonly refused: string;
  readonly line?: number;
  readonly field?: string;
}

/** The reader of a format; a JSON document begins with a brace, and no header line of ours does. */
export function coreListReader(
  format: 'csv' | 'json' | undefined,
  { csv, ...words }: Pick<CoreListSettings, 'csv' | 'directions' | 'statuses'>,
): CoreListReader {
  const asCsv = readCoreCsv(csv, rowReader({ ...words, ...csv }));
  const asJson = readCoreJson(rowReader({ ...words, decimal: '.', timesInUtc: false }));
  if (format !== undefined) return format === 'csv' ? asCsv : asJson;
  return async function* read(bytes) {
    const from = bytes[Symbol.asyncIterator]();
    const first = await from.next();
    const start = first.done === true ? '' : Buffer.from(first.value.subarray(0, 64)).toString('latin1');
    const reader = /^(?:\u00EF\u00BB\u00BF)?\s*\{/.test(start) ? asJson : asCsv;
    yield* reader(again(first, from));
  };
}

async function* again(
  first: IteratorResult<Uint8Array, unknown>,
  from: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let got = first; got.done !== true; got = await from.next()) yield got.value;
}

/** Gathers what a reader gives, under its bounds. */
export async function readList(
  parts: ReturnType<CoreListReader>,
  { rowsMax, remarksMax }: CoreListBounds,
): Promise<CoreList | CoreListRefused> {
  const rows = new Map<string, ListedRow>();
  const spoilt = new Set<string>();
  const remarks: Remark[] = [];
  const counts = { rows: 0, bad: 0, unnamed: 0 };
  let head: CoreListHead = {};
  let times: CoreList['times'];
  for await (const part of parts) {
    if (part.part === 'refused') {
      const { rule, line, field } = part;
      return {
        refused: rule,
        ...(line !== undefined && { line }),
        ...(field !== undefined && { field }),
      };
    }
    if (part.part === 'head') head = part.head;
    if (part.part === 'row') {
      const { row } = part;
      const known = rows.get(row.id);
      if (known === undefined) rows.set(row.id, { row, times: 1 });
      else known.times += 1;
      times = widened(times, row.at);
    }
    if (part.part === 'badRow') {
      counts.bad += 1;
      if (part.id === undefined) counts.unnamed += 1;
      else spoilt.add(part.id);
      if (remarks.length < remarksMax) remarks.push(part.remark);
    }
    if (part.part !== 'head') counts.rows += 1;
    if (counts.rows > rowsMax) return { refused: 'tooManyRows' };
  }
  const told = { rowCount: counts.rows, unnamed: counts.unnamed, badRows: counts.bad };
  return { head, rows, spoilt, remarks, ...told, ...(times && { times }) };
}

function widened(times: CoreList['times'], at: Date): NonNullable<CoreList['times']> {
  if (times === undefined) return { first: at, last: at };
  const { first, last } = times;
  return { first: at < first ? at : first, last: at > last ? at : last };
}
