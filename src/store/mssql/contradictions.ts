/**
 * What a command may find that its maker should have ruled out: the transaction is undone, and the number that T-SQL
 * throws is told by its name. The triggers of the schema throw 51000.
 */
export const contradictions = {
  51_001: 'FUNDS_SHORT_UNDECIDED',
  51_002: 'ATTEMPT_DIFFERS',
  51_003: 'HOLD_ENDED_BEFORE',
  51_004: 'AVAILABLE_BELOW_ZERO',
  51_005: 'LEDGER_READ_ONLY',
  51_006: 'CASE_ENDED_BEFORE',
  51_007: 'PROPOSAL_ENDED_BEFORE',
  51_008: 'RETURN_TAKEN',
  51_009: 'RETURN_ABOVE_SETTLED',
  51_010: 'REFUND_ABOVE_SETTLED',
  51_011: 'CLAIM_TAKEN',
} as const;

type Contradiction = (typeof contradictions)[keyof typeof contradictions];

/** T-SQL that throws one where a query finds a row. */
export function contradicts(contradiction: Contradiction, query: string): string {
  const number = Object.entries(contradictions).find(([, each]) => each === contradiction)?.[0];
  return `if exists (${query})\nbegin;\n  throw ${number}, '${contradiction}', 1;\nend;`;
}
