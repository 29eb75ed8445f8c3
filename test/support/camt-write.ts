import { formatAmount } from '../../src/ledger/money.ts';
import type { Money } from '../../src/ledger/money.ts';
import type {
  Balance,
  Charge,
  Counterparty,
  Direction,
  Entry,
  EntryDetail,
  References,
  StatementHeader,
  TransactionCode,
} from '../../src/reconciliation/statements/statement.ts';

/** A statement to be written as camt, and what a reader must give back for it. */
export interface WrittenStatement {
  readonly header: Omit<StatementHeader, 'format' | 'kind'>;
  readonly balances: readonly Balance[];
  readonly entries: readonly WrittenEntry[];
}

export type WrittenEntry = Omit<Entry, 'line' | 'details' | 'references' | 'batch'> & {
  readonly references: Pick<References, 'entry' | 'accountServicer'>;
  readonly details: readonly WrittenDetail[];
};

export type WrittenDetail = Omit<EntryDetail, 'remittance'> & {
  readonly lines: readonly string[];
  /** Our own side, where the bank names it. */
  readonly self?: Counterparty;
};

export interface CamtStyle {
  /** Version 8 and later put statuses, parties and charges one level deeper. */
  readonly version: '02' | '08' | '13';
  readonly message: 'camt.052' | 'camt.053' | 'camt.054';
  readonly prefix: '' | 'iso:';
  /** What may stand between two elements: white space, comments, instructions. */
  readonly gap: () => string;
  /** An amount as text: some banks write zeros in front or behind. */
  readonly amount: (text: string) => string;
}

const messages = {
  'camt.052': ['BkToCstmrAcctRpt', 'Rpt'],
  'camt.053': ['BkToCstmrStmt', 'Stmt'],
  'camt.054': ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
} as const;

type Content = string | readonly (string | undefined)[] | undefined;
type Tag = (name: string, content: Content, attributes?: string) => string | undefined;

/** The statements as one message. Every element that they say something for is written, in the schema's order. */
export function writeCamt(statements: readonly WrittenStatement[], style: CamtStyle): string {
  const { prefix, gap, message, version } = style;
  const tag: Tag = (name, content, attributes = '') => {
    if (content === undefined) return undefined;
    const inside =
      typeof content === 'string' ? escaped(content) : content.filter((part) => part !== undefined);
    if (typeof inside !== 'string' && inside.length === 0) return undefined;
    const text = typeof inside === 'string' ? inside : gap() + inside.map((part) => part + gap()).join('');
    return `<${prefix}${name}${attributes}>${text}</${prefix}${name}>`;
  };
  const [messageName, statementName] = messages[message];
  const group = tag('GrpHdr', [tag('MsgId', 'M'), tag('CreDtTm', '1999-12-31T23:59:59Z')]);
  const body = statements.map((statement) => tag(statementName, writeStatement(statement, tag, style)));
  const namespace = ` xmlns${prefix === '' ? '' : ':iso'}="urn:iso:std:iso:20022:tech:xsd:${message}.001.${version}"`;
  return tag('Document', [tag(messageName, [group, ...body])], namespace) ?? '';
}

function writeStatement(
  { header, balances, entries }: WrittenStatement,
  tag: Tag,
  style: CamtStyle,
): Content {
  const { account, page, duplicate } = header;
  const pages = { 'camt.052': 'RptPgntn', 'camt.053': 'StmtPgntn', 'camt.054': 'NtfctnPgntn' }[style.message];
  return [
    tag('Id', header.id),
    page === undefined
      ? undefined
      : tag(pages, [tag('PgNb', page.number), tag('LastPgInd', said(page.last))]),
    tag('ElctrncSeqNb', header.sequence),
    tag('CreDtTm', header.createdAt),
    tag('FrToDt', [tag('FrDtTm', header.from), tag('ToDtTm', header.to)]),
    tag('CpyDplctInd', duplicate === true ? 'DUPL' : undefined),
    tag('Acct', [
      accountId(account.iban ?? account.other, account.iban !== undefined, tag),
      tag('Ccy', account.currency),
      tag('Nm', account.name),
      tag('Svcr', [institution(account.servicerBic, tag, style)]),
    ]),
    ...balances.map((balance) =>
      tag('Bal', [
        tag('Tp', [tag('CdOrPrtry', [tag('Cd', balance.type)])]),
        amount('Amt', balance.amount, tag, style),
        tag('CdtDbtInd', balance.direction),
        tag('Dt', [tag('Dt', balance.on)]),
      ]),
    ),
    ...entries.map((entry) => tag('Ntry', writeEntry(entry, tag, style))),
  ];
}

const statuses = { booked: 'BOOK', pending: 'PDNG', information: 'INFO', future: 'FUTR' } as const;

function writeEntry(entry: WrittenEntry, tag: Tag, style: CamtStyle): Content {
  const status = statuses[entry.status];
  return [
    tag('NtryRef', entry.references.entry),
    amount('Amt', entry.amount, tag, style),
    tag('CdtDbtInd', entry.direction),
    tag('RvslInd', entry.reversal ? 'true' : undefined),
    style.version === '02' ? tag('Sts', status) : tag('Sts', [tag('Cd', status)]),
    tag('BookgDt', [
      tag('DtTm', entry.bookedOn === undefined ? undefined : `${entry.bookedOn}T23:59:59-11:00`),
    ]),
    tag('ValDt', [tag('Dt', entry.valueOn)]),
    tag('AcctSvcrRef', entry.references.accountServicer),
    writeCode(entry.code, tag) ?? `<${style.prefix}BkTxCd/>`,
    ...writeCharges(entry.charges, tag, style),
    tag(
      'NtryDtls',
      entry.details.map((detail) => tag('TxDtls', writeDetail(detail, entry.direction, tag, style))),
    ),
    tag('AddtlNtryInf', entry.information),
  ];
}

function writeDetail(detail: WrittenDetail, direction: Direction, tag: Tag, style: CamtStyle): Content {
  const [other, own] = (detail.direction ?? direction) === 'CRDT' ? ['Dbtr', 'Cdtr'] : ['Cdtr', 'Dbtr'];
  const { counterparty, self, references, returned } = detail;
  const old = style.version === '02';
  return [
    tag('Refs', writeReferences(references, tag)),
    old ? undefined : amount('Amt', detail.amount, tag, style),
    tag('CdtDbtInd', detail.direction),
    tag('AmtDtls', [
      tag('InstdAmt', [amount('Amt', detail.instructed, tag, style)]),
      old ? tag('TxAmt', [amount('Amt', detail.amount, tag, style)]) : undefined,
    ]),
    writeCode(detail.code, tag),
    ...writeCharges(detail.charges, tag, style),
    tag('RltdPties', [
      ...writeParty(other ?? '', counterparty, tag, style),
      ...writeParty(own ?? '', self, tag, style),
    ]),
    tag('RltdAgts', [
      tag(`${other}Agt`, [institution(counterparty?.agentBic, tag, style)]),
      tag(`${own}Agt`, [institution(self?.agentBic, tag, style)]),
    ]),
    tag('RmtInf', [
      ...detail.lines.map((line) => tag('Ustrd', line)),
      tag('Strd', [tag('CdtrRefInf', [tag('Ref', references.creditor)])]),
    ]),
    tag('RtrInf', [tag('Rsn', [tag('Cd', returned?.code)]), tag('AddtlInf', returned?.text)]),
    tag('AddtlTxInf', detail.information),
  ];
}

const referenceNames = {
  message: 'MsgId',
  accountServicer: 'AcctSvcrRef',
  paymentInformation: 'PmtInfId',
  instruction: 'InstrId',
  endToEnd: 'EndToEndId',
  uetr: 'UETR',
  transaction: 'TxId',
  mandate: 'MndtId',
  cheque: 'ChqNb',
  clearing: 'ClrSysRef',
} as const;

function writeReferences(references: References, tag: Tag): Content {
  const named = Object.entries(referenceNames).map(([key, name]) => {
    return tag(name, references[key as keyof typeof referenceNames]);
  });
  const others = Object.entries(references.other ?? {}).map(([type, value]) => {
    return tag('Prtry', [tag('Tp', type), tag('Ref', value)]);
  });
  return [...named, ...others];
}

function writeCode(code: TransactionCode | undefined, tag: Tag): string | undefined {
  const family = tag('Fmly', [tag('Cd', code?.family), tag('SubFmlyCd', code?.subFamily)]);
  const proprietary = tag('Prtry', [tag('Cd', code?.proprietary), tag('Issr', code?.issuer)]);
  return tag('BkTxCd', [tag('Domn', [tag('Cd', code?.domain), family]), proprietary]);
}

/** Version 2 repeats `Chrgs`; later ones have one, with records, and only they say what is included. */
function writeCharges(
  charges: readonly Charge[] | undefined,
  tag: Tag,
  style: CamtStyle,
): (string | undefined)[] {
  const old = style.version === '02';
  const records = (charges ?? []).map((charge) => [
    amount('Amt', charge.amount, tag, style),
    tag('CdtDbtInd', charge.direction),
    old ? undefined : tag('ChrgInclInd', said(charge.included)),
    tag('Tp', [tag('Cd', charge.kind)]),
  ]);
  return old
    ? records.map((record) => tag('Chrgs', record))
    : [
        tag(
          'Chrgs',
          records.map((record) => tag('Rcrd', record)),
        ),
      ];
}

function writeParty(
  side: string,
  party: Counterparty | undefined,
  tag: Tag,
  style: CamtStyle,
): (string | undefined)[] {
  const name = tag('Nm', party?.name);
  const account = accountId(party?.account, /^[A-Z]{2}[0-9]{2}/.test(party?.account ?? ''), tag);
  return [tag(side, [style.version === '02' ? name : tag('Pty', [name])]), tag(`${side}Acct`, [account])];
}

function accountId(id: string | undefined, isIban: boolean, tag: Tag): string | undefined {
  return tag('Id', [isIban ? tag('IBAN', id) : tag('Othr', [tag('Id', id)])]);
}

function institution(bic: string | undefined, tag: Tag, { version }: CamtStyle): string | undefined {
  return tag('FinInstnId', [tag(version === '02' ? 'BIC' : 'BICFI', bic)]);
}

function amount(name: string, money: Money | undefined, tag: Tag, style: CamtStyle): string | undefined {
  return money === undefined
    ? undefined
    : tag(name, style.amount(formatAmount(money)), ` Ccy="${money.currency}"`);
}

function said(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
