/** How long the ledger's transactions take, and how long a command waits for one: told from outside the queue and the engine. */
import type { CommitGroup, GroupResult } from './group-commit.ts';
import type { Outcome, Write } from './writes.ts';

/** One transaction, as the engine ran it. */
export interface CommitTold {
  readonly result: GroupResult<Outcome>['kind'];
  readonly durationMs: number;
  /** Of each command that this is the first transaction for: from its submission to the transaction's begin. */
  readonly waitedMs: readonly number[];
}

export interface CommitWatch {
  /** A command goes into the queue. */
  submitted(write: Write): void;
  /** The same commit, watched. */
  around(commit: CommitGroup<Write, Outcome>): CommitGroup<Write, Outcome>;
}

/** A probe is no command, and a transaction of probes alone is not told: somebody only asks whether we are there. */
export function commitWatch(
  onCommit: (told: CommitTold) => void,
  now: () => number = () => performance.now(),
): CommitWatch {
  // Weak, because a command that waited too long never comes to a transaction.
  const submittedAt = new WeakMap<Write, number>();

  function waited(write: Write, until: number): number[] {
    const from = submittedAt.get(write);
    if (from === undefined) return [];
    submittedAt.delete(write);
    return [until - from];
  }

  return {
    submitted(write) {
      if (write.kind !== 'probe') submittedAt.set(write, now());
    },
    around: (commit) => async (writes) => {
      const from = now();
      const waitedMs = writes.flatMap((write) => waited(write, from));
      const result = await commit(writes);
      if (writes.some(({ kind }) => kind !== 'probe')) {
        onCommit({ result: result.kind, durationMs: now() - from, waitedMs });
      }
      return result;
    },
  };
}
