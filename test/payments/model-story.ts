/** Plays a story of acts to two bridges, and says what broke a rule. */
import type { TestContext } from 'node:test';
import type { Act } from './model-acts.ts';
import type { Moods } from './model-gateway.ts';
import { checkBalances, checkEnd, checkLedger, checkWebhooks } from './model-oracle.ts';
import { giveMoney, perform, rounds, webhook } from './model-perform.ts';
import { openScene, type Scene } from './model-scene.ts';

const honest: Moods = { submit: 'settle', status: 'truth', ledgerMs: 0 };

/** @throws StoryBroken with every rule that broke */
export async function play(
  t: TestContext,
  acts: readonly Act[],
  { empty, checkEvery = 10 }: { empty: string; checkEvery?: number },
): Promise<Tally> {
  const scene = await openScene(t, empty);
  let done = 0;
  try {
    await giveMoney(scene);
    for (const act of acts) {
      await perform(scene, act);
      done += 1;
      await check(scene, { isDue: done % checkEvery === 0, isThorough: done % 100 === 0 });
    }
    await settleDown(scene);
    await check(scene, { isDue: true, isThorough: true });
    checkEnd(scene);
    checkWebhooks(scene);
    failOn(scene);
    return tallyOf(scene);
  } catch (error) {
    throw new StoryBroken(error, done);
  } finally {
    await scene.close();
  }
}

/** What happened in a story, so that one in which nothing happens is seen. */
export type Tally = Readonly<Record<string, number>>;

function tallyOf({ seen, gateways, memory }: Scene): Tally {
  const tally: Record<string, number> = { deaths: memory.deaths };
  const add = (name: string, count = 1) => (tally[name] = (tally[name] ?? 0) + count);
  for (const { state, conflictsEver, noAnswersEver, returns, confirmations } of seen.payments()) {
    add(state);
    add('conflicts', Number(conflictsEver));
    add('noAnswer cases', Number(noAnswersEver));
    add('returns', Number(returns));
    add('resolved', Number(confirmations));
  }
  for (const { sends } of gateways.flatMap(({ instructed }) => [...instructed.values()])) {
    add('resends', sends.length - 1);
  }
  add('webhooks', memory.events);
  return tally;
}

/** With the number of acts that were done. */
export class StoryBroken extends Error {
  readonly done: number;

  constructor(cause: unknown, done: number) {
    super(cause instanceof Error ? cause.message : 'something was thrown', { cause });
    this.done = done;
  }
}

function failOn({ problems }: Scene): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The cheap checks often, the whole of `verify` seldom; all of them at the end. */
async function check(
  scene: Scene,
  { isDue, isThorough }: { isDue: boolean; isThorough: boolean },
): Promise<void> {
  if (isDue) {
    checkLedger(scene);
    await checkBalances(scene);
  }
  if (isThorough) {
    for (const { invariant, subject, finding } of await scene.ledger.violations(5)) {
      scene.problems.push(`verify: ${invariant}: ${finding}: ${subject}`);
    }
  }
  failOn(scene);
}

/** The faults stop: what is under way arrives, what is pending ends, and time passes until nothing is left to ask. */
async function settleDown(scene: Scene): Promise<void> {
  scene.setMoods(honest);
  for (const gateway of scene.gateways) {
    for (const order of gateway.underWay.splice(0)) gateway.arrive(order);
    for (const [instrId, { order }] of gateway.instructed) {
      gateway.end(instrId, order.amount.minor % 3n === 0n ? 'declined' : 'settled');
    }
  }
  for (const instruction of [...scene.psp.instructed.keys()].keys()) {
    await webhook(scene, { act: 'webhook', instruction, says: 'truth', copies: 1, later: true }, 0);
  }
  for (let round = 0; round < 8; round += 1) {
    scene.clock.move(6_000);
    await rounds(scene, round % 2 === 0 ? 0 : 1);
  }
}
