/** kill -9 of whatever imports, matches, ends breaks and closes; then it is done again, and the books are as if nothing had been. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sumOf } from '../support/bank-statement.ts';
import { freshSeed } from '../support/seed.ts';
import { bounded, kills, mayGoRound, rounds } from './fire.ts';
import { type FinanceHouse, killedWhen, openFinanceHouse } from './finance-house.ts';
import { assertMatched, assertSilent, balanceOf, matchedBy, patienceMs } from './finance-judgement.ts';
import { pick, randomFrom } from './load.ts';

/** Of importing and of matching each; half as many where people end breaks, and while a day is closed. */
const deathsMax = Math.ceil(kills / 3);
const fewerMax = Math.ceil(kills / 6);
const size = { payments: 300, unknown: 12 };

interface Scene {
  readonly t: TestContext;
  readonly house: FinanceHouse;
  readonly random: () => number;
}

test(`a day of finance, killed everywhere, ${rounds} times`, bounded, async (t) => {
  const random = randomFrom(freshSeed(t));
  for (let round = 0; round < rounds && mayGoRound(); round += 1) await killedDay(t, random);
});

async function killedDay(t: TestContext, random: () => number): Promise<void> {
  const house = await openFinanceHouse(t, size);
  const scene = { t, house, random };
  await importUnderKills(scene);
  await matchUnderKills(scene);
  await assertMatched(house);
  await endBreaksUnderKills(scene);
  await closeUnderKills(scene);
  const verify = await house.command('verify');
  assert.equal(verify.exit, 0, verify.printed);
  assertSilent(house.heard());
}

const entriesSoFar = 'SELECT COUNT(*) FROM statement_entry';

/** By the command and by the door in turns. */
async function importUnderKills({ t, house, random }: Scene): Promise<void> {
  const body = await readFile(house.statement, 'utf8');
  let deaths = 0;
  for (let round = 0; round < deathsMax; round += 1) {
    const sofar = house.count(entriesSoFar);
    const wanted = sofar + Math.floor(random() * (house.lines.length - sofar));
    const isReached = () => house.count(entriesSoFar) > wanted;
    if (round % 2 === 0) {
      deaths += Number(await killedWhen(house.start('recon', 'import', house.statement), isReached));
    } else {
      const bridge = await house.bridge();
      const sent = settling(bridge.ask('finance', 'POST', '/v1/statements', body));
      deaths += Number(await killedWhen(bridge, () => isReached() || sent.isSettled()));
      await sent.end;
    }
  }
  t.diagnostic(`${deaths} deaths while importing, ${house.count(entriesSoFar)} lines by then`);
  const done = await house.command('recon', 'import', house.statement);
  assert.equal(done.exit, 0, done.printed);
  assert.equal(house.count(entriesSoFar), house.lines.length);
  assert.equal(house.count('SELECT COUNT(DISTINCT entry_key) FROM statement_entry'), house.lines.length);
  const again = await house.command('recon', 'import', house.statement, '--json');
  assert.match(again.printed, /"outcome":"known"/);
}

/** What is asked of a process that will die: whether it has answered, or is dead. */
function settling(work: Promise<unknown>) {
  let how: 'answered' | 'died' | undefined;
  const end = (async () => {
    try {
      await work;
      how = 'answered';
    } catch {
      how = 'died';
    }
  })();
  return { isSettled: () => how !== undefined, isAnswered: () => how === 'answered', end };
}

/** Where a round may be: it has taken up items, heard, matched, opened breaks. */
const steps = {
  items: ['SELECT COUNT(*) FROM expected_item', size.payments],
  heard: [`SELECT COUNT(*) FROM gateway_answer WHERE source = 'statement'`, size.unknown],
  matches: ['SELECT COUNT(*) FROM reconciliation_match', size.payments],
  breaks: [`SELECT COUNT(*) FROM reconciliation_break WHERE kind <> 'MISSING'`, 6],
} as const;

/**
 * The next row at which the process dies: of a step that is not done, so far ahead that something is left for the deaths after
 * it. Undefined where all is done; breaks come last in a round.
 */
function nextDeath({ house, random }: Scene, deathsLeft: number) {
  const open = Object.entries(steps).flatMap(([step, [sql, most]]) => {
    const sofar = house.count(sql);
    return sofar < most ? [{ step, sql, sofar, left: most - sofar }] : [];
  });
  const found = pick(random, open.length > 1 ? open.slice(0, -1) : open);
  return found && { ...found, wanted: found.sofar + Math.floor((random() * found.left) / deathsLeft) };
}

async function matchUnderKills(scene: Scene): Promise<void> {
  const { t, house } = scene;
  const at: string[] = [];
  for (let round = 0; round < deathsMax; round += 1) {
    const death = nextDeath(scene, deathsMax - round);
    if (death === undefined) break;
    const { step, sql, wanted } = death;
    const bridge = await house.bridge();
    const asked = settling(matchedBy(bridge));
    await killedWhen(bridge, () => asked.isSettled() || house.count(sql) > wanted);
    at.push(`${step} > ${wanted}${asked.isAnswered() ? ' (the round was over)' : ''}`);
    await asked.end;
  }
  t.diagnostic(`killed while matching at ${at.join(', ')}`);
  const bridge = await house.bridge();
  await matchedBy(bridge);
  await matchedBy(bridge);
  await bridge.kill();
}

const endings: Readonly<Record<string, string>> = {
  MISSING: 'writtenOff',
  DUPLICATE: 'suspense',
  OVER_AMOUNT: 'matchedByHand',
  UNDER_AMOUNT: 'matchedByHand',
  UNEXPECTED: 'writtenOff',
};
const said = { reason: 'CHECKED', comment: 'Seen in the documents.' };
/** So long an act takes at most, on a machine that is not crowded. */
const actMs = 30;

/** One proposes, another one confirms, and the bridge dies at either. Whoever got no answer says it again. */
async function endBreaksUnderKills({ t, house, random }: Scene): Promise<void> {
  let bridge = await house.bridge();
  let deaths = 0;
  const { breaks } = (await bridge.ask('ada', 'GET', '/v1/breaks?open=true&limit=200')).json as {
    breaks: { id: string; kind: string }[];
  };
  assert.equal(breaks.length, 9);
  for (const { id, kind } of breaks) {
    const acts = [
      ['ada', 'resolutions', { resolution: endings[kind], ...said }],
      ['ben', 'confirm', said],
    ] as const;
    for (const [who, act, given] of acts) {
      const path = `/v1/breaks/${id}/${act}`;
      const { proposal } = (await bridge.ask(who, 'GET', `/v1/breaks/${id}`)).json as { proposal?: string };
      const body = act === 'confirm' ? { ...given, proposal } : given;
      if (deaths < fewerMax && random() < 0.5) {
        const sent = bridge.ask(who, 'POST', path, body).catch(() => undefined);
        await pause(Math.floor(random() * actMs));
        await bridge.kill();
        await sent;
        deaths += 1;
        bridge = await house.bridge();
      }
      const { status, json, text } = await bridge.ask(who, 'POST', path, body);
      const { code } = json as { code?: string };
      assert.ok(status < 300 || code === 'BREAK_ENDED', text);
    }
  }
  t.diagnostic(`${deaths} deaths while people ended breaks`);
  const { breaks: left } = (await bridge.ask('ada', 'GET', '/v1/breaks?open=true')).json as {
    breaks: object[];
  };
  assert.deepEqual(left, []);
  await matchedBy(bridge);
  await bridge.kill();
  assert.equal(
    house.count("SELECT COUNT(*) FROM break_end WHERE resolution NOT IN ('matched', 'replaced')"),
    9,
  );
  // What the bank says, to the cent; and nothing waits at a gateway or on its way.
  assert.equal(balanceOf(house, 'bank:main-eur'), Number(sumOf(house.lines)));
  for (const name of ['gateway:%', 'transit:%']) assert.equal(balanceOf(house, name), 0, name);
}

const closeMs = 900;

async function closeUnderKills({ t, house, random }: Scene): Promise<void> {
  const close = (out: string) => [
    'report',
    'close',
    '--brand',
    'lucky',
    '--currency',
    'EUR',
    '--date',
    house.yesterday,
    '--out',
    join(house.home, out),
  ];
  let deaths = 0;
  for (let round = 0; round < fewerMax; round += 1) {
    const untilMs = Date.now() + Math.floor(random() * closeMs);
    deaths += Number(await killedWhen(house.start(...close('killed')), () => Date.now() > untilMs));
  }
  t.diagnostic(`${deaths} deaths while closing`);
  const first = await doneOnce(house, close('first'));
  const second = await doneOnce(house, close('second'));
  assert.deepEqual(second, first);
  assert.equal(Object.keys(first).length, 5);
  const closes = `SELECT COUNT(*) FROM books_close WHERE brand = 'lucky' AND closed_day = '${house.yesterday}'`;
  assert.equal(house.count(closes), 1);
  const after = await house.command(
    'report',
    'close',
    '--verify',
    join(house.home, 'first', packName(house)),
  );
  assert.equal(after.exit, 0, after.printed);
}

const packName = ({ yesterday }: FinanceHouse) => `lucky-EUR-${yesterday}`;

/** The pack of a close, file by file, as soon as a dead one's claim has lapsed. */
async function doneOnce(house: FinanceHouse, args: readonly string[]): Promise<Record<string, string>> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const { exit, printed } = await house.command(...args);
    if (exit === 0) break;
    assert.ok(printed.includes('under way') && Date.now() < until, printed);
    await pause(100);
  }
  const directory = join(args.at(-1) ?? '', packName(house));
  const names = (await readdir(directory)).toSorted((a, b) => (a < b ? -1 : 1));
  const files = names.map(async (name) => [name, await readFile(join(directory, name), 'base64')] as const);
  return Object.fromEntries(await Promise.all(files));
}
