import { ask } from './ask.ts';
import type { Payment, StateName } from './payment.ts';
import { stateTable } from './states.ts';
import type { UnderWay } from './status.ts';
import type { World } from './world.ts';

const pageMax = 200;
const openStates = (Object.keys(stateTable) as StateName[]).filter((name) => !stateTable[name].final);

/**
 * Asks about every payment that the last process left open. One that is still submitted after that may be in the hands
 * of another process: it is asked about again when nobody can be waiting for its reply any more. Payments taken on
 * since the start are left to those who carry them. A ledger that is away ends the round early, with an alarm.
 */
export async function recover(
  world: World,
  underWay: UnderWay,
  signal: AbortSignal,
): Promise<{ asked: number }> {
  const startedAt = world.clock.now();
  const first = await askAll(world, underWay, leftOpen(world, openStates, startedAt), signal);
  const lastAnswerBefore = Math.max(0, ...first.map(({ state }) => answerBeforeMs(state)));
  if (lastAnswerBefore === 0 || signal.aborted) return { asked: first.length };
  await world.clock.sleep(Math.max(0, lastAnswerBefore - world.clock.now().getTime()), signal);
  const second = await askAll(world, underWay, leftOpen(world, ['submitted'], startedAt), signal);
  return { asked: first.length + second.length };
}

function answerBeforeMs(state: Payment['state']): number {
  return state.name === 'submitted' ? state.attempt.answerBefore.getTime() : 0;
}

async function* leftOpen(world: World, states: readonly StateName[], before: Date): AsyncGenerator<Payment> {
  let after: string | undefined;
  do {
    const page = await world.ledger.payments(
      { states },
      { limit: pageMax, ...(after !== undefined && { after }) },
    );
    yield* page.filter(({ acceptedAt }) => acceptedAt < before);
    after = page.length < pageMax ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}

/** A bounded number at a time, from one queue. */
async function askAll(
  world: World,
  { asked }: UnderWay,
  payments: AsyncGenerator<Payment>,
  signal: AbortSignal,
): Promise<Payment[]> {
  const results: Payment[] = [];
  const context = { correlationId: world.ids.uuid() };
  const lane = async (): Promise<void> => {
    for await (const payment of payments) {
      if (signal.aborted) return;
      const flight = asked.join(payment.id, () => ask(world, payment, 'recovery', context));
      results.push(await flight.catch(() => payment));
    }
  };
  await Promise.all(Array.from({ length: world.limits.recoveryConcurrencyMax }, lane));
  return results;
}
