/** A gateway's settlement of many payments, each with a fee, which is paid out in one sum. */

export const payoutReference = 'PAYOUT-2026-1122';

/** 1.00 to 100.00, as the payments of the bench are. */
const grossMinor = (at: number): bigint => BigInt(100 + (at % 100) * 100);
const feeMinor = 10n;
const rowsAChunk = 100;

const columns =
  'settlementId,account,lineId,kind,instructionId,originalInstructionId,endToEndId,gatewayReference,payoutReference,' +
  'currency,gross,fee,net,bookedOn,settledOn,reasonCode,text\r\n';

export async function* settlementCsv(payments: number): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(columns));
  for (let from = 0; from < payments; from += rowsAChunk) {
    const count = Math.min(rowsAChunk, payments - from);
    yield Buffer.from(Array.from({ length: count }, (_, at) => paymentRow(from + at)).join(''));
  }
  const paid = decimal(-payoutMinor(payments));
  yield Buffer.from(
    `S-1,CAGEBRIDGE,L-payout,payout,,,,,${payoutReference},EUR,${paid},0.00,${paid},2026-11-22,2026-11-22,,\r\n`,
  );
}

function paymentRow(at: number): string {
  const [gross, fee, net] = [grossMinor(at), feeMinor, grossMinor(at) - feeMinor].map(decimal);
  return `S-1,CAGEBRIDGE,L-${at},payment,CB-${at},,DEP-${at},psp-${at},,EUR,${gross},${fee},${net},2026-11-22,2026-11-22,,\r\n`;
}

function payoutMinor(payments: number): bigint {
  let sum = 0n;
  for (let at = 0; at < payments; at += 1) sum += grossMinor(at) - feeMinor;
  return sum;
}

/** The bank's statement of the day on which the payout came, and nothing else. */
export async function* payoutCamt(payments: number): AsyncGenerator<Uint8Array> {
  const amount = decimal(payoutMinor(payments));
  yield await Promise.resolve(
    Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>PAYOUT</MsgId><CreDtTm>2026-11-23T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>PAYOUT</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-11-23T06:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE75512108001245126199</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', '0.00')}${balance('CLBD', amount)}<Ntry>
  <Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>2026-11-22</Dt></BookgDt><ValDt><Dt>2026-11-22</Dt></ValDt><AcctSvcrRef>SVC-PAYOUT</AcctSvcrRef>
  <NtryDtls><TxDtls><RmtInf><Ustrd>PSP ${payoutReference}</Ustrd></RmtInf></TxDtls></NtryDtls>
</Ntry></Stmt></BkToCstmrStmt></Document>
`),
  );
}

function balance(type: string, amount: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-22</Dt></Dt></Bal>\n`;
}

function decimal(minor: bigint): string {
  const [sign, text] = [minor < 0n ? '-' : '', (minor < 0n ? -minor : minor).toString().padStart(3, '0')];
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`;
}
