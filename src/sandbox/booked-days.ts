import type { Book } from './book.ts';
import type { Return } from './given-back.ts';
import type { Instruction } from './instruction.ts';
import type { Journal } from './journal.ts';

/** One line of an account of ours at a gateway. Amounts are signed as they change it: above zero it came to us. */
export interface BookedLine {
  /** The gateway's own, and no other line's. */
  readonly reference: string;
  readonly kind: 'payment' | 'refund' | Return['kind'] | 'fee' | 'payout';
  readonly instructionId?: string;
  readonly originalInstructionId?: string;
  readonly endToEndId?: string;
  readonly gatewayReference?: string;
  readonly reasonCode?: string;
  readonly text?: string;
  readonly grossMinor: bigint;
  /** What the gateway kept of it. */
  readonly feeMinor: bigint;
}

/** A day (UTC) of an account in one currency. `openingMinor` and the lines, less their fees, are what the next one opens with. */
export interface BookedDay {
  readonly day: string;
  readonly currency: string;
  readonly openingMinor: bigint;
  readonly lines: readonly BookedLine[];
}

export interface DayBooks {
  /** The days on which anything moved, the earliest first. */
  days(currency: string): readonly BookedDay[];
  /** A day as it is now, whether it is over or not; undefined before anything moved, and for a day to come. */
  dayOf(day: string, currency: string): BookedDay | undefined;
}

export interface DayBooksOptions {
  readonly journal: Pick<Journal, 'instructions' | 'givenBack'>;
  readonly book: Pick<Book, 'statusOf'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What the gateway keeps of a payment. */
  readonly feeOf: (instruction: Instruction) => bigint;
  /** Lines that no instruction made, by their day. */
  readonly landed?: (currency: string) => ReadonlyMap<string, readonly BookedLine[]>;
  /** What the gateway books at the end of a day that had lines: `balanceMinor` is what it has come to. */
  readonly atItsEnd?: (
    day: Omit<BookedDay, 'openingMinor'> & { readonly balanceMinor: bigint },
  ) => readonly BookedLine[];
}

/** The account by days, out of the journal: what settled, what came back, and what the gateway books of its own accord. */
export function dayBooks(options: DayBooksOptions): DayBooks {
  const { now, landed, atItsEnd } = options;

  function days(currency: string): readonly BookedDay[] {
    const byDay = linesByDay(options, currency);
    for (const [day, lines] of landed?.(currency) ?? []) for (const line of lines) put(byDay, day, line);
    let balanceMinor = 0n;
    return [...byDay.keys()].toSorted().map((day) => {
      const openingMinor = balanceMinor;
      const moved = byDay.get(day) ?? [];
      balanceMinor += netOf(moved);
      const ending = atItsEnd?.({ day, currency, lines: moved, balanceMinor }) ?? [];
      balanceMinor += netOf(ending);
      return { day, currency, openingMinor, lines: [...moved, ...ending] };
    });
  }

  return {
    days,
    dayOf(day, currency) {
      if (day > new Date(now()).toISOString().slice(0, 10)) return undefined;
      const last = days(currency).findLast((one) => one.day <= day);
      if (last === undefined || last.day === day) return last;
      return { day, currency, openingMinor: closingOf(last), lines: [] };
    },
  };
}

/** What a day ends with, by its lines as they are shown. */
export function closingOf({ openingMinor, lines }: Pick<BookedDay, 'openingMinor' | 'lines'>): bigint {
  return openingMinor + netOf(lines);
}

function netOf(lines: readonly BookedLine[]): bigint {
  return lines.reduce((sum, { grossMinor, feeMinor }) => sum + grossMinor - feeMinor, 0n);
}

function linesByDay({ journal, book, feeOf }: DayBooksOptions, currency: string): Map<string, BookedLine[]> {
  const byDay = new Map<string, BookedLine[]>();
  const instructions = new Map<string, Instruction>();
  for (const instruction of journal.instructions()) {
    instructions.set(instruction.instructionId, instruction);
    if (instruction.currency !== currency || book.statusOf(instruction) !== 'settled') continue;
    put(byDay, dayOf(instruction.finalAt), lineOf(instruction, feeOf(instruction)));
  }
  for (const made of journal.givenBack.returns()) {
    const original = instructions.get(made.instructionId);
    if (made.currency === currency && original !== undefined)
      put(byDay, dayOf(made.at), returnLine(made, original));
  }
  return byDay;
}

function lineOf(instruction: Instruction, feeMinor: bigint): BookedLine {
  const { instructionId, endToEndId, reference, refundOf, direction, amountMinor } = instruction;
  return {
    reference,
    kind: refundOf === undefined ? 'payment' : 'refund',
    instructionId,
    ...(refundOf !== undefined && { originalInstructionId: refundOf }),
    ...(endToEndId !== undefined && { endToEndId }),
    gatewayReference: reference,
    grossMinor: direction === 'CRDT' ? amountMinor : -amountMinor,
    feeMinor,
  };
}

/** What comes back goes the other way than its payment; what is won back goes the payment's way again. */
function returnLine(made: Return, { direction, reference: gatewayReference }: Instruction): BookedLine {
  const { kind, number, instructionId, reference, reason, amountMinor } = made;
  const isOurs = (direction === 'CRDT') === (kind === 'chargebackReversal');
  return {
    reference: reference ?? `${gatewayReference}-R${number}`,
    kind,
    instructionId,
    gatewayReference,
    reasonCode: reason,
    grossMinor: isOurs ? amountMinor : -amountMinor,
    feeMinor: 0n,
  };
}

function put(byDay: Map<string, BookedLine[]>, day: string, line: BookedLine): void {
  const lines = byDay.get(day);
  if (lines === undefined) byDay.set(day, [line]);
  else lines.push(line);
}

function dayOf(instant: string): string {
  return instant.slice(0, 10);
}
