import type { Money } from '../../../ledger/money.ts';
import type { Charge, Direction } from '../statement.ts';
import { amountReader, type AmountRead, columnOf, isSpoilt, type SignedMoney } from './amounts.ts';
import type { Columns } from './columns.ts';
import type { CsvAmountFormat, CsvEntry } from './profile.ts';
import type { RowNotes } from './row.ts';

/** What a row says of money. */
export interface RowMoney {
  readonly amount: Money;
  readonly direction: Direction;
  readonly charges: readonly Charge[];
  /** The amount before it was converted into what the account was booked in. */
  readonly instructed?: Money;
}

export type MoneyReader = (fields: readonly string[], notes: RowNotes) => RowMoney | undefined;

/** Reads gross, fees and net of a row as one booking: what was paid, and what was kept of it. */
export function moneyReader(entry: CsvEntry, columns: Columns, format: CsvAmountFormat): MoneyReader {
  const grossOf = amountReader(entry.amount, columns, format);
  const netOf = entry.net === undefined ? () => undefined : amountReader(entry.net, columns, format);
  const netColumn = columnOf(entry.net ?? entry.amount);
  const feesOf = feesReader(entry.charges ?? [], columns, format);

  return (fields, notes) => {
    const gross = taken(grossOf(fields), notes);
    const net = taken(netOf(fields), notes);
    if (notes.spoilt() !== undefined) return undefined;
    const isConverted = gross === undefined || (net !== undefined && net.currency !== gross.currency);
    const booked = isConverted ? net : gross;
    if (booked === undefined) return notes.spoil({ refused: 'missingAmount', field: columnOf(entry.amount) });
    const fees = feesOf(fields, notes, isConverted ? undefined : feesBetween(booked, net));
    if (fees === undefined) return undefined;
    const kept = sumOf(fees, booked.currency);
    if (!isConverted && net !== undefined && booked.minor + kept !== net.minor)
      notes.warn('netDiffers', netColumn);
    const told = isConverted ? { ...booked, minor: booked.minor - kept } : booked;
    return {
      ...unsigned(told),
      charges: fees.filter(({ minor }) => minor !== 0n).map(chargeOf),
      ...(isConverted && gross !== undefined && { instructed: unsigned(gross).amount }),
    };
  };
}

function taken(read: AmountRead, notes: RowNotes): SignedMoney | undefined {
  return isSpoilt(read) ? notes.spoil(read) : read;
}

/** What gross and net say that the fees came to. */
function feesBetween(gross: SignedMoney, net: SignedMoney | undefined): SignedMoney | undefined {
  return net === undefined ? undefined : { ...net, minor: net.minor - gross.minor };
}

/** A fee with its sign: below zero it was taken. */
type Fee = SignedMoney & { readonly kind: string };

/**
 * Fees of a row. Some senders write them in more decimals than anybody can be charged: then their sum, which gross and net
 * say exactly, stands for all of them.
 */
function feesReader(charges: NonNullable<CsvEntry['charges']>, columns: Columns, format: CsvAmountFormat) {
  const readers = charges.map((charge) => ({
    kind: charge.kind,
    read: amountReader(charge, columns, format),
  }));

  return (
    fields: readonly string[],
    notes: RowNotes,
    between: SignedMoney | undefined,
  ): readonly Fee[] | undefined => {
    // Without a column for it, what gross and net differ by is what was kept.
    if (readers.length === 0 && between !== undefined) return [{ ...between, kind: 'fees' }];
    const fees: Fee[] = [];
    for (const { kind, read } of readers) {
      const fee = read(fields);
      if (fee === undefined) continue;
      if (!isSpoilt(fee)) fees.push({ ...fee, kind });
      else if (fee.refused !== 'tooManyDecimals' || between === undefined) return notes.spoil(fee);
      else {
        notes.warn('unreadableCharge', fee.field);
        return [{ ...between, kind: 'fees' }];
      }
    }
    return fees;
  };
}

/** Fees in another currency say nothing about what is left of the amount. */
function sumOf(fees: readonly Fee[], currency: string): bigint {
  return fees.reduce((sum, fee) => (fee.currency === currency ? sum + fee.minor : sum), 0n);
}

function chargeOf(fee: Fee): Charge {
  return { ...unsigned(fee), included: false, kind: fee.kind };
}

export function unsigned({ minor, currency }: SignedMoney): { amount: Money; direction: Direction } {
  return minor < 0n
    ? { amount: { minor: -minor, currency }, direction: 'DBIT' }
    : { amount: { minor, currency }, direction: 'CRDT' };
}
