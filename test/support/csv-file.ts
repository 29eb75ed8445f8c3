/** A PSP sandbox's settlement of many lines, with notes of two lines within quotes, in chunks of fifty rows. */
export async function* largeCsv(rows: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const encoder = new TextEncoder();
  yield encoder.encode(
    'settlementId,account,lineId,kind,instructionId,originalInstructionId,endToEndId,gatewayReference,payoutReference,' +
      'currency,gross,fee,net,bookedOn,settledOn,reasonCode,text\r\n',
  );
  for (let at = 0; at < rows; at += 50) {
    let chunk = '';
    for (let row = at; row < Math.min(at + 50, rows); row += 1) chunk += rowOf(row);
    yield encoder.encode(chunk);
  }
}

function rowOf(row: number): string {
  const sign = row % 3 === 2 ? '-' : '';
  const gross = `${sign}${row % 1000}.${row % 9}5`;
  return (
    `S-${Math.floor(row / 100_000)},psp-sandbox,L-${row},payment,CB-${row},,E2E-${row},psp-${row},,` +
    `EUR,${gross},0.00,${gross},2026-11-18,2026-11-19,,"Deposit ""${row}"",\r\nsecond line"\r\n`
  );
}

/** What the account has after so many lines, in minor units. */
export function largeCsvSum(rows: number): bigint {
  let sum = 0n;
  for (let row = 0; row < rows; row += 1) {
    const minor = BigInt((row % 1000) * 100 + (row % 9) * 10 + 5);
    sum += row % 3 === 2 ? -minor : minor;
  }
  return sum;
}
