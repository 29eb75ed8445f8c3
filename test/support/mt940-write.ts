import { formatAmount } from '../../src/ledger/money.ts';
import type { Money } from '../../src/ledger/money.ts';
import type { Direction } from '../../src/reconciliation/statements/statement.ts';

/** What a test's bank books. Texts have single blanks, no `?`, `/`, `+` or colon. */
export interface WrittenBooking {
  readonly amount: Money;
  readonly direction: Direction;
  readonly reversal: boolean;
  readonly valueOn: string;
  readonly bookedOn?: string;
  readonly customerReference?: string;
  readonly bankReference?: string;
  readonly endToEnd?: string;
  readonly mandate?: string;
  readonly name?: string;
  readonly account?: string;
  readonly agentBic?: string;
  readonly remittance?: string;
}

export interface WrittenMt940 {
  readonly id: string;
  readonly account: string;
  readonly sequence: string;
  readonly page?: string;
  readonly opening: { readonly amount: Money; readonly direction: Direction; readonly on: string };
  readonly bookings: readonly WrittenBooking[];
}

export interface Mt940Style {
  readonly manner: 'subfields' | 'slashes';
  readonly blocks: boolean;
  readonly lineEnd: '\n' | '\r\n';
  readonly fundsCode: boolean;
}

const yymmdd = (day: string) => day.slice(2).replaceAll('-', '');
const swiftAmount = (money: Money) => {
  const text = formatAmount(money).replace('.', ',');
  return text.includes(',') ? text : `${text},`;
};

/** Writes statements as MT940, one message each. */
export function writeMt940(statements: readonly WrittenMt940[], style: Mt940Style): string {
  return statements.map((statement) => message(statement, style).join(style.lineEnd)).join('');
}

function message(
  { id, account, sequence, page, opening, bookings }: WrittenMt940,
  style: Mt940Style,
): string[] {
  const { amount, direction, on } = opening;
  const balance = `${direction === 'CRDT' ? 'C' : 'D'}${yymmdd(on)}${amount.currency}${swiftAmount(amount)}`;
  return [
    ...(style.blocks ? ['\u0001{1:F01BANKDEFFXXX0000000000}{2:I940BANKDEFFXXXXN}{4:'] : []),
    `:20:${id}`,
    `:25:${account}`,
    `:28C:${sequence}${page === undefined ? '' : `/${page}`}`,
    `:60F:${balance}`,
    ...bookings.flatMap((booking) => [...statementLine(booking, style), ...narrative(booking, style)]),
    `:62F:${balance}`,
    style.blocks ? '-}\u0003' : '-',
    '',
  ];
}

function statementLine(booking: WrittenBooking, { fundsCode }: Mt940Style): string[] {
  const { direction, reversal, amount, bookedOn } = booking;
  const credits = (direction === 'CRDT') !== reversal;
  const mark = `${reversal ? 'R' : ''}${credits ? 'C' : 'D'}${fundsCode ? (amount.currency[2] ?? '') : ''}`;
  const entryDate = bookedOn === undefined ? '' : yymmdd(bookedOn).slice(2);
  const bank = booking.bankReference === undefined ? '' : `//${booking.bankReference}`;
  const customer = booking.customerReference ?? 'NONREF';
  return [`:61:${yymmdd(booking.valueOn)}${entryDate}${mark}${swiftAmount(amount)}NTRF${customer}${bank}`];
}

function narrative(booking: WrittenBooking, { manner }: Mt940Style): string[] {
  const text = manner === 'subfields' ? subfields(booking) : slashes(booking);
  return text === '' ? [] : cut(text, 65).map((line, place) => (place === 0 ? `:86:${line}` : line));
}

function subfields({ endToEnd, mandate, name, account, agentBic, remittance }: WrittenBooking): string {
  const words = [
    ...(endToEnd === undefined ? [] : cut(`EREF+${endToEnd}`, 27)),
    ...(mandate === undefined ? [] : cut(`MREF+${mandate}`, 27)),
    ...(remittance === undefined ? [] : cut(`SVWZ+${remittance}`, 27)),
  ];
  const codes = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 60, 61, 62, 63];
  return [
    '166?00BOOKING',
    ...words.slice(0, codes.length).map((word, place) => `?${codes[place]}${word}`),
    ...(agentBic === undefined ? [] : [`?30${agentBic}`]),
    ...(account === undefined ? [] : [`?31${account}`]),
    ...(name === undefined ? [] : cut(name, 27).map((part, place) => `?${32 + place}${part}`)),
  ].join('');
}

function slashes({ endToEnd, mandate, name, account, agentBic, remittance }: WrittenBooking): string {
  const party = [account, agentBic, name].some((part) => part !== undefined)
    ? `/CNTP/${account ?? ''}/${agentBic ?? ''}/${name ?? ''}//`
    : '';
  return [
    endToEnd === undefined ? '' : `/EREF/${endToEnd}/`,
    mandate === undefined ? '' : `/MARF/${mandate}/`,
    party,
    remittance === undefined ? '' : `/REMI/USTD//${remittance}/`,
  ].join('');
}

function cut(text: string, width: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; from += width) pieces.push(text.slice(from, from + width));
  return pieces;
}
