import { type CodeMeaning, duplicateReasons } from '../codes.ts';

/** A status code (TxSts), or a status and a reason code where the reason changes what the status means. */
export type CodeTable = Readonly<Record<string, CodeMeaning>>;

const duplicates = Object.fromEntries(
  duplicateReasons.map((reason) => [`RJCT/${reason}`, 'duplicate'] as const),
);

/** Codes of the answer to an instruction. A bank does not cancel what it is just being told: CANC has no meaning here. */
export const submitCodes: CodeTable = {
  ACSC: 'settled',
  ACSP: 'pending',
  ACCP: 'pending',
  ACTC: 'pending',
  PDNG: 'pending',
  RCVD: 'pending',
  RJCT: 'declined',
  ...duplicates,
};

/** Codes of the answer to a question. */
export const statusCodes: CodeTable = {
  ACSC: 'settled',
  ACSP: 'pending',
  ACCP: 'pending',
  ACTC: 'pending',
  PDNG: 'pending',
  RCVD: 'pending',
  RJCT: 'declined',
  'RJCT/DS24': 'expired',
  CANC: 'cancelled',
  ...duplicates,
};

/** Undefined for a code that the table does not have: pending and an alarm, never a success or a failure. */
export function meaningOf(
  table: CodeTable,
  status: string,
  reason: string | undefined,
): CodeMeaning | undefined {
  const withReason = `${status}/${reason}`;
  if (Object.hasOwn(table, withReason)) return table[withReason];
  return Object.hasOwn(table, status) ? table[status] : undefined;
}
