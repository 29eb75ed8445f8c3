export interface JobLimits {
  /** How often a process looks for work that is due. */
  readonly pollMs: number;
}
