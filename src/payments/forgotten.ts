import type { UnderWay } from './flights.ts';
import type { StateName } from './payment.ts';
import { askAll } from './recover.ts';
import type { World } from './world.ts';

/** Where a gateway has it, or may have. */
const withGateway: readonly StateName[] = ['submitted', 'pending', 'unknown'];

/**
 * Asks about payments that are with a gateway and in no schedule: a build that knows of no checks, which runs beside this one
 * while it is replaced, took them on and may have ended since. The question is the beginning of their schedule (I10). So
 * many at a time, the oldest first; one whose sender may still wait for the reply is left to a later time.
 * @throws LedgerUnavailable where the ledger cannot say which they are
 */
export async function askForgotten(
  world: World,
  underWay: UnderWay,
  signal: AbortSignal,
): Promise<{ asked: number }> {
  const limit = world.limits.recoveryPageMax;
  const found = await world.ledger.payments({ states: withGateway, unscheduled: true }, { limit });
  const now = world.clock.now();
  const forgotten = found.filter(
    ({ state }) => state.name !== 'submitted' || now >= state.attempt.answerBefore,
  );
  const { asked } = await askAll(world, underWay, forgotten.values(), signal);
  return { asked };
}
