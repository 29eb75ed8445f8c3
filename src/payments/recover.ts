import { ask } from './ask.ts';
import type { UnderWay } from './flights.ts';
import type { Payment, StateName } from './payment.ts';
import { stateTable } from './states.ts';
import type { World } from './world.ts';

const openStates = (Object.keys(stateTable) as StateName[]).filter((name) => !stateTable[name].final);

/**
 * Asks about every payment that is open and that nobody here carries. One that is still submitted after that may be in
 * the hands of another process: it is asked about again when nobody can be waiting for its reply any more. A word that
 * the ledger does not take is an alarm and ends no other question.
 * @throws LedgerUnavailable where the ledger cannot say which payments are open
 */
export async function recover(
  world: World,
  underWay: UnderWay,
  signal: AbortSignal,
): Promise<{ asked: number }> {
  const first = await askAll(world, underWay, openPayments(world, openStates), signal);
  if (first.answerBeforeMs === 0 || signal.aborted) return { asked: first.asked };
  await world.clock.sleep(Math.max(0, first.answerBeforeMs - world.clock.now().getTime()), signal);
  const second = await askAll(world, underWay, openPayments(world, ['submitted']), signal);
  return { asked: first.asked + second.asked };
}

async function* openPayments(world: World, states: readonly StateName[]): AsyncGenerator<Payment> {
  const limit = world.limits.recoveryPageMax;
  let after: string | undefined;
  do {
    const page = await world.ledger.payments({ states }, { limit, ...(after !== undefined && { after }) });
    yield* page;
    after = page.length < limit ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}

interface Round {
  asked: number;
  /** The latest instant at which somebody may wait for a reply to what is still submitted; 0 where nothing is. */
  answerBeforeMs: number;
}

/** A bounded number at a time, from one queue; what this process carries is left to who carries it. */
export async function askAll(
  world: World,
  { carried, asked }: UnderWay,
  payments: AsyncIterable<Payment> | IterableIterator<Payment>,
  signal: AbortSignal,
): Promise<Round> {
  const round: Round = { asked: 0, answerBeforeMs: 0 };
  const context = { correlationId: world.ids.uuid() };
  const lane = async (): Promise<void> => {
    for await (const payment of payments) {
      if (signal.aborted) return;
      if (carried.current(payment.id) !== undefined) continue;
      round.asked += 1;
      const question = asked.join(payment.id, () => ask(world, payment, { source: 'recovery', context }));
      // A failure to write the word down was told as an alarm where it happened.
      const { state } = await question.then(
        ({ payment: after }) => after,
        () => payment,
      );
      if (state.name === 'submitted') {
        round.answerBeforeMs = Math.max(round.answerBeforeMs, state.attempt.answerBefore.getTime());
      }
    }
  };
  await Promise.all(Array.from({ length: world.limits.recoveryConcurrencyMax }, lane));
  return round;
}
