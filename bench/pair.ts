/** Two ways of doing the same, measured in turns. */
export interface Pair extends AsyncDisposable {
  readonly name: string;
  readonly one: Way;
  readonly other: Way;
}

interface Way {
  readonly name: string;
  readonly run: () => Promise<void>;
}
