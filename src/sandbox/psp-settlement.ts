import { type BookedDay, type BookedLine, closingOf, type DayBooks, dayBooks } from './booked-days.ts';
import type { DayBooksOptions } from './booked-days.ts';
import { textFromMinor } from './minor-units.ts';
import { feeOf } from './psp-messages.ts';

/** Our account at the PSP. */
export const sandboxMerchant = 'CAGEBRIDGE';

const columns = [
  'settlementId',
  'account',
  'lineId',
  'kind',
  'instructionId',
  'originalInstructionId',
  'endToEndId',
  'gatewayReference',
  'payoutReference',
  'currency',
  'gross',
  'fee',
  'net',
  'bookedOn',
  'settledOn',
  'reasonCode',
  'text',
] as const;

type Row = Partial<Record<(typeof columns)[number], string>>;

/** The PSP's books: what a day has come to above zero is paid out to the bank at its end; what is below stays. */
export function pspBooks(ground: Pick<DayBooksOptions, 'journal' | 'book' | 'now'>): DayBooks {
  return dayBooks({
    ...ground,
    feeOf,
    atItsEnd: ({ day, currency, balanceMinor }) =>
      balanceMinor > 0n ? [payoutLine(day, currency, balanceMinor)] : [],
  });
}

/** The PSP's payouts, as they land on the account at the bank, by day; none where there is no PSP. */
export function landedPayouts(
  books: DayBooks | undefined,
  currency: string,
): ReadonlyMap<string, readonly BookedLine[]> {
  return new Map(
    (books?.days(currency) ?? []).map(
      ({ day, lines }) => [day, lines.filter(isPayout).map(asItLands)] as const,
    ),
  );
}

/** A settlement as docs/statements-csv.md has it. Written from the day alone: the same day, the same bytes. */
export function settlementCsv(booked: BookedDay): string {
  const { day, currency, openingMinor, lines } = booked;
  const all: Row = {
    settlementId: settlementIdOf(day, currency),
    account: sandboxMerchant,
    currency,
    bookedOn: day,
    settledOn: day,
  };
  const balance = (kind: 'opening' | 'closing', minor: bigint): Row => ({
    ...all,
    lineId: `${settlementIdOf(day, currency)}-${kind}`,
    kind,
    net: decimal(minor, currency),
  });
  const rows = [
    balance('opening', openingMinor),
    ...lines.map((line) => ({ ...all, ...rowOf(line, booked) })),
    balance('closing', closingOf(booked)),
  ];
  const texts = rows.map((row: Row) => columns.map((column) => quoted(row[column] ?? '')).join(','));
  return `${[columns.join(','), ...texts].join('\r\n')}\r\n`;
}

function rowOf(line: BookedLine, { day, currency }: BookedDay): Row {
  const { reference, kind, grossMinor, feeMinor, ...told } = line;
  const { instructionId, originalInstructionId, endToEndId, gatewayReference, reasonCode, text } = told;
  return {
    lineId: reference,
    kind,
    ...(instructionId !== undefined && { instructionId }),
    ...(originalInstructionId !== undefined && { originalInstructionId }),
    ...(endToEndId !== undefined && { endToEndId }),
    ...(gatewayReference !== undefined && { gatewayReference }),
    ...(kind === 'payout' && { payoutReference: settlementIdOf(day, currency) }),
    gross: decimal(grossMinor, currency),
    fee: decimal(feeMinor, currency),
    net: decimal(grossMinor - feeMinor, currency),
    ...(reasonCode !== undefined && { reasonCode }),
    ...(text !== undefined && { text }),
  };
}

function payoutLine(day: string, currency: string, balanceMinor: bigint): BookedLine {
  return {
    reference: `${settlementIdOf(day, currency)}-payout`,
    kind: 'payout',
    grossMinor: -balanceMinor,
    feeMinor: 0n,
  };
}

function isPayout({ kind }: BookedLine): boolean {
  return kind === 'payout';
}

/** The settlement is what the transfer names, as its text and as its end-to-end id. */
function asItLands({ reference, kind, grossMinor }: BookedLine): BookedLine {
  const settlement = reference.replace(/-payout$/, '');
  return {
    reference: `PO-${settlement}`,
    kind,
    endToEndId: settlement,
    text: `SETTLEMENT ${settlement}`,
    grossMinor: -grossMinor,
    feeMinor: 0n,
  };
}

function settlementIdOf(day: string, currency: string): string {
  return `STL-${day}-${currency}`;
}

function decimal(minor: bigint, currency: string): string {
  return minor < 0n ? `-${textFromMinor(-minor, currency)}` : textFromMinor(minor, currency);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
