import type { Clock } from '../../payments/ports.ts';
import type { StatementStore } from '../statement-store.ts';

/** A job that this process does, and nobody else. */
export interface HeldJob {
  /**
   * Claims it again where half of its time is over. False: somebody else has it now, so what is left is his, or that of
   * whoever claims it next.
   */
  keep(): Promise<boolean>;
  /** Says when it is due again, for those who claim it only then. */
  release(dueAt?: Date): Promise<void>;
}

export interface Claiming {
  readonly store: Pick<StatementStore, 'claimJob' | 'releaseJob'>;
  readonly clock: Clock;
  readonly name: string;
  readonly leaseMs: number;
  /** So long it is waited for. */
  readonly waitMs: number;
  /** Only where it is due. */
  readonly onlyDue?: boolean;
  readonly signal?: AbortSignal;
}

/** Each look is a write. */
const lookAgainMs = 250;

/** Claims a job, waiting for it a bounded time. Undefined: somebody else still has it. */
export async function claimWithin(claiming: Claiming): Promise<HeldJob | undefined> {
  const { clock, waitMs, signal } = claiming;
  const until = clock.now().getTime() + waitMs;
  for (;;) {
    const fence = await claimOnce(claiming);
    if (fence !== undefined) return held(claiming, fence);
    const leftMs = until - clock.now().getTime();
    if (leftMs <= 0 || signal?.aborted === true) return undefined;
    await clock.sleep(Math.min(lookAgainMs, leftMs), signal);
  }
}

async function claimOnce({
  store,
  clock,
  name,
  leaseMs,
  onlyDue = false,
}: Claiming): Promise<number | undefined> {
  const now = clock.now();
  const leaseUntil = new Date(now.getTime() + leaseMs);
  const claim = await store.claimJob({ name, now, leaseUntil, onlyDue });
  return claim?.fence;
}

/** A claim cannot be made longer, so it is given back and taken again: who comes between finishes the work. */
function held(claiming: Claiming, first: number): HeldJob {
  const { store, clock, name, leaseMs } = claiming;
  let fence: number | undefined = first;
  let claimedAt = clock.now().getTime();

  return {
    async keep() {
      if (fence === undefined) return false;
      if (clock.now().getTime() - claimedAt < leaseMs / 2) return true;
      const released = await store.releaseJob({ name, fence });
      fence = undefined;
      if (released === 'released') fence = await claimOnce(claiming);
      claimedAt = clock.now().getTime();
      return fence !== undefined;
    },
    async release(dueAt) {
      if (fence !== undefined) await store.releaseJob({ name, fence, ...(dueAt && { dueAt }) });
      fence = undefined;
    },
  };
}
