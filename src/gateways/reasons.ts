/**
 * What a reason of a gateway's word means, one list for every kind: ISO 20022's external status reason codes. What is in
 * neither list is not believed to be a refusal, because a gateway may write "I have that one already" in a code of its own.
 */

/** Reasons that say "I have that one already": never a refusal, whoever says it. */
const duplicates: ReadonlySet<string> = new Set(['DUPL', 'AM05', 'DU01', 'DU02', 'DU03', 'DU04', 'DU05']);

/**
 * Reasons under which nothing has moved and nothing will. Left out of ISO's list, and so pending and an alarm: what says that the
 * payment is under way or done (CHQC, DS05, G000, TS04, ...), that the same thing came before (AB12, DS15, DS26, RF01), and
 * what is about something else (the running of a clearing, a cancellation, a request to pay, a download).
 */
const refusals: ReadonlySet<string> = new Set(
  `AB01 AB02 AB03 AB04 AB05 AB06 AB07 AB08 AB09 AB10 AB11
   AC01 AC02 AC03 AC04 AC05 AC06 AC07 AC08 AC09 AC10 AC11 AC12 AC13 AC14 AC15 AC16
   AG01 AG02 AG03 AG04 AG05 AG06 AG07 AG08 AG09 AG10 AG11 AG12 AGNT
   AM01 AM02 AM03 AM04 AM06 AM07 AM09 AM10 AM11 AM12 AM13 AM14 AM15 AM16 AM17 AM18 AM19 AM20 AM21 AM22 AM23
   BE01 BE04 BE05 BE06 BE07 BE08 BE09 BE10 BE11 BE12 BE13 BE14 BE15 BE16 BE17 BE18 BE19 BE20 BE21 BE22 BE23
   CH03 CH04 CH07 CH09 CH10 CH11 CH12 CH13 CH14 CH15 CH16 CH17 CH19 CH20 CH21 CH22
   CN01 CNOR CURR CUST DC02 DNOR
   DS01 DS02 DS04 DS0A DS0B DS0C DS0D DS0E DS0F DS0G DS0H DS0K DS10 DS11 DS12 DS13 DS14 DS16 DS17 DS19 DS20 DS21
   DS22 DS23 DS24 DS25 DS27 DT01 DT02 DT03 DT04 DT05 DT06
   ED01 ED03 ED05 ED06 EDNA EOL1 ERIN FF01 FF02 FF03 FF04 FF05 FF06 FF07 FF08 FF10 FF11 FOCR FR01 FRAD INDT
   MD01 MD02 MD05 MD06 MD07 MINF MS02 MS03 NARR NERI NOAS NOCM
   RC01 RC02 RC03 RC04 RC05 RC06 RC07 RC08 RC09 RC10 RC11 RC12 RC13 RC15 RC16
   RR01 RR02 RR03 RR04 RR05 RR06 RR07 RR08 RR09 RR10 RR11 RR12
   SL01 SL02 SL03 SL11 SL12 SL13 SL14 SL15 SL16 SL17 SL18 TA01 TD03
   TK01 TK02 TK03 TK09 TKCM TKSG TKSP TKVE TKXP TM01 TS01 UCRD UPAY`.split(/\s+/),
);

/** Undefined for a reason that is in neither list. */
export function reasonMeaning(code: string): 'refusal' | 'duplicate' | undefined {
  if (duplicates.has(code)) return 'duplicate';
  return refusals.has(code) ? 'refusal' : undefined;
}
