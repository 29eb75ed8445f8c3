import type { Money } from '../../../ledger/money.ts';
import { sameMoney } from '../../../ledger/money.ts';
import type { Counterparty, Direction, EntryDetail, ReturnReason, TransactionCode } from '../statement.ts';
import { readCharges } from './charges.ts';
import { all, at, proseOf, said, saidAny, textAt } from './element.ts';
import type { Element } from './element.ts';
import { counterpartyOf, readParty } from './parties.ts';
import { readReferences } from './references.ts';
import type { RowNotes } from './remarks.ts';
import { moneyOrSpoil, moneyOrWarn, one, readDirection } from './values.ts';

/** A transaction as far as its own element tells. Who the counterparty is, and what is worth saying, its entry knows. */
export interface ReadDetail {
  readonly facts: EntryDetail;
  readonly debtor: Counterparty | undefined;
  readonly creditor: Counterparty | undefined;
  readonly instructed: Money | undefined;
}

export function readDetail(transaction: Element, notes: RowNotes): ReadDetail {
  const own = one(transaction, 'Amt', notes);
  const moved = at(transaction, 'AmtDtls', 'TxAmt', 'Amt');
  const amount = own ?? moved;
  const instructed = at(transaction, 'AmtDtls', 'InstdAmt', 'Amt') ?? (own === undefined ? undefined : moved);
  return {
    facts: said<EntryDetail>({
      amount: amount === undefined ? undefined : moneyOrSpoil(amount, notes),
      direction: detailDirection(transaction, notes),
      references: readReferences(transaction, notes),
      remittance: readRemittance(at(transaction, 'RmtInf')),
      code: readCode(at(transaction, 'BkTxCd')),
      charges: readCharges(transaction, notes),
      returned: readReturn(at(transaction, 'RtrInf')),
      information: proseOf(at(transaction, 'AddtlTxInf')),
      counterparty: undefined,
      instructed: undefined,
    }),
    debtor: readParty(transaction, 'Dbtr'),
    creditor: readParty(transaction, 'Cdtr'),
    instructed: moneyOrWarn(instructed, 'unreadableInstructedAmount', notes),
  };
}

function detailDirection(transaction: Element, notes: RowNotes): Direction | undefined {
  const element = one(transaction, 'CdtDbtInd', notes);
  const direction = readDirection(element);
  if (element !== undefined && direction === undefined) notes.spoil('unknownDirection', 'CdtDbtInd');
  return direction;
}

interface Surroundings {
  readonly amount: Money;
  readonly direction: Direction;
  readonly reversal: boolean;
  readonly ownAccount: string | undefined;
}

/** The transaction within its entry. An instructed amount is told where it is another than what was booked. */
export function completeDetail(read: ReadDetail, entry: Surroundings): EntryDetail {
  const { facts, debtor, creditor, instructed } = read;
  const direction = facts.direction ?? entry.direction;
  const counterparty = counterpartyOf({ ...entry, debtor, creditor, direction });
  const differs = instructed !== undefined && !sameMoney(instructed, facts.amount ?? entry.amount);
  return {
    ...facts,
    ...(counterparty === undefined ? {} : { counterparty }),
    ...(differs ? { instructed } : {}),
  };
}

/** The remittance text: every `Ustrd`, then what a structured one adds in words. */
function readRemittance(information: Element | undefined): string | undefined {
  const added = all(information, 'Strd').flatMap((structured) => all(structured, 'AddtlRmtInf'));
  const texts = [...all(information, 'Ustrd'), ...added].map(proseOf).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(' ');
}

export function readCode(code: Element | undefined): TransactionCode | undefined {
  return saidAny<TransactionCode>({
    domain: textAt(code, 'Domn', 'Cd'),
    family: textAt(code, 'Domn', 'Fmly', 'Cd'),
    subFamily: textAt(code, 'Domn', 'Fmly', 'SubFmlyCd'),
    proprietary: textAt(code, 'Prtry', 'Cd'),
    issuer: textAt(code, 'Prtry', 'Issr'),
  });
}

function readReturn(information: Element | undefined): ReturnReason | undefined {
  const reason = at(information, 'Rsn') ?? at(information, 'RtrRsn');
  const words = [...all(information, 'AddtlInf'), ...all(information, 'AddtlRtrRsnInf')].map(proseOf);
  const text = words.filter((word) => word !== undefined).join(' ');
  return saidAny<ReturnReason>({
    code: textAt(reason, 'Cd') ?? textAt(reason, 'Prtry'),
    text: text || undefined,
  });
}
