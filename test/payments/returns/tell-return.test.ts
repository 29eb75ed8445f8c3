import assert from 'node:assert/strict';
import test from 'node:test';
import type { RecordAct } from '../../../src/payments/ledger-store.ts';
import { attemptOf } from '../../../src/payments/payment.ts';
import { isRefusal } from '../../../src/payments/refusals.ts';
import { recordReturn } from '../../../src/payments/returns/record-return.ts';
import { euros } from '../../support/payments.ts';
import { openTestLedger, replacing } from '../../support/world.ts';
import {
  ann,
  by,
  confirmerOnly,
  context,
  now,
  openScene,
  pay,
  refusedAs,
  settled,
  silent,
  spend,
  type Scene,
} from '../people/scene.ts';

const word = { kind: 'return', amount: euros(400n), reason: { code: 'FOCR' } } as const;

test('what a person saw come back is his act, and the same return told again is known', async (t) => {
  const scene = await openScene(t);
  const payment = await pay(scene, 'CRDT', settled(1000n));
  const { id: paymentId, version } = payment;
  const told = await scene.payments.tellReturn(by(ann), { paymentId, version, word }, context);
  assert.ok(!isRefusal(told) && !told.known);
  assert.equal(told.payment.returns.length, 1);
  const [act] = await scene.ledger.acts({ paymentId }, { limit: 5 });
  assert.deepEqual([act?.subject, act?.kind, act?.reason], ['ann', 'returned', 'CHECKED']);
  const again = { paymentId, version: version + 1, word };
  const known = await scene.payments.tellReturn(by(ann), again, context);
  assert.ok(!isRefusal(known) && known.known);
  assert.deepEqual(await now(scene, payment), told.payment);
});

async function refusedFor(
  scene: Scene,
  {
    acting = by(ann),
    minor = 400n,
    seen = 0,
    id,
  }: { acting?: ReturnType<typeof by>; minor?: bigint; seen?: number; id?: string },
): Promise<string> {
  const { id: paymentId, version } = await pay(scene, 'CRDT', settled(1000n));
  const told = {
    paymentId: id ?? paymentId,
    version: version + seen,
    word: { ...word, amount: euros(minor) },
  };
  const result = refusedAs(await scene.payments.tellReturn(acting, told, context));
  assert.deepEqual(await scene.ledger.acts({ paymentId }, { limit: 5 }), []);
  return result;
}

test('refused, with nothing written', async (t) => {
  const scene = await openScene(t);
  assert.equal(await refusedFor(scene, { acting: by(confirmerOnly) }), 'ROLE_MISSING');
  assert.equal(await refusedFor(scene, { acting: by(ann, { comment: ' ' }) }), 'EVIDENCE_MISSING');
  assert.equal(await refusedFor(scene, { seen: 1 }), 'VERSION_CHANGED');
  assert.equal(await refusedFor(scene, { minor: 1001n }), 'RETURN_NOT_POSSIBLE');
  assert.equal(await refusedFor(scene, { id: '0193f2a0-0000-7000-8000-00000000ffff' }), 'PAYMENT_NOT_FOUND');
  const short = await pay(scene, 'DBIT', settled(1000n), 0n);
  const open = await pay(scene, 'CRDT', silent);
  for (const { id: paymentId, version } of [short, open]) {
    const told = await scene.payments.tellReturn(by(ann), { paymentId, version, word }, context);
    assert.equal(refusedAs(told), 'RETURN_NOT_POSSIBLE');
  }
});

test('a payment that changed after a person had seen it is not written to', async (t) => {
  const base = await openTestLedger(t);
  let before: (() => Promise<unknown>) | undefined;
  const ledger = replacing(base, {
    recordAct: async (command: RecordAct) => {
      await before?.();
      return base.recordAct(command);
    },
  });
  const scene = await openScene(t, { ledger });
  const payment = await pay(scene, 'CRDT', settled(1000n));
  const { id: paymentId, version } = payment;
  const attempt = attemptOf(payment.state);
  assert.ok(attempt);
  const heard = { word: { ...word, reference: 'R-1' }, attempt, by: { source: 'webhook' } } as const;
  before = () => recordReturn(scene.world, payment, heard, context);
  const told = { paymentId, version, word: { ...word, reference: 'letter-7' } };
  const refused = await scene.payments.tellReturn(by(ann), told, context);
  assert.equal(refusedAs(refused), 'VERSION_CHANGED');
  assert.equal((await now(scene, payment)).returns.length, 1);
  assert.deepEqual(await base.acts({ paymentId }, { limit: 5 }), []);
});

test('what the player spends meanwhile is no change of the payment: the act is decided again', async (t) => {
  const base = await openTestLedger(t);
  let before: (() => Promise<unknown>) | undefined;
  const ledger = replacing(base, {
    recordAct: async (command: RecordAct) => {
      const first = before;
      before = undefined;
      await first?.();
      return base.recordAct(command);
    },
  });
  const scene = await openScene(t, { ledger });
  const { id: paymentId, version, instruction } = await pay(scene, 'CRDT', settled(1000n));
  before = () => spend(scene, instruction.playerId, 900n);
  const told = await scene.payments.tellReturn(by(ann), { paymentId, version, word }, context);
  assert.ok(!isRefusal(told));
  assert.equal(told.payment.returns[0]?.receivableMinor, 300n);
});
