/**
 * Bridges that end in the middle: by kill -9 at known and at random instants, by SIGTERM, and two of them on one ledger.
 * Whatever the bank executed is found by asking and never sent again, and whatever was acknowledged is in the ledger.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { attemptOf } from '../../src/payments/payment.ts';
import { entriesIn, paymentsIn, type Read, send } from '../support/bridge-house.ts';
import { type BridgeProcess, openStreet, type Street } from '../support/bridge-process.ts';
import { paymentMessage, statusMessage, type Wanted } from '../support/bridge-requests.ts';
import { freshSeed } from '../support/seed.ts';

let street: Street;
before(async () => {
  street = await openStreet();
});
after(() => street.close());

/** A bridge that waits for ever must not make the test do so. */
const bounded = { timeout: 200_000 };

interface Sent extends Wanted {
  readonly message: string;
}

function wish(wanted: Wanted): Sent {
  return { ...wanted, message: paymentMessage('1.1', wanted) };
}

async function fund(bridge: BridgeProcess, playerId: string, amount: string): Promise<void> {
  const message = paymentMessage('1.1', {
    operation: 'Deposit',
    reference: `fund-${playerId}`,
    playerId,
    amount,
  });
  assert.equal((await send(bridge, message)).status, 'ACSC');
}

async function statusOf(bridge: BridgeProcess, reference: string): Promise<Read> {
  return send(bridge, statusMessage('1.1', { reference }));
}

async function effectsReach(count: number): Promise<void> {
  const until = Date.now() + 10_000;
  while ((await street.bank.effects()).length < count) {
    assert.ok(Date.now() < until, 'the bank did not execute in time');
    await pause(10);
  }
}

async function held(reference: string) {
  const ledger = await street.ledger();
  const payment = await ledger.paymentByReference('partner-a', reference);
  const instrId = payment && attemptOf(payment.state)?.instrId;
  const atBank = (await street.bank.instructions()).find((row) => row.instructionId === instrId);
  const entries = payment === undefined ? [] : await entriesIn(ledger, { paymentId: payment.id });
  return { payment, state: payment?.state.name, entries, atBank };
}

async function heldMinor(playerId: string): Promise<bigint> {
  const [balance] = await (await street.ledger()).playerBalances(playerAccount('main', playerId));
  return balance?.heldMinor ?? 0n;
}

/** The proof that everybody can check: the bank's journal and the ledger name the same payments, each sent once. */
async function assertBooksAgree(): Promise<void> {
  const ledger = await street.ledger();
  const instructions = await street.bank.instructions();
  assert.deepEqual(
    instructions.filter(({ submissions }) => submissions !== 1),
    [],
  );
  const executed = instructions
    .filter(({ status }) => status !== 'declined')
    .map(({ instructionId, amountMinor, currency }) => `${instructionId} ${amountMinor} ${currency}`);
  const completed = (await paymentsIn(ledger)).flatMap(({ state }) =>
    state.name === 'completed'
      ? [`${state.attempt.instrId} ${state.settlement.amount.minor} ${state.settlement.amount.currency}`]
      : [],
  );
  assert.equal(completed.length, executed.length);
  assert.deepEqual(new Set(completed), new Set(executed));
  assert.deepEqual(await ledger.violations(10), []);
}

/** The call that never comes back, because the bridge is killed under it. */
async function lost(bridge: BridgeProcess, { message }: Sent): Promise<'lost'> {
  const read = await send(bridge, message).catch(() => 'lost' as const);
  assert.equal(read, 'lost');
  return 'lost';
}

test(
  'kill -9 after the bank executed and before it was heard: found by asking, nothing is sent again',
  bounded,
  async (t) => {
    const first = await street.bridge(t);
    await fund(first, 'unheard', '100.00');
    await street.bank.misbehave('slow', { count: 2, delayMs: 60_000 });
    await street.bank.misbehave('timeoutAfter', { count: 2 });
    const executed = (await street.bank.effects()).length;
    const payments = (['Deposit', 'Withdrawal', 'Deposit', 'Withdrawal'] as const).map((operation, index) =>
      wish({ operation, reference: `unheard-${index}`, playerId: 'unheard', amount: '10.00' }),
    );
    const calls = payments.map(async (payment) => lost(first, payment));
    await effectsReach(executed + 4);
    await first.kill();
    await Promise.all(calls);
    for (const { reference } of payments) assert.equal((await held(reference)).state, 'submitted');
    assert.equal(await heldMinor('unheard'), 2_000n);

    const second = await street.bridge(t);
    await second.recovered();
    for (const payment of payments) {
      // The start has asked already; the caller's own question and his same request again change nothing.
      const { state, entries, atBank } = await held(payment.reference);
      assert.deepEqual([state, entries.length, atBank?.submissions], ['completed', 1, 1]);
      assert.equal((await statusOf(second, payment.reference)).status, 'ACSC');
      assert.equal((await send(second, payment.message)).status, 'ACSC');
    }
    assert.equal(await heldMinor('unheard'), 0n);
    await assertBooksAgree();
    await second.kill();
  },
);

test(
  'kill -9 after the intent and before anything was sent: unknown, asked about, and never sent',
  bounded,
  async (t) => {
    const first = await street.bridge(t);
    await fund(first, 'unsent', '100.00');
    street.wire.hold();
    const payments = (['Deposit', 'Withdrawal'] as const).map((operation) =>
      wish({ operation, reference: `unsent-${operation}`, playerId: 'unsent', amount: '10.00' }),
    );
    const calls = payments.map(async (payment) => lost(first, payment));
    await street.wire.held(payments.length);
    await first.kill();
    street.wire.release();
    await Promise.all(calls);
    for (const { reference } of payments) assert.equal((await held(reference)).state, 'submitted');

    const second = await street.bridge(t);
    await second.recovered();
    for (const payment of payments) {
      assert.equal((await held(payment.reference)).state, 'unknown');
      assert.equal((await statusOf(second, payment.reference)).status, 'PDNG AB06');
      assert.equal((await send(second, payment.message)).status, 'PDNG AB06');
      const { entries, atBank } = await held(payment.reference);
      assert.deepEqual([entries, atBank], [[], undefined]);
    }
    // Nobody knows where the withdrawal is, so nobody may use its money.
    assert.equal(await heldMinor('unsent'), 1_000n);
    await assertBooksAgree();
    await second.kill();
  },
);

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `ROUNDS=40 npm test -- test/bridge/kill.test.ts` goes on for longer. */
const rounds = Number(process.env['ROUNDS'] ?? 4);
const lanes = 6;

/** What each caller sent, and what he heard. */
type Heard = Map<Sent, string | undefined>;

/** Callers who send one payment after another until the bridge is gone under them. */
async function load(bridge: BridgeProcess, round: number, random: () => number): Promise<Heard> {
  const heard: Heard = new Map();
  const lane = async (name: number): Promise<void> => {
    for (let index = 0; ; index += 1) {
      const sent = wish({
        operation: random() < 0.5 ? 'Deposit' : 'Withdrawal',
        reference: `load-${round}-${name}-${index}`,
        playerId: `load-${Math.floor(random() * 3)}`,
        amount: `${1 + Math.floor(random() * 20)}.00`,
      });
      heard.set(sent, undefined);
      try {
        heard.set(sent, (await send(bridge, sent.message)).status);
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, async (_, name) => lane(name)));
  return heard;
}

/**
 * Whatever was acknowledged holds; whatever was not is asked for by its same request, and is paid at most once. Returns where
 * the payments stood that nobody had an answer for.
 */
async function assertNothingLost(bridge: BridgeProcess, heard: Heard): Promise<string> {
  const unanswered: string[] = [];
  for (const [{ reference, message }, status] of heard) {
    const { state } = await held(reference);
    if (status === undefined) {
      unanswered.push(state ?? 'not accepted');
      assert.match((await send(bridge, message)).status ?? 'a fault', /^(?:ACSC|PDNG|RJCT|ACSP)/);
      assert.match((await statusOf(bridge, reference)).status ?? 'a fault', /^(?:ACSC|PDNG|RJCT)/);
      continue;
    }
    assert.ok(state, `${reference} was acknowledged with ${status} and is not in the ledger`);
    if (status === 'ACSC') assert.equal(state, 'completed');
    if (status.startsWith('RJCT')) assert.equal(state, 'rejected');
  }
  return unanswered.join(', ');
}

test(`kill -9 at ${rounds} random instants under load: nothing lost, nothing twice`, bounded, async (t) => {
  const random = randomFrom(freshSeed(t));
  let bridge = await street.bridge(t);
  for (const player of [0, 1, 2]) await fund(bridge, `load-${player}`, '200.00');
  let sent = 0;
  for (let round = 0; round < rounds; round += 1) {
    await street.bank.misbehave('slow', { probability: 0.2, delayMs: 50 });
    await street.bank.misbehave('pendingThenSettled', { probability: 0.1, delayMs: 100 });
    await street.bank.misbehave('decline', { probability: 0.1 });
    const loading = load(bridge, round, random);
    const afterMs = Math.floor(30 + random() * 600);
    await pause(afterMs);
    await bridge.kill();
    const heard = await loading;
    await street.bank.behave();
    bridge = await street.bridge(t);
    await bridge.recovered();
    const unanswered = await assertNothingLost(bridge, heard);
    await assertBooksAgree();
    t.diagnostic(`killed after ${afterMs} ms and ${heard.size} requests; without an answer: ${unanswered}`);
    sent += heard.size;
  }
  assert.ok(sent >= rounds * lanes);
  await bridge.kill();
  assert.equal(await street.command(t, 'verify'), 0);
});

test('SIGTERM: what is under way is answered, newcomers are refused, exit 0', bounded, async (t) => {
  const bridge = await street.bridge(t);
  const executed = (await street.bank.effects()).length;
  await street.bank.misbehave('slow', { count: 1, delayMs: 600 });
  await street.bank.misbehave('timeoutAfter', { count: 1 });
  const calls = ['term-0', 'term-1'].map(async (reference) =>
    send(bridge, paymentMessage('1.1', { operation: 'Deposit', reference })),
  );
  await effectsReach(executed + 2);
  const startedAt = Date.now();
  bridge.child.kill('SIGTERM');
  const reads = (await Promise.all(calls)).map(({ status = '' }) => status);
  assert.deepEqual(
    reads.toSorted((a, b) => a.localeCompare(b)),
    ['ACSC', 'PDNG AB06'],
  );
  assert.equal(await bridge.ended, 0);
  assert.ok(Date.now() - startedAt < 25_000);
  await assert.rejects(statusOf(bridge, 'term-0'), { code: 'ECONNREFUSED' });

  const next = await street.bridge(t);
  await next.recovered();
  for (const reference of ['term-0', 'term-1']) {
    assert.equal((await held(reference)).state, 'completed');
  }
  await assertBooksAgree();
  await next.kill();
});

test(
  'SIGTERM while the bank is silent for longer than a stop may take: left for asking, exit 0',
  bounded,
  async (t) => {
    const bridge = await street.bridge(t, { stop: { doorsWithinMs: 100, paymentsWithinMs: 100 } });
    const executed = (await street.bank.effects()).length;
    await street.bank.misbehave('timeoutAfter', { count: 1 });
    const call = lost(bridge, wish({ operation: 'Deposit', reference: 'left' }));
    await effectsReach(executed + 1);
    bridge.child.kill('SIGTERM');
    await call;
    assert.equal(await bridge.ended, 0);
    assert.notEqual((await held('left')).state, 'completed');

    const next = await street.bridge(t);
    await next.recovered();
    const { state, entries, atBank } = await held('left');
    assert.deepEqual([state, entries.length, atBank?.submissions], ['completed', 1, 1]);
    await assertBooksAgree();
    await next.kill();
  },
);

test(
  'two bridges on one ledger at once: one effect of 40 copies, exactly 7 of 20 withdrawals, and one of them killed',
  bounded,
  async (t) => {
    const bridges = await Promise.all([street.bridge(t), street.bridge(t)]);
    const [one, other] = bridges;
    const either = (index: number): BridgeProcess => (index % 2 === 0 ? one : other);
    await fund(one, 'two', '35.00');
    const deposit = wish({ operation: 'Deposit', reference: 'two-copies', playerId: 'two', amount: '40.00' });
    const copies = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => send(either(index), deposit.message)),
    );
    assert.equal(new Set(copies.map((read) => read.text('PaymentId'))).size, 1);
    assert.ok(copies.every(({ status }) => status === 'ACSC' || status === 'ACSP'));
    assert.equal((await held('two-copies')).atBank?.submissions, 1);

    const withdrawals = Array.from({ length: 20 }, (_, index) =>
      wish({ operation: 'Withdrawal', reference: `two-${index}`, playerId: 'two', amount: '10.00' }),
    );
    const reads = await Promise.all(
      withdrawals.map(async ({ message }, index) => send(either(index), message)),
    );
    const statuses = reads.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 'ACSC').length, 7);
    assert.equal(statuses.filter((status) => status === 'RJCT AM04').length, 13);

    await killedBeside(one, other);
    await assertBooksAgree();
    await other.kill();
    assert.equal(await street.command(t, 'verify'), 0);
  },
);

/** What a killed bridge left open is found through the one beside it, which was never told. */
async function killedBeside(one: BridgeProcess, other: BridgeProcess): Promise<void> {
  const executed = (await street.bank.effects()).length;
  await street.bank.misbehave('timeoutAfter', { count: 1 });
  const call = lost(one, wish({ operation: 'Deposit', reference: 'beside', playerId: 'two' }));
  await effectsReach(executed + 1);
  await one.kill();
  await call;
  const { payment } = await held('beside');
  const answerBeforeMs = (payment && attemptOf(payment.state)?.answerBefore.getTime()) ?? 0;
  // Until nobody can be waiting for the reply any more it may be in the hands of the first one.
  const early = await statusOf(other, 'beside');
  if (Date.now() < answerBeforeMs) assert.equal(early.status, 'ACSP');
  await pause(Math.max(0, answerBeforeMs - Date.now()));
  assert.equal((await statusOf(other, 'beside')).status, 'ACSC');
}

test('no line of any of these processes names the person or holds a secret', () => street.silence.check());
