import type { Money } from '../../ledger/money.ts';
import { isPlaceholder } from '../importing/identity.ts';
import type { OurAccount } from '../our-accounts.ts';
import { referenceKey, type MatchedEntry, type RecordedStatementEntry } from '../statement-store.ts';
import type {
  Direction,
  EntryDetail,
  EntryKind,
  IsoDate,
  References,
  ReturnReason,
  TransactionCode,
} from '../statements/statement.ts';
import { chargedMinor, chargesIn, isSumLessCharges, isSumOf } from './told-apart.ts';
import { trimmedEnd } from '../statements/trimmed-end.ts';

/** What is matched: a booking, or where it is a sum that its bank has told apart, one transaction of it. */
export interface Line {
  readonly of: MatchedEntry;
  readonly account: OurAccount;
  readonly direction: Direction;
  readonly amount: Money;
  /** What the gateway's report says was kept beside it, in its currency; below zero where it was given back. */
  readonly feeMinor: bigint;
  /** What is said to be kept of it, so that the line is less by it, in its currency; below zero where it was put on top. */
  readonly keptMinor: bigint;
  /** Charges of a bank that may be kept of it, or be booked by a line of their own: it does not say which. */
  readonly unsaidMinor: bigint;
  /** The date of value, else of booking. */
  readonly on?: IsoDate;
  readonly bookedOn?: IsoDate;
  /** The bank's or gateway's name for the line, as it writes it. */
  readonly servicerReference?: string;
  /** As `referenceKey` writes them. */
  readonly references: readonly string[];
  /** The free text, as `referenceKey` writes it, so that a reference is found in it wherever the bank broke the line. */
  readonly text: string;
  /** The words of the free text that may be references. */
  readonly words: readonly string[];
  readonly kind?: EntryKind;
  /** `DOMAIN-FAMILY-SUBFAMILY`, and the bank's own. */
  readonly codes: readonly string[];
  readonly reversal: boolean;
  readonly returned?: ReturnReason;
}

/** Shorter words of a free text name nothing. */
const wordLengthMin = 8;
const wordsMax = 50;

/**
 * The open lines of a booking: itself, or its transactions where there are several and each has an amount in the booking's
 * currency that together are the booking.
 */
export function linesOf(told: RecordedStatementEntry, account: OurAccount): readonly Line[] {
  if (told.matchId !== undefined) return [];
  const { entry, details } = told;
  if (isSumLessCharges(told)) {
    const charges = chargesIn(told);
    const references = [entry.references, ...details.map((detail) => detail.references)];
    return [lineOf(told, account, { ...entry, charges, references })];
  }
  if (!isSumOf(told)) {
    // What its only transaction says is said of the booking.
    const [only] = details.length === 1 ? details : [];
    const references = [entry.references, ...(only === undefined ? [] : [only.references])];
    return [lineOf(told, account, { ...entry, ...facts(only), references })];
  }
  const open = [...details.entries()].filter(([place]) => !told.matchedDetails.includes(place));
  return open.map(([place, detail]) => {
    const { amount = entry.amount, direction = entry.direction, references } = detail;
    return lineOf(told, account, { ...detail, amount, direction, references: [references] }, place);
  });
}

type Told = Pick<EntryDetail, 'remittance' | 'code' | 'charges' | 'returned'> & {
  readonly references: readonly References[];
  readonly amount: Money;
  readonly direction: Direction;
};

function lineOf(
  { key, entry }: RecordedStatementEntry,
  account: OurAccount,
  told: Told,
  detail?: number,
): Line {
  const text = [told.remittance, detail === undefined ? entry.information : undefined]
    .filter(isText)
    .join(' ');
  const on = entry.valueOn ?? entry.bookedOn;
  const isReport = account.reportOf !== undefined;
  const returned = told.returned ?? entry.returned;
  const servicerReference = told.references.findLast(({ accountServicer }) => accountServicer !== undefined);
  return {
    of: { key, ...(detail !== undefined && { detail }) },
    account,
    direction: told.direction,
    amount: told.amount,
    feeMinor: isReport ? chargedMinor(told, ({ included }) => included !== true) : 0n,
    keptMinor: chargedMinor(told, ({ included }) => included === true),
    unsaidMinor: isReport ? 0n : chargedMinor(told, ({ included }) => included === undefined),
    ...(on !== undefined && { on }),
    ...(entry.bookedOn !== undefined && { bookedOn: entry.bookedOn }),
    ...(servicerReference?.accountServicer !== undefined && {
      servicerReference: servicerReference.accountServicer,
    }),
    references: keysOf(told.references),
    text: referenceKey(text),
    words: wordsOf(text),
    ...(entry.kind !== undefined && { kind: entry.kind }),
    codes: codesOf(told.code ?? entry.code),
    reversal: entry.reversal,
    ...(returned !== undefined && { returned }),
  };
}

/** What an only transaction says beyond its booking, and before it. */
function facts(detail: EntryDetail | undefined): Partial<Told> {
  if (detail === undefined) return {};
  const { remittance, code, charges, returned } = detail;
  return {
    ...(remittance !== undefined && { remittance }),
    ...(code !== undefined && { code }),
    ...(charges !== undefined && { charges }),
    ...(returned !== undefined && { returned }),
  };
}

function keysOf(references: readonly References[]): readonly string[] {
  const texts = references.flatMap(({ other, ...named }) => [
    ...Object.values(named),
    ...Object.values(other ?? {}),
  ]);
  return [
    ...new Set(
      texts
        .filter(isText)
        .map(referenceKey)
        .filter((key) => key !== '' && !isPlaceholder(key)),
    ),
  ];
}

function wordsOf(text: string): readonly string[] {
  const words = text.toUpperCase().match(/[A-Z0-9][A-Z0-9._-]*/g) ?? [];
  return [...new Set(words.map((word) => trimmedEnd(word, '._-')))]
    .filter((word) => word.length >= wordLengthMin)
    .slice(0, wordsMax);
}

function codesOf(code: TransactionCode | undefined): readonly string[] {
  if (code === undefined) return [];
  const { domain, family, subFamily, proprietary } = code;
  const levels = [domain, family, subFamily].filter(isText);
  return [
    ...(levels.length === 0 ? [] : [levels.join('-')]),
    ...(proprietary === undefined ? [] : [proprietary]),
  ];
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}
