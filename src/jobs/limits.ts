export interface JobLimits {
  /** How often a process looks for work that is due. */
  readonly pollMs: number;
  /** Every how many looks it looks, too, for payments that are in no schedule. */
  readonly forgottenPolls: number;
}
