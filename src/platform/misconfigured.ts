/** A reason not to start. It names places and rules, never what stands there: that may be a secret. */
export class Misconfigured extends Error {
  override readonly name = 'Misconfigured';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What a reader made of the text at `at`; a word of refusal instead of it is a reason not to start. */
export function orMisconfigured<T extends object>(read: T | string, at: string): T {
  if (typeof read === 'string') throw new Misconfigured([`${at}: ${read}`]);
  return read;
}

/** A problem for each name that stands for nothing. */
export function unknownNames(problem: string, names: readonly string[], known: readonly string[]): string[] {
  return names.filter((name) => !known.includes(name)).map((name) => `${problem} (${name})`);
}
