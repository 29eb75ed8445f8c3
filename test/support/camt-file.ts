/** Entries of one chunk, about 64 KiB. */
const entriesAChunk = 50;

/** What the generated entry at that place books: credits of 1.00 to 100.00, and a debit of 1.00 every tenth time. */
function amountMinor(at: number): bigint {
  return at % 10 === 9 ? -100n : BigInt(100 + (at % 100) * 100);
}

/** What all the entries together do to the account. */
export function largeCamtSum(entries: number): bigint {
  let sum = 0n;
  for (let at = 0; at < entries; at += 1) sum += amountMinor(at);
  return sum;
}

/** A camt.053 of version 8 with as many entries as asked for, in the shape that banks give single payments: about 1.3 kB each. */
export async function* largeCamt(entries: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
<BkToCstmrStmt><GrpHdr><MsgId>LARGE</MsgId><CreDtTm>2026-03-02T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>LARGE</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-03-02T06:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE75512108001245126199</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', 0n)}${balance('CLBD', largeCamtSum(entries))}`);
  for (let from = 0; from < entries; from += entriesAChunk) {
    const count = Math.min(entriesAChunk, entries - from);
    yield await Promise.resolve(
      Buffer.from(Array.from({ length: count }, (_, at) => entry(from + at)).join('')),
    );
  }
  yield Buffer.from('</Stmt></BkToCstmrStmt></Document>\n');
}

function balance(type: string, minor: bigint): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>\n`;
}

function entry(at: number): string {
  const minor = amountMinor(at);
  const [direction, side] = minor < 0n ? ['DBIT', 'Cdtr'] : ['CRDT', 'Dbtr'];
  const amount = decimal(minor < 0n ? -minor : minor);
  return `<Ntry>
  <NtryRef>${at + 1}</NtryRef>
  <Amt Ccy="EUR">${amount}</Amt>
  <CdtDbtInd>${direction}</CdtDbtInd>
  <Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>2026-03-01</Dt></BookgDt>
  <ValDt><Dt>2026-03-01</Dt></ValDt>
  <AcctSvcrRef>SVC${at}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls>
    <TxDtls>
      <Refs><EndToEndId>DEP-${at}</EndToEndId><UETR>00000000-0000-4000-8000-${String(at).padStart(12, '0')}</UETR></Refs>
      <Amt Ccy="EUR">${amount}</Amt>
      <CdtDbtInd>${direction}</CdtDbtInd>
      <RltdPties>
        <${side}><Pty><Nm>Player ${at}</Nm></Pty></${side}>
        <${side}Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></${side}Acct>
      </RltdPties>
      <RltdAgts><${side}Agt><FinInstnId><BICFI>ABNANL2A</BICFI></FinInstnId></${side}Agt></RltdAgts>
      <RmtInf><Ustrd>payment ${at} of a very long day</Ustrd></RmtInf>
    </TxDtls>
  </NtryDtls>
</Ntry>
`;
}

function decimal(minor: bigint): string {
  const text = minor.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
