/** A camt.053 as a bank would send it, with people in it whom no log may name. */

/** Who pays and is paid in these statements; nothing of it may be read anywhere but in a statement. */
export const people = {
  names: ['Walburga Zwickelbauer', 'Ignatius Querfurth'],
  ibans: ['AT483200000012345864', 'DE02500105170137075030'],
  bics: ['SPKHDE2HXXX', 'RLNWATWWXXX'],
  texts: ['Zahnarztrechnung Tante Roswitha', 'Taschengeld Kasimir'],
} as const;

/** Amounts in minor units of euros, below zero what leaves the account. */
export interface BankLine {
  readonly minor: bigint;
  /** The bank's own reference of the booking. */
  readonly reference: string;
  /** The instruction that it is about, as the gateway knows it. */
  readonly instruction?: string;
  readonly bookedOn?: string;
  /** Unstructured remittance; a text that names people where nothing is said. */
  readonly text?: string;
}

export interface BankStatement {
  readonly id: string;
  /** As the configuration of development has it. */
  readonly iban?: string;
  readonly on: string;
  readonly openingMinor?: bigint;
  /** What the entries come to where nothing is said. */
  readonly closingMinor?: bigint;
  readonly lines: readonly BankLine[];
}

const ours = 'MT31MALT01100000000000000000123';

export function sumOf(lines: readonly BankLine[]): bigint {
  return lines.reduce((sum, { minor }) => sum + minor, 0n);
}

export function bankStatement({
  id,
  iban = ours,
  on,
  openingMinor = 0n,
  lines,
  ...more
}: BankStatement): string {
  const { closingMinor = openingMinor + sumOf(lines) } = more;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${on}T20:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><CreDtTm>${on}T20:00:00Z</CreDtTm>
<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>Cage Ltd</Nm></Ownr></Acct>
${balance('OPBD', openingMinor, on)}${balance('CLBD', closingMinor, on)}
${lines.map((line, at) => entry(line, { on, at })).join('\n')}
</Stmt></BkToCstmrStmt></Document>
`;
}

function balance(type: string, minor: bigint, on: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp>${money(minor)}<Dt><Dt>${on}</Dt></Dt></Bal>\n`;
}

function money(minor: bigint): string {
  return `<Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>${minor < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
}

function decimal(minor: bigint): string {
  const text = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

function entry(line: BankLine, { on, at }: { readonly on: string; readonly at: number }): string {
  const { minor, reference, instruction, bookedOn = on, text = people.texts[at % 2] } = line;
  const [side, name] = [minor < 0n ? 'Cdtr' : 'Dbtr', people.names[at % 2]];
  const named = instruction === undefined ? '' : `<InstrId>${instruction}</InstrId>`;
  return `<Ntry>${money(minor)}<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>${bookedOn}</Dt></BookgDt><ValDt><Dt>${bookedOn}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs>${named}<EndToEndId>NOTPROVIDED</EndToEndId></Refs>${money(minor)}
<RltdPties><${side}><Pty><Nm>${name}</Nm></Pty></${side}><${side}Acct><Id><IBAN>${people.ibans[at % 2]}</IBAN></Id></${side}Acct></RltdPties>
<RltdAgts><${side}Agt><FinInstnId><BICFI>${people.bics[at % 2]}</BICFI></FinInstnId></${side}Agt></RltdAgts>
<RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
}
