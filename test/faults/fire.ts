/** One fire: load on a house, whatever a scenario does to it meanwhile, and the judgement when it is over. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freshSeed } from '../support/seed.ts';
import type { Wish } from './callers.ts';
import type { BridgeUnderFire, HouseUnderFire } from './house.ts';
import { type Notebook, randomFrom, startLoad } from './load.ts';
import { assertHolds, recoveryAfter } from './verdict.ts';

/** How often the long form goes round; the short form is part of every run of the tests. */
export const rounds = Number(process.env['ROUNDS'] ?? 1);
/** A few recovery points by name, where not all of them are wanted. */
export const pointsWanted = process.env['POINTS']?.split(',');
export const kills = Number(process.env['KILLS'] ?? 6);

/** Past this instant a long form begins no further round, and judges what there is. */
const roundsUntilMs = Date.now() + Number(process.env['FIRE_MINUTES'] ?? 120) * 60_000;

export function mayGoRound(): boolean {
  return Date.now() < roundsUntilMs;
}

/** Of one test, however long its form is; a bridge that waits for ever must not make it do so. */
export const bounded = { timeout: 150_000 + (rounds * 11 + kills) * 20_000 };

export interface Fire {
  readonly random: () => number;
  readonly notebook: Notebook;
  /** Whom the callers call from now on; nobody where none are named. */
  readonly live: (...bridges: readonly BridgeUnderFire[]) => void;
  /** Waits for the first good answer after a kill, and keeps how long it took. */
  readonly recovered: (killedAtMs: number, bridge: BridgeUnderFire) => Promise<void>;
  /** For a scenario that waits for the load to go on. */
  readonly paymentsToldAtLeast: (count: number) => Promise<void>;
}

export interface Burning {
  readonly house: HouseUnderFire;
  readonly methods?: readonly Wish['method'][];
  readonly lanes?: number;
  /** `away`: the scenario takes the ledger itself away; there where nothing is said. */
  readonly ledger?: 'there' | 'away';
}

/**
 * Runs the scenario under load. It answers the bridge that is left, by which the callers ask once more before the
 * judgement, which is on everything that the house has seen since it was opened.
 */
export async function underFire(
  t: TestContext,
  { house, methods, lanes, ledger = 'there' }: Burning,
  scenario: (fire: Fire) => Promise<BridgeUnderFire>,
): Promise<void> {
  const random = randomFrom(freshSeed(t));
  const notebook: Notebook = new Map();
  const recoveriesMs: number[] = [];
  let living: readonly BridgeUnderFire[] = [];
  const load = startLoad({
    caller: house.caller,
    targets: () => living,
    notebook,
    random,
    prefix: `fire-${Date.now().toString(36)}`,
    ...(methods && { methods }),
    ...(lanes !== undefined && { lanes }),
  });
  try {
    const last = await scenario({
      random,
      notebook,
      live: (...bridges) => (living = bridges),
      async recovered(killedAtMs, bridge) {
        const tookMs = await firstAnswer(notebook, killedAtMs, bridge);
        if (tookMs !== undefined) recoveriesMs.push(tookMs);
      },
      paymentsToldAtLeast: (count) => toldAtLeast(notebook, count),
    });
    await load.stop();
    await assertHolds(t, last, { house, notebook, recoveriesMs, ledger });
    last.child.kill('SIGTERM');
    assert.equal(await last.ended, 0, 'the bridge that was left did not stop in order');
    house.checkSilence();
  } finally {
    await load.stop();
  }
}

/** Trouble of every kind, a little of each, until the sandboxes are told to behave. */
export async function misbehaveALittle({ control }: HouseUnderFire): Promise<void> {
  for (const gateway of ['bank', 'psp'] as const) {
    for (const [mode, more] of littleTroubles) await control.misbehave(gateway, mode, more);
  }
}

const littleTroubles = [
  ['decline', { probability: 0.05 }],
  ['pendingThenSettled', { probability: 0.15, delayMs: 400 }],
  ['pendingThenDeclined', { probability: 0.05, delayMs: 400 }],
  ['timeoutAfter', { probability: 0.08, delayMs: 5_000 }],
  ['timeoutBefore', { probability: 0.08, delayMs: 5_000 }],
  ['slow', { probability: 0.2, delayMs: 100 }],
  ['garbage', { probability: 0.03 }],
  ['error500', { probability: 0.03 }],
  ['notFoundOnce', { probability: 0.1 }],
] as const;

const answerMsMax = 40_000;
const lookEveryMs = 20;

/** Undefined where the bridge ended before it answered anybody. */
async function firstAnswer(
  notebook: Notebook,
  killedAtMs: number,
  { ended }: BridgeUnderFire,
): Promise<number | undefined> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  const until = Date.now() + answerMsMax;
  for (;;) {
    const tookMs = recoveryAfter(killedAtMs, notebook);
    if (tookMs !== undefined || isOver) return tookMs;
    assert.ok(Date.now() < until, `nobody was answered within ${answerMsMax} ms of a kill`);
    await pause(lookEveryMs);
  }
}

async function toldAtLeast(notebook: Notebook, count: number): Promise<void> {
  const until = Date.now() + answerMsMax;
  for (;;) {
    let told = 0;
    for (const { heard } of notebook.values()) if (heard.some(({ kind }) => kind === 'payment')) told += 1;
    if (told >= count) return;
    assert.ok(Date.now() < until, `only ${told} payments were told within ${answerMsMax} ms`);
    await pause(lookEveryMs);
  }
}
