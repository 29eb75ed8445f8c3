import type { Money } from '../../../ledger/money.ts';
import { readStatementAmount } from '../amount.ts';
import type { Direction, IsoDate } from '../statement.ts';
import { all, textOf } from './element.ts';
import type { Element } from './element.ts';
import type { BadRowRule, RowNotes } from './remarks.ts';

/** The one element of that name: two of them contradict each other, and the row is spoilt. */
export function one(parent: Element, name: string, notes: RowNotes): Element | undefined {
  const found = all(parent, name);
  if (found.length > 1) notes.spoil('repeatedElement', name);
  return found[0];
}

/**
 * An amount with its currency. It must stand there in one plain piece: parsers differ on what a comment or an element in
 * the middle of it means, so it is no amount then.
 */
export function readMoney(element: Element): Money | BadRowRule {
  if (element.isInterrupted || element.hasElements) return 'interruptedAmount';
  if (element.currency === undefined) return 'missingCurrency';
  return readStatementAmount(textOf(element) ?? '', element.currency);
}

/** The amount that the row stands or falls with. */
export function requireMoney(parent: Element, notes: RowNotes): Money | undefined {
  const element = one(parent, 'Amt', notes);
  if (element === undefined) return notes.spoil('missingElement', 'Amt');
  return moneyOrSpoil(element, notes);
}

export function moneyOrSpoil(element: Element, notes: RowNotes): Money | undefined {
  const money = readMoney(element);
  return typeof money === 'string' ? notes.spoil(money, element.name) : money;
}

/** The amount of an element that only informs: an unreadable one is left out with a warning. */
export function moneyOrWarn(
  element: Element | undefined,
  rule: 'unreadableCharge' | 'unreadableInstructedAmount',
  notes: RowNotes,
): Money | undefined {
  if (element === undefined) return undefined;
  const money = readMoney(element);
  return typeof money === 'string' ? notes.warn(rule, element) : money;
}

export function readDirection(element: Element | undefined): Direction | undefined {
  const text = textOf(element);
  return text === 'CRDT' || text === 'DBIT' ? text : undefined;
}

const isoDay = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?$/s;

/** The day of a date or an instant, as it is written: no zone moves it. */
export function readDay(text: string): IsoDate | undefined {
  const [, year, month, day] = isoDay.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const calendar = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const real = !Number.isNaN(calendar.getTime()) && calendar.getUTCDate() === Number(day);
  return real ? `${year}-${month}-${day}` : undefined;
}

/** The day in `Dt` or `DtTm` below the element: undefined where neither says anything, empty where it is no day. */
export function dayBelow(element: Element | undefined): { readonly on?: IsoDate } | undefined {
  const text = textOf(element?.children.find(({ name }) => name === 'Dt' || name === 'DtTm'));
  if (text === undefined) return undefined;
  const on = readDay(text);
  return on === undefined ? {} : { on };
}

const booleans: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

export function readBoolean(text: string): boolean | undefined {
  return Object.hasOwn(booleans, text) ? booleans[text] : undefined;
}
