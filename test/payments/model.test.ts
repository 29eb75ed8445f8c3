/**
 * The domain against a model: random stories of payments, answers, lies, duplicates, webhooks, waits and deaths, over a
 * real ledger. `STEPS=1000000 TEST_MINUTES=240 npm test -- test/payments/model.test.ts` is the long form;
 * `STEPS=1 SEED=…` tells one story again.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freshSeed } from '../support/seed.ts';
import { storyOf } from './model-acts.ts';
import { emptyLedger, fastHome } from './model-scene.ts';
import { shortened } from './model-shortened.ts';
import { play, StoryBroken, type Tally } from './model-story.ts';

const stepsMin = Number(process.env['STEPS'] ?? 10_000);
const storySteps = 400;

/** Stories that are played at once, each on a ledger of its own, so that one is played while another waits for its writer. */
const lanes = 3;

test(`${stepsMin} random steps with deaths among them break no rule`, async (t) => {
  const home = await mkdtemp(join(fastHome ?? tmpdir(), 'cagebridge-model-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const empty = await emptyLedger(home);
  const first = freshSeed(t);
  const seeds = Array.from(
    { length: Math.ceil(stepsMin / storySteps) },
    (_, index) => first + index,
  ).values();
  const tally: Record<string, number> = {};
  const lane = async (): Promise<void> => {
    for (const seed of seeds) {
      const happened = await playOrTell(t, seed, empty);
      for (const [name, count] of Object.entries(happened)) tally[name] = (tally[name] ?? 0) + count;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  t.diagnostic(JSON.stringify(tally));
});

async function playOrTell(t: TestContext, seed: number, empty: string): Promise<Tally> {
  const acts = storyOf(seed, storySteps);
  try {
    return await play(t, acts, { empty });
  } catch (error) {
    if (!(error instanceof StoryBroken)) throw error;
    const { story, problem } = await shortened({ acts, error }, (some) =>
      play(t, some, { empty, checkEvery: 1 }),
    );
    const told = story.map((act) => JSON.stringify(act)).join('\n');
    return assert.fail(`${problem}\nSEED=${seed}, the shortest story found:\n${told}`);
  }
}
