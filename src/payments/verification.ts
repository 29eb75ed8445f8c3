/** What is asked of a ledger that is gone through for its invariants, and what is said of it. */

export interface WantedVerification {
  /** It ends with so many findings: then there may be more. */
  readonly findingsMax: number;
  /** Rows that are looked at in one statement; 2,000 where nothing is said. */
  readonly pageMax?: number;
  /** Told after each page what was counted so far. */
  readonly onPage?: (counts: VerifiedCounts) => void;
}

export interface Verification {
  readonly violations: readonly InvariantViolation[];
  readonly counts: VerifiedCounts;
  /** False where it ended with the most findings that were wanted, before the end of the ledger. */
  readonly whole: boolean;
}

/** Rows that were looked at. */
export interface VerifiedCounts {
  readonly payments: number;
  readonly attempts: number;
  readonly entries: number;
  readonly holds: number;
  readonly cases: number;
  readonly returns: number;
  readonly acts: number;
  readonly webhooks: number;
  readonly balances: number;
  readonly transfers: number;
  readonly matches: number;
  readonly breaks: number;
  readonly partnerRevisions: number;
  readonly denials: number;
  readonly certificateActs: number;
}

export interface InvariantViolation {
  /** I1 to I14. */
  readonly invariant: string;
  /** Which row, by its id. */
  readonly subject: string;
  readonly finding: string;
}
