import { formatAmount } from '../../ledger/money.ts';
import { isoDate } from '../calendar.ts';
import type { BreakKind, RecordedItem } from '../statement-store.ts';
import type { Contradiction } from './decision.ts';
import type { Line } from './lines.ts';

/**
 * What a line says of the item that it names, where it is not the same. An open item goes before a matched one; of a matched
 * one only its own money can be told twice: what goes the other way is money that came back, which nothing of ours knows yet.
 */
export function contradictionOf(line: Line, found: readonly RecordedItem[]): Contradiction | undefined {
  const item = found.find(({ matchId }) => matchId === undefined) ?? again(line, found);
  if (item === undefined) return undefined;
  const { amount } = line;
  const of = (
    kind: BreakKind,
    field: string,
    [expected, actual]: [string, string],
    atRiskMinor = amount.minor,
  ) => ({ kind: 'contradiction', break: kind, line, item, field, expected, actual, atRiskMinor }) as const;
  if (item.matchId !== undefined) return of('DUPLICATE', 'reference', ['once', 'again']);
  if (item.amount.currency !== amount.currency) {
    return of('CURRENCY_MISMATCH', 'currency', [item.amount.currency, amount.currency]);
  }
  if (item.direction !== line.direction) {
    return of('DIRECTION_MISMATCH', 'direction', [item.direction, line.direction]);
  }
  const difference = amount.minor - item.amount.minor;
  const day = isoDate(item.effectiveAt);
  if (difference === 0n) return of('DATA_MISMATCH', 'date', [day, line.on ?? 'none']);
  const kind = difference > 0n ? 'OVER_AMOUNT' : 'UNDER_AMOUNT';
  const figures: [string, string] = [formatAmount(item.amount), formatAmount(amount)];
  return of(kind, 'amount', figures, difference < 0n ? -difference : difference);
}

function again(line: Line, found: readonly RecordedItem[]): RecordedItem | undefined {
  return found.find(({ direction }) => direction === line.direction);
}
