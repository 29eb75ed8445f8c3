import type { Outcome, Write } from '../writes.ts';

/** What the text of a group tells of each command but a probe. */
export interface OutcomeRow {
  readonly n: number;
  readonly kind: string;
  readonly id?: string | null;
  readonly fingerprint?: string | null;
  readonly transferred_at?: string | null;
}

/**
 * The outcomes in the order of the group. They end before one that is missing: whoever has none is told that the engine
 * failed, and nobody is told another one's.
 */
export function outcomesOf(group: readonly Write[], rows: readonly OutcomeRow[]): Outcome[] {
  const told = new Map(rows.map((row) => [row.n, row]));
  const outcomes: Outcome[] = [];
  for (const [n, write] of group.entries()) {
    const row = told.get(n);
    if (write.kind === 'probe') outcomes.push({ kind: 'alive' });
    else if (row === undefined) break;
    else outcomes.push(outcomeOf(row));
  }
  return outcomes;
}

function outcomeOf({ kind, id, fingerprint, transferred_at }: OutcomeRow): Outcome {
  return {
    kind,
    ...(typeof id === 'string' && { id }),
    ...(typeof fingerprint === 'string' && { fingerprint }),
    ...(typeof transferred_at === 'string' && { transferredAt: transferred_at }),
    // The text says the kinds of `Outcomes`, each with what belongs to it.
  } as Outcome;
}
