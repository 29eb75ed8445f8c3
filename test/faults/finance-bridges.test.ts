/** Two bridges on one ledger are handed the same statement at the same instant, and both match: the books are those of one. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freshSeed } from '../support/seed.ts';
import { bounded, rounds } from './fire.ts';
import { type FinanceBridge, openFinanceHouse } from './finance-house.ts';
import { assertMatched, assertSilent, matchedBy } from './finance-judgement.ts';
import { randomFrom } from './load.ts';

const size = { payments: 100, unknown: 5 };
const apartMsMax = 40;
const triesMax = 40;

/** Sent until it is in, as a client does who is told to come again. */
async function handedIn(bridge: FinanceBridge, body: string): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (let tries = 0; tries < triesMax; tries += 1) {
    const { json, text } = await bridge.ask('finance', 'POST', '/v1/statements', body);
    const { outcome, code } = json as { outcome?: string; code?: string };
    outcomes.push(outcome ?? code ?? text);
    if (outcome === 'IMPORTED' || outcome === 'KNOWN') return outcomes;
    await pause(50);
  }
  return outcomes;
}

test(`two bridges import one file and match it together, ${rounds} times`, bounded, async (t) => {
  const random = randomFrom(freshSeed(t));
  for (let round = 0; round < rounds; round += 1) {
    const house = await openFinanceHouse(t, size);
    const bridges = await Promise.all([house.bridge(), house.bridge()]);
    const body = await readFile(house.statement, 'utf8');
    const told = await Promise.all(
      bridges.map(async (bridge, place) => {
        await pause(place * Math.floor(random() * apartMsMax));
        return handedIn(bridge, body);
      }),
    );
    t.diagnostic(`told ${told.map((outcomes) => outcomes.join(' ')).join(' and ')}`);
    assert.deepEqual(new Set(told.map((outcomes) => outcomes.at(-1))), new Set(['IMPORTED', 'KNOWN']));
    assert.equal(house.count('SELECT COUNT(*) FROM statement_file'), 1);
    assert.equal(house.count('SELECT COUNT(*) FROM statement_entry'), house.lines.length);
    await Promise.all(bridges.flatMap((bridge) => [matchedBy(bridge), matchedBy(bridge)]));
    await Promise.all(bridges.map(matchedBy));
    await assertMatched(house);
    for (const bridge of bridges) await bridge.kill();
    const verify = await house.command('verify');
    assert.equal(verify.exit, 0, verify.printed);
    assertSilent(house.heard());
  }
});
