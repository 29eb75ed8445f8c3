import type { StatementHeader } from '../statement.ts';

interface Message {
  readonly kind: StatementHeader['kind'];
  readonly name: string;
  /** The element of one statement within the message. */
  readonly statement: string;
}

const messages: Readonly<Record<string, Message>> = {
  BkToCstmrAcctRpt: { kind: 'report', name: 'camt.052', statement: 'Rpt' },
  BkToCstmrStmt: { kind: 'statement', name: 'camt.053', statement: 'Stmt' },
  BkToCstmrDbtCdtNtfctn: { kind: 'notification', name: 'camt.054', statement: 'Ntfctn' },
};

/** The message by its element. The first version of each wrote its number behind the name: BkToCstmrStmtV01. */
export function messageNamed(name: string): Message | undefined {
  const bare = name.replace(/V0[0-9]$/, '');
  return Object.hasOwn(messages, bare) ? messages[bare] : undefined;
}

const isoNamespace = /^urn:iso:std:iso:20022:tech:xsd:(camt\.05[234])\.001\.[0-9]{2}$/;
const isoPrefix = 'urn:iso:std:iso:20022:tech:xsd:';

/** `camt.053.001.08` where the namespace is ISO's and of this message, else the message alone. */
export function formatOf(namespace: string, message: string): string {
  return isoNamespace.exec(namespace)?.[1] === message ? namespace.slice(isoPrefix.length) : message;
}

/** Whether the namespace is ISO's of a message, and of another one than the element says. */
export function isOfAnotherMessage(namespace: string, message: string): boolean {
  return namespace.startsWith(isoPrefix) && !namespace.startsWith(`${isoPrefix}${message}.`);
}

/** Elements of a statement that its header is read from; they stand before its balances and entries. */
export const headerNames: ReadonlySet<string> = new Set(
  words(`Id StmtPgntn RptPgntn NtfctnPgntn ElctrncSeqNb LglSeqNb CreDtTm FrToDt CpyDplctInd Acct`),
);

/**
 * Every element that something is read from, all versions together. What is not here is passed over with all that it
 * holds (addresses, taxes, securities, SplmtryData), and costs no memory.
 */
export const readNames: ReadonlySet<string> = new Set([
  ...headerNames,
  ...words(`GrpHdr MsgId PgNb LastPgInd MsgPgntn FrDtTm ToDtTm IBAN BBAN UPIC PrtryAcct Othr Ccy Nm Svcr FinInstnId
    BIC BICFI CmbndId Bal Tp CdOrPrtry Cd Prtry PrtryCd Amt CdtDbtInd Dt DtTm TxsSummry TtlNtries TtlCdtNtries
    TtlDbtNtries NbOfNtries Sum Ntry NtryRef RvslInd Sts BookgDt ValDt AcctSvcrRef BkTxCd Domn Fmly SubFmlyCd Issr
    Chrgs TtlChrgsAndTaxAmt Rcrd ChrgInclInd NtryDtls Btch PmtInfId NbOfTxs TxDtls Refs InstrId EndToEndId UETR TxId
    MndtId ChqNb ClrSysRef AcctOwnrTxId AcctSvcrTxId MktInfrstrctrTxId PrcgId Ref AmtDtls InstdAmt TxAmt RltdPties
    Dbtr Cdtr DbtrAcct CdtrAcct Pty Agt RltdAgts DbtrAgt CdtrAgt RmtInf Ustrd Strd CdtrRefInf CdtrRef AddtlRmtInf
    RtrInf Rsn RtrRsn AddtlInf AddtlRtrRsnInf AddtlNtryInf AddtlTxInf`),
]);

/** The longest text that every version's schema allows at that name. Longer ones are read whole, with a warning. */
export const lengthsMax: ReadonlyMap<string, number> = new Map([
  ...words(`Ustrd Nm AddtlRmtInf`).map((name): [string, number] => [name, 140]),
  ...words(`AddtlNtryInf AddtlTxInf AddtlInf`).map((name): [string, number] => [name, 500]),
  ...words(`MsgId NtryRef AcctSvcrRef PmtInfId InstrId EndToEndId TxId MndtId ClrSysRef Ref`).map(
    (name): [string, number] => [name, 35],
  ),
]);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
