import { type CodeMeaning, duplicateReasons } from '../codes.ts';

/** What a status means, and with which reasons: a reason can turn a refusal into "I have that one already". */
interface CodeRow {
  readonly meaning: CodeMeaning;
  readonly reasons: 'any' | 'known' | 'none';
}

export type CodeTable = Readonly<Record<string, CodeRow>>;

/** Codes of the answer to a question: where the payment stands. */
export const statusCodes: CodeTable = {
  PENDING: { meaning: 'pending', reasons: 'any' },
  REQUIRES_ACTION: { meaning: 'pending', reasons: 'any' },
  SETTLED: { meaning: 'settled', reasons: 'none' },
  DECLINED: { meaning: 'declined', reasons: 'known' },
  CANCELLED: { meaning: 'cancelled', reasons: 'known' },
  EXPIRED: { meaning: 'expired', reasons: 'known' },
};

/** Codes of the answer to an instruction, which may also not be taken on. */
export const submitCodes: CodeTable = {
  ...statusCodes,
  REJECTED: { meaning: 'declined', reasons: 'known' },
};

/** Codes of the answer to a cancellation: what could not be cancelled any more is told as it is. */
export const cancelCodes: CodeTable = { ...statusCodes };

/** ISO 20022 external status reasons under which nothing has moved and nothing will. */
const refusals: ReadonlySet<string> = new Set(
  `AB05 AB06 AB07 AB08 AB09 AB10 AB11
   AC01 AC02 AC03 AC04 AC05 AC06 AC07 AC08 AC09 AC10 AC11 AC12 AC13 AC14 AC15 AC16
   AG01 AG02 AG03 AG06 AG07 AG08 AG09 AG10 AG11
   AM01 AM02 AM03 AM04 AM06 AM07 AM09 AM10 AM11 AM12 AM13 AM14 AM15 AM16 AM17 AM18 AM19 AM20 AM21 AM23
   BE01 BE04 BE05 BE06 BE07 BE08 BE09 BE15 BE16 BE17 BE18 BE19 BE20 BE21 BE22
   CH03 CH04 CH07 CH09 CH10 CH11 CH12 CH13 CH14 CH15 CH16 CH17 CH19 CH20 CH21 CH22
   CN01 CNOR CURR CUST DNOR
   DS01 DS02 DS0A DS0B DS0C DS0D DS0E DS0F DS0G DS0H DS0K DS24 DS27 DT01 DT02 DT03 DT04 DT05 DT06
   ED01 ED03 ED05 ED06 ERIN FF01 FF03 FF04 FF05 FF06 FF07 FF08 FF10 FF11 FOCR FR01
   MD01 MD02 MD05 MD06 MD07 MS02 MS03 NARR NERI NOAS NOCM NOOR RC01 RC02 RC03 RC04 RC07 RC11 RF01
   RR01 RR02 RR03 RR04 RR05 RR06 RR07 RR08 RR09 RR10 RR11 RR12 SL01 SL02 SL11 SL12 SL13 SL14 TA01 TD03 TM01 TS01 TS04
   UPAY`
    .trim()
    .split(/\s+/),
);

const duplicates: ReadonlySet<string> = new Set(duplicateReasons);

/** Undefined for a status, or a reason of a status, that the table does not have: pending and an alarm, never success or failure. */
export function meaningOf(
  table: CodeTable,
  status: string,
  reason: string | undefined,
): CodeMeaning | undefined {
  const row = Object.hasOwn(table, status) ? table[status] : undefined;
  if (row === undefined || reason === undefined || row.reasons === 'any') return row?.meaning;
  if (row.reasons === 'none') return undefined;
  if (duplicates.has(reason)) return 'duplicate';
  return refusals.has(reason) ? row.meaning : undefined;
}
