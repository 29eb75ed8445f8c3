/**
 * The domain against a model: random stories of payments, answers, lies, duplicates, webhooks, waits and deaths, over a
 * real ledger. `STEPS=1000000 npm test -- test/payments/model.test.ts` is the long form; `SEED=…` tells a story again.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshSeed } from '../support/seed.ts';
import { storyOf } from './model-acts.ts';
import { emptyLedger, fastHome } from './model-scene.ts';
import { shortened } from './model-shortened.ts';
import { play, StoryBroken } from './model-story.ts';

const stepsMin = Number(process.env['STEPS'] ?? 10_000);
const storySteps = 400;

test(`${stepsMin} random steps with deaths among them break no rule`, async (t) => {
  const home = await mkdtemp(join(fastHome ?? tmpdir(), 'cagebridge-model-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const empty = await emptyLedger(home);
  const first = freshSeed(t);
  const tally: Record<string, number> = {};
  for (let steps = 0, seed = first; steps < stepsMin; steps += storySteps, seed += 1) {
    const acts = storyOf(seed, storySteps);
    try {
      const happened = await play(t, acts, { empty });
      for (const [name, count] of Object.entries(happened)) tally[name] = (tally[name] ?? 0) + count;
    } catch (error) {
      assert.ok(error instanceof StoryBroken);
      const { story, problem } = await shortened({ acts, error }, (some) =>
        play(t, some, { empty, checkEvery: 1 }),
      );
      const told = story.map((act) => JSON.stringify(act)).join('\n');
      assert.fail(`${problem}\nSEED=${seed}, the shortest story found:\n${told}`);
    }
  }
  t.diagnostic(JSON.stringify(tally));
});
