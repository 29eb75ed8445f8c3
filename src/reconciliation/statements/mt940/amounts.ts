import type { Money } from '../../../ledger/money.ts';
import { minorDigits } from '../../../ledger/currencies.ts';
import { readStatementAmount } from '../amount.ts';
import type { Balance, Direction } from '../statement.ts';
import { readSwiftDay } from './dates.ts';
import type { ReadDay } from './dates.ts';

export interface ReadBalance {
  readonly balance: Omit<Balance, 'type'>;
  readonly day: ReadDay | undefined;
  /** It was written without one, and the statement's was taken. */
  readonly withoutCurrency: boolean;
}

const balance = /^([CD])([0-9]{6})([A-Z]{3})?([0-9.,]+)\s*$/;

/** A balance of :60a:, :62a:, :64: or :65:. One without a currency takes the statement's. */
export function readBalance(text: string, statementCurrency: string | undefined): ReadBalance | undefined {
  const [, mark, date = '', written, digits = ''] = balance.exec(text.trim()) ?? [];
  const currency = written ?? statementCurrency;
  if (mark === undefined || currency === undefined) return undefined;
  const amount = readStatementAmount(digits, currency, ',');
  if (typeof amount === 'string') return undefined;
  const day = readSwiftDay(date);
  const direction: Direction = mark === 'C' ? 'CRDT' : 'DBIT';
  return {
    balance: { amount, direction, ...(day === undefined ? {} : { on: day.day }) },
    day,
    withoutCurrency: written === undefined,
  };
}

/** The currency of a balance that may not be readable for another reason: entries need it even so. */
export function currencyOfBalance(text: string): string | undefined {
  const [, , , currency] = balance.exec(text.trim()) ?? [];
  return currency;
}

const withCurrency = /^([A-Z]{3})([0-9.,]+)$/;

/** A currency and an amount, as in `/OCMT/EUR11,85/`; the amount alone is in the currency given. */
export function readOriginal(text: string, currency?: string): Money | undefined {
  const plain = text.replace(/ /g, '');
  const [, written, digits] = withCurrency.exec(plain) ?? [];
  const money = readStatementAmount(digits ?? plain, written ?? currency ?? '', ',');
  return typeof money === 'string' ? undefined : money;
}

export interface Floor {
  readonly currency: string;
  readonly isZero: boolean;
}

/** :34F:, below which a report names no single entry. */
export function readFloor(text: string): Floor | undefined {
  const [, currency, digits] = /^([A-Z]{3})[CD]?([0-9.,]+)$/.exec(text.trim()) ?? [];
  if (currency === undefined || digits === undefined || minorDigits(currency) === undefined) return undefined;
  return { currency, isZero: /^[0,]+$/.test(digits) };
}

export interface SumOfEntries {
  readonly count: bigint;
  readonly amount: Money;
}

/** :90D: and :90C:, how many entries there are and what they come to. */
export function readSum(text: string): SumOfEntries | undefined {
  const [, count, currency, digits = ''] = /^([0-9]{1,5})([A-Z]{3})([0-9.,]+)$/.exec(text.trim()) ?? [];
  if (count === undefined || currency === undefined) return undefined;
  const amount = readStatementAmount(digits, currency, ',');
  return typeof amount === 'string' ? undefined : { count: BigInt(count), amount };
}
