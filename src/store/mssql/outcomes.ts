import type { Outcome, Write } from '../writes.ts';

/** What the text of a group tells of each command but a probe: one row, or of a claim one for each row that it took. */
export interface OutcomeRow {
  readonly n: number;
  readonly kind: string;
  readonly id?: string | null;
  readonly fence?: bigint | string | null;
  readonly fingerprint?: string | null;
  readonly transferred_at?: string | null;
}

/**
 * The outcomes in the order of the group. They end before one that is missing: whoever has none is told that the engine
 * failed, and nobody is told another one's.
 */
export function outcomesOf(group: readonly Write[], rows: readonly OutcomeRow[]): Outcome[] {
  const told = Map.groupBy(rows, ({ n }) => n);
  const outcomes: Outcome[] = [];
  for (const [n, write] of group.entries()) {
    const [row, ...more] = told.get(n) ?? [];
    if (write.kind === 'probe') outcomes.push({ kind: 'alive' });
    else if (row === undefined) break;
    else outcomes.push(row.kind === 'claimed' ? claimed([row, ...more]) : outcomeOf(row));
  }
  return outcomes;
}

/** A claim that found nothing is one row without an id. */
function claimed(rows: readonly OutcomeRow[]): Outcome {
  const found = rows.flatMap(({ id, fence }) =>
    typeof id === 'string' && fence != null ? [{ id, fence: BigInt(fence) }] : [],
  );
  return { kind: 'claimed', rows: found };
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
