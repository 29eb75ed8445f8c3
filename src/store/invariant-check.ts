/** One question to the database: each row that it answers with is a violation. */
export interface InvariantCheck {
  /** Of design 10. */
  readonly invariant: 'I1' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I11';
  readonly finding: string;
  /** Selects the `subject`: the id of the row that is wrong. */
  readonly sql: string;
}
