/** Every bound of the ledger. */
export interface LedgerLimits {
  /** Commands that wait for their group; one more is refused. */
  readonly queueMax: number;
  /** Commands in one transaction. */
  readonly groupMax: number;
  /**
   * How long a command waits to be taken up. Past it the caller is told `timeout`, and it is never written. What is
   * under way is waited for: where another process keeps the ledger, for one busy time-out more.
   */
  readonly commandTimeoutMs: number;
  /** How long one transaction waits for another process to let go of the ledger. */
  readonly busyTimeoutMs: number;
  /** The same for a read, which holds up the whole process meanwhile. */
  readonly readBusyTimeoutMs: number;
  /** How often a command is run whose commit was not acknowledged. */
  readonly runsMax: number;
  /** How often in a row a writer that dies is started again without a commit between. */
  readonly writerRestartsMax: number;
  /** From its death to the next start: a disk that is full for a moment has room again. */
  readonly writerRestartPauseMs: number;
  /** How long closing waits for what was taken on. */
  readonly closeTimeoutMs: number;
}

/** What holds where nothing is configured; a test compares it with config/default.json, which a bridge reads. */
export const defaultLedgerLimits: LedgerLimits = {
  queueMax: 1_000,
  groupMax: 64,
  commandTimeoutMs: 2_000,
  busyTimeoutMs: 2_000,
  readBusyTimeoutMs: 250,
  runsMax: 3,
  writerRestartsMax: 5,
  writerRestartPauseMs: 200,
  closeTimeoutMs: 3_000,
};

/** The defaults with what is given instead. @throws RangeError for a bound that is not a positive whole number */
export function limitsFrom(given: Partial<LedgerLimits>): LedgerLimits {
  const limits = { ...defaultLedgerLimits, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`the ledger's ${name} is a whole number from 1, not ${value}`);
    }
  }
  return limits;
}
