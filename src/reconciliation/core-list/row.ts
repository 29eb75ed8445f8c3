import type { Direction } from '../../payments/payment.ts';
import { readStatementAmount } from '../statements/amount.ts';
import type { Remark } from '../statements/statement.ts';
import type { BadCoreRow, CoreRow } from './list.ts';
import { type CoreMeaning, type ReadStatus, statusReader } from './statuses.ts';
import { readTime } from './times.ts';

/** The members of a row, by the names that remarks call them. */
export const coreFields = ['id', 'amount', 'currency', 'direction', 'status', 'time'] as const;
export type CoreField = (typeof coreFields)[number] | 'brand';

/** A row as text, whoever wrote it; an empty text says nothing. */
export type CoreTexts = Readonly<Record<CoreField, string>>;

/** How the core writes a row. */
export interface CoreWords {
  readonly decimal: '.' | ',';
  readonly directions: Readonly<Record<'credit' | 'debit', readonly string[]>>;
  /** Words of the core besides those that everybody uses. */
  readonly statuses: Readonly<Record<string, CoreMeaning>>;
  /** Where times stand without a zone: they are UTC's. Otherwise such a row is bad. */
  readonly timesInUtc: boolean;
}

export type CoreRowRule =
  | 'missingValue'
  | 'notAnId'
  | 'unknownCurrency'
  | 'notAnAmount'
  | 'tooManyDecimals'
  | 'unknownDirection'
  | 'unknownStatus'
  | 'notATime'
  | 'notABrand';

type Spoilt = { readonly rule: CoreRowRule; readonly field: CoreField };

const reference = /^[A-Za-z0-9._-]{1,35}$/;
const paymentId = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const brandName = /^[A-Za-z0-9._-]{1,35}$/;

export type ReadRow = (texts: CoreTexts, line: number) => CoreRow | BadCoreRow;

/** Reads rows of the core. The first fault of a row is told, by its field and never by its value. */
export function rowReader(written: CoreWords): ReadRow {
  const readStatus = statusReader(written.statuses);
  const directionOf = directionReader(written);

  return (texts, line) => {
    const empty = coreFields.find((field) => texts[field] === '');
    const { id } = texts;
    const isId = reference.test(id) || paymentId.test(id);
    const read =
      empty !== undefined
        ? ({ rule: 'missingValue', field: empty } as const)
        : isId
          ? readTexts(texts, { ...written, readStatus, directionOf })
          : ({ rule: 'notAnId', field: 'id' } as const);
    if ('rule' in read) return { ...(isId && { id }), remark: badRow(read, line) };
    return { id, line, ...read };
  };
}

export function badRow({ rule, field }: { rule: string; field?: string }, line: number): Remark {
  return { level: 'badRow', line, rule, ...(field !== undefined && { field }) };
}

interface Words extends CoreWords {
  readonly readStatus: ReadStatus;
  readonly directionOf: (word: string) => Direction | undefined;
}

function readTexts(texts: CoreTexts, words: Words): Omit<CoreRow, 'id' | 'line'> | Spoilt {
  const currency = texts.currency.toUpperCase();
  const amount = readStatementAmount(texts.amount, currency, words.decimal);
  if (typeof amount === 'string') {
    return { rule: amount, field: amount === 'unknownCurrency' ? 'currency' : 'amount' };
  }
  const direction = words.directionOf(texts.direction);
  if (direction === undefined) return { rule: 'unknownDirection', field: 'direction' };
  const means = words.readStatus(texts.status);
  if (means === undefined) return { rule: 'unknownStatus', field: 'status' };
  const at = readTime(texts.time, words.timesInUtc);
  if (at === undefined) return { rule: 'notATime', field: 'time' };
  if (texts.brand !== '' && !brandName.test(texts.brand)) return { rule: 'notABrand', field: 'brand' };
  return { amount, direction, means, at, ...(texts.brand !== '' && { brand: texts.brand }) };
}

function directionReader({ directions }: CoreWords): Words['directionOf'] {
  const known = new Map<string, Direction>();
  for (const word of directions.credit) known.set(word.toLowerCase(), 'CRDT');
  for (const word of directions.debit) known.set(word.toLowerCase(), 'DBIT');
  return (word) => known.get(word.toLowerCase());
}
