import assert from 'node:assert/strict';
import test from 'node:test';
import type { Answer } from '../../../src/payments/gateways.ts';
import type { Direction } from '../../../src/payments/payment.ts';
import type { Resolution } from '../../../src/payments/people/resolutions.ts';
import {
  assertSound,
  availableOf,
  declined,
  entriesOf,
  hear,
  now,
  openScene,
  pay,
  pending,
  resolved,
  settled,
  silent,
  spend,
  withCase,
} from './scene.ts';

type Says = (instrId: string) => Answer;

interface Row {
  readonly name: string;
  readonly direction: Direction;
  readonly first: Says;
  /** What is heard after it, that opens the case. */
  readonly later?: Says;
  readonly resolution: Resolution;
  /** What the player has before the withdrawal, and what of it is spent before the resolution. */
  readonly funds?: bigint;
  readonly spent?: bigint;
  readonly state: string;
  readonly entries: readonly string[];
  readonly available: bigint;
}

const p = 'PLAYER';
const owed = 'RECEIVABLE';

const rows: readonly Row[] = [
  {
    name: 'a deposit settled at another amount, as the gateway has it',
    direction: 'CRDT',
    first: settled(900n),
    resolution: 'completed',
    state: 'completed',
    entries: ['gateway:bank suspense 900', `suspense ${p} 900`],
    available: 900n,
  },
  {
    name: 'a deposit settled at another amount, which did not happen',
    direction: 'CRDT',
    first: settled(900n),
    resolution: 'notExecuted',
    state: 'rejected',
    entries: ['gateway:bank suspense 900', 'suspense gateway:bank 900'],
    available: 0n,
  },
  {
    name: 'a deposit settled at another amount, put aside',
    direction: 'CRDT',
    first: settled(900n),
    resolution: 'unchanged',
    state: 'unknown',
    entries: ['gateway:bank suspense 900', 'suspense gateway:bank 900'],
    available: 0n,
  },
  {
    name: 'a deposit settled in another currency, put aside',
    direction: 'CRDT',
    first: settled(900n, 'JPY'),
    resolution: 'unchanged',
    state: 'unknown',
    entries: ['gateway:bank suspense 900', 'suspense gateway:bank 900'],
    available: 0n,
  },
  {
    name: 'a pending deposit settled at another amount',
    direction: 'CRDT',
    first: pending,
    later: settled(1100n),
    resolution: 'completed',
    state: 'completed',
    entries: ['gateway:bank suspense 1100', `suspense ${p} 1100`],
    available: 1100n,
  },
  {
    name: 'a pending deposit settled at another amount, put aside',
    direction: 'CRDT',
    first: pending,
    later: settled(1100n),
    resolution: 'unchanged',
    state: 'pending',
    entries: ['gateway:bank suspense 1100', 'suspense gateway:bank 1100'],
    available: 0n,
  },
  {
    name: 'a declined deposit that settled: a correction',
    direction: 'CRDT',
    first: declined(),
    later: settled(1000n),
    resolution: 'completed',
    state: 'completed',
    entries: ['gateway:bank suspense 1000', `suspense ${p} 1000`],
    available: 1000n,
  },
  {
    name: 'a cancelled deposit that settled, and is put aside',
    direction: 'CRDT',
    first: declined('cancelled'),
    later: settled(1000n),
    resolution: 'unchanged',
    state: 'cancelled',
    entries: ['gateway:bank suspense 1000', 'suspense gateway:bank 1000'],
    available: 0n,
  },
  {
    name: 'a completed deposit that is said to be declined',
    direction: 'CRDT',
    first: settled(1000n),
    later: declined(),
    resolution: 'unchanged',
    state: 'completed',
    entries: [`gateway:bank ${p} 1000`],
    available: 1000n,
  },
  {
    name: 'a withdrawal settled at less: the rest is his again',
    direction: 'DBIT',
    first: settled(900n),
    resolution: 'completed',
    state: 'completed',
    entries: ['suspense gateway:bank 900', `${p} suspense 900`],
    available: 100n,
  },
  {
    name: 'a withdrawal settled at more than he has',
    direction: 'DBIT',
    first: settled(1300n),
    funds: 1100n,
    resolution: 'completed',
    state: 'completed',
    entries: ['suspense gateway:bank 1300', `${p} suspense 1100`, `${owed} suspense 200`],
    available: 0n,
  },
  {
    name: 'a withdrawal settled at another amount, which did not happen',
    direction: 'DBIT',
    first: settled(900n),
    resolution: 'notExecuted',
    state: 'rejected',
    entries: ['suspense gateway:bank 900', 'gateway:bank suspense 900'],
    available: 1000n,
  },
  {
    name: 'a withdrawal settled at another amount, put aside: its money stays held',
    direction: 'DBIT',
    first: settled(900n),
    resolution: 'unchanged',
    state: 'unknown',
    entries: ['suspense gateway:bank 900', 'gateway:bank suspense 900'],
    available: 0n,
  },
  {
    name: 'a declined withdrawal that settled',
    direction: 'DBIT',
    first: declined(),
    later: settled(1000n),
    resolution: 'completed',
    state: 'completed',
    entries: ['suspense gateway:bank 1000', `${p} suspense 1000`],
    available: 0n,
  },
  {
    name: 'a declined withdrawal that settled, of which the player has spent a part',
    direction: 'DBIT',
    first: declined(),
    later: settled(1000n),
    spent: 600n,
    resolution: 'completed',
    state: 'completed',
    entries: ['suspense gateway:bank 1000', `${p} suspense 400`, `${owed} suspense 600`],
    available: 0n,
  },
  {
    name: 'an expired withdrawal that settled, of which the player has spent all',
    direction: 'DBIT',
    first: declined('expired'),
    later: settled(1000n),
    spent: 1000n,
    resolution: 'completed',
    state: 'completed',
    entries: ['suspense gateway:bank 1000', `${owed} suspense 1000`],
    available: 0n,
  },
  {
    name: 'a deposit that nobody heard of, and that was executed',
    direction: 'CRDT',
    first: silent,
    resolution: 'completed',
    state: 'completed',
    entries: [`gateway:bank ${p} 1000`],
    available: 1000n,
  },
  {
    name: 'a withdrawal that nobody heard of, and that was executed',
    direction: 'DBIT',
    first: silent,
    resolution: 'completed',
    state: 'completed',
    entries: [`${p} gateway:bank 1000`],
    available: 0n,
  },
  {
    name: 'a withdrawal that nobody heard of, and that was not executed',
    direction: 'DBIT',
    first: silent,
    resolution: 'notExecuted',
    state: 'rejected',
    entries: [],
    available: 1000n,
  },
];

for (const { name, direction, first, later, resolution, funds, spent = 0n, ...expected } of rows) {
  test(`${name}: ${resolution}`, async (t) => {
    const scene = await openScene(t);
    let payment = await pay(scene, direction, first, funds);
    if (later !== undefined) payment = await hear(scene, payment, later);
    if (first === silent) payment = await withCase(scene, payment);
    await spend(scene, payment.instruction.playerId, spent);
    const before = await now(scene, payment);
    const after = await resolved(scene, before, resolution);

    assert.deepEqual(await now(scene, payment), after);
    assert.equal(after.state.name, expected.state);
    assert.equal(after.version, before.version + 1);
    assert.deepEqual(after.openCases, []);
    const { playerId } = payment.instruction;
    const entries = (await entriesOf(scene, payment)).map((entry) =>
      entry.replace(`player:lucky:${playerId}`, p).replace(`receivable:lucky:${playerId}`, owed),
    );
    assert.deepEqual(entries, expected.entries);
    assert.equal(await availableOf(scene, payment), expected.available);
    await assertSound(scene);

    const [ended] = await scene.ledger.cases({ paymentId: payment.id }, { limit: 1 });
    assert.equal(ended?.end?.resolution, resolution);
    const alarms = scene.told.filter(({ about }) => about['alarm'] === 'shortfall');
    assert.equal(alarms.length, expected.entries.some((entry) => entry.startsWith(owed)) ? 1 : 0);
    // What is open goes on being asked about, and what has ended is left alone.
    assert.equal(after.check === undefined, ['completed', 'rejected', 'cancelled'].includes(expected.state));
  });
}

test('a settlement that people said is told as theirs, with the gateway’s figure and reference', async (t) => {
  const scene = await openScene(t);
  const payment = await hear(scene, await pay(scene, 'CRDT', pending), settled(1100n));
  const { state } = await resolved(scene, payment, 'completed');
  assert.ok(state.name === 'completed');
  assert.equal(state.settlement.amount.minor, 1100n);
  assert.equal(state.settlement.gatewayReference, 'B-1');
});

test('a question that waits ends with the case that was resolved', async (t) => {
  const scene = await openScene(t);
  const mismatch = await pay(scene, 'CRDT', settled(900n));
  const payment = await withCase(scene, mismatch);
  const after = await resolved(scene, payment, 'completed');
  assert.deepEqual(after.openCases, []);
  const cases = await scene.ledger.cases({ paymentId: payment.id }, { limit: 9 });
  assert.deepEqual(
    cases.map(({ kind, end }) => [kind, end?.resolution]),
    [
      ['mismatch', 'completed'],
      ['noAnswer', 'completed'],
    ],
  );
  await assertSound(scene);
});
