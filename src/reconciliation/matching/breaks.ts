import { formatAmount, type Money } from '../../ledger/money.ts';
import { daysAfter, isoDate } from '../calendar.ts';
import type { Break, BreakKind, RecordedItem, RecordedStatement } from '../statement-store.ts';
import type { OurAccount } from '../our-accounts.ts';
import type { BankProof } from './bank-proof.ts';
import type { Contradiction } from './decision.ts';
import type { Line } from './lines.ts';

/** What is opened, by which id and when; people have so many days for it. */
export interface Opening {
  readonly id: string;
  readonly at: Date;
  readonly workWithinDays: number;
}

type What = Omit<Break, keyof ReturnType<typeof opened>>;

/** A line that names an item and says something else of it. */
export function contradicted(found: Contradiction, opening: Opening): Break {
  const { line, item, break: kind, field, expected, actual, atRiskMinor } = found;
  return breakOf(
    {
      ...placeOf(line, opening),
      kind,
      subject: { entry: nameOf(line), item: item.key },
      field,
      expected,
      actual,
      atRisk: { minor: atRiskMinor, currency: line.amount.currency },
      suggestion: kind === 'DUPLICATE' ? 'raised' : 'matchedByHand',
    },
    opening,
  );
}

/** A line that nothing was expected of. */
export function unexpected(line: Line, opening: Opening): Break {
  return breakOf(
    {
      ...placeOf(line, opening),
      kind: 'UNEXPECTED',
      subject: { entry: nameOf(line) },
      field: 'entry',
      actual: figures(line),
      atRisk: line.amount,
      suggestion: line.direction === 'DBIT' ? 'writtenOff' : 'suspense',
    },
    opening,
  );
}

/**
 * An item that no line came for in its time. Where a line came that was another figure, and people put it elsewhere (`after` that
 * break), the item is missing once more.
 */
export function missing(item: RecordedItem, opening: Opening, after?: string): Break {
  const { key, gateway, brand, amount, effectiveAt, expectedIn } = item;
  const broken = breakOf(
    {
      kind: 'MISSING',
      between: expectedIn === 'report' ? 'ledgerAndReport' : 'ledgerAndBank',
      subject: { item: key },
      place: gateway,
      brand,
      field: 'entry',
      expected: figures(item),
      atRisk: amount,
      happenedOn: isoDate(effectiveAt),
      suggestion: 'raised',
    },
    opening,
  );
  return after === undefined ? broken : { ...broken, key: `${broken.key} after ${after}` };
}

/** A statement whose own figures do not add up, or before which one is missing. Empty where all is well. */
export function statementBreaks(
  statement: RecordedStatement,
  { brand, open }: { readonly brand: string; readonly open: () => Opening },
): readonly Break[] {
  const { id, proof, gap, account = '', currency = 'EUR', closing, receivedAt } = statement;
  const happenedOn = closing?.on ?? isoDate(receivedAt);
  const about = {
    between: 'statement',
    subject: { statement: id },
    place: account,
    brand,
    happenedOn,
  } as const;
  const found: Break[] = [];
  if (proof.kind === 'differs') {
    const { differenceMinor: minor } = proof;
    const atRisk = { minor: minor < 0n ? -minor : minor, currency };
    const what = {
      ...about,
      kind: 'BALANCE_DIFFERS',
      field: 'closing balance',
      suggestion: 'raised',
    } as const;
    found.push(breakOf({ ...what, expected: 'opening plus entries', atRisk }, open()));
  }
  if (gap !== undefined) {
    const what = { ...about, kind: 'STATEMENT_GAP', field: gap, suggestion: 'raised' } as const;
    found.push(breakOf({ ...what, atRisk: { minor: 0n, currency } }, open()));
  }
  return found;
}

/**
 * The ledger, with what is open, has another figure than the bank closes with, by so much beyond what people have explained.
 * The figure is of the key, so that another one is another break.
 */
export function ledgerDiffers(
  { statement, on, closingMinor }: Pick<BankProof, 'statement' | 'on' | 'closingMinor'>,
  restMinor: bigint,
  { account, opening: its }: { readonly account: OurAccount; readonly opening: Opening },
): Break {
  const { currency } = account;
  const found = breakOf(
    {
      kind: 'LEDGER_DIFFERS',
      between: 'ledgerAndBank',
      subject: { statement: statement.id },
      place: account.name,
      brand: account.brand,
      field: 'closing balance',
      expected: signedAmount({ minor: closingMinor - restMinor, currency }),
      actual: signedAmount({ minor: closingMinor, currency }),
      atRisk: { minor: restMinor < 0n ? -restMinor : restMinor, currency },
      suggestion: 'raised',
      happenedOn: on,
    },
    its,
  );
  return { ...found, key: `${found.key} ${restMinor}` };
}

/** By how much the ledger differs, as `ledgerDiffers` wrote it. */
export function restIn({ key }: Pick<Break, 'key'>): bigint {
  return BigInt(key.slice(key.lastIndexOf(' ') + 1));
}

function signedAmount({ minor, currency }: Money): string {
  return minor < 0n ? `-${formatAmount({ minor: -minor, currency })}` : formatAmount({ minor, currency });
}

function breakOf(what: What, opening: Opening): Break {
  return { ...what, ...opened(what, opening) };
}

function opened({ kind, subject }: { kind: BreakKind; subject: Break['subject'] }, opening: Opening) {
  const { id, at, workWithinDays } = opening;
  const about = Object.values(subject).join(' ');
  return { id, key: `${kind} ${about}`, openedAt: at, dueOn: daysAfter(isoDate(at), workWithinDays) };
}

/** A line's name in a break: its booking, and the place of the transaction that it is. */
export function nameOf({ of: { key, detail } }: Line): string {
  return detail === undefined ? key : `${key}/${detail}`;
}

function placeOf({ account, bookedOn, on }: Line, { at }: Opening) {
  const between = account.reportOf === undefined ? 'ledgerAndBank' : 'ledgerAndReport';
  const happenedOn = bookedOn ?? on ?? isoDate(at);
  return { between, place: account.name, brand: account.brand, happenedOn } as const;
}

function figures({ direction, amount }: { direction: string; amount: Money }): string {
  return `${direction} ${formatAmount(amount)} ${amount.currency}`;
}
