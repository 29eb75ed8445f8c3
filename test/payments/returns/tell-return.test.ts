import assert from 'node:assert/strict';
import test from 'node:test';
import { isRefusal } from '../../../src/payments/refusals.ts';
import { euros } from '../../support/payments.ts';
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
  type Scene,
} from '../people/scene.ts';

const word = { kind: 'return', amount: euros(400n), reason: { code: 'FOCR' } } as const;

test('what a person saw come back is his act, and what the gateway says of it later is the same return', async (t) => {
  const scene = await openScene(t);
  const payment = await pay(scene, 'CRDT', settled(1000n));
  const { id: paymentId, version } = payment;
  const told = await scene.payments.tellReturn(by(ann), { paymentId, version, word }, context);
  assert.ok(!isRefusal(told) && !told.known);
  assert.equal(told.payment.returns.length, 1);
  const [act] = await scene.ledger.acts({ paymentId }, { limit: 5 });
  assert.deepEqual([act?.subject, act?.kind, act?.reason], ['ann', 'returned', 'CHECKED']);
  const again = { paymentId, version: version + 1, word: { ...word, reference: 'R-1' } };
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
