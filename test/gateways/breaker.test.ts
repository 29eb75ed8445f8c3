/** The breaker: what opens it, that nothing passes an open one, and what closes it. Time is moved by the test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { breaker, type BreakerLimits } from '../../src/gateways/breaker.ts';
import type { Answer } from '../../src/payments/gateways.ts';

const limits: BreakerLimits = { windowCalls: 6, callsMin: 3, failureShareMax: 0.5, openMs: 10_000 };
const echo = { instrId: 'I-1', amount: { minor: 1010n, currency: 'EUR' } };

const rows: readonly (readonly [answer: Answer, isTrouble: boolean])[] = [
  [{ kind: 'neverSent', cause: 'connectionRefused' }, true],
  [{ kind: 'neverSent', cause: 'connectTimeout' }, true],
  [{ kind: 'neverSent', cause: 'tlsFailed' }, true],
  [{ kind: 'neverSent', cause: 'nameNotFound' }, true],
  [{ kind: 'neverSent', cause: 'sendBeforeMissed' }, false],
  [{ kind: 'neverSent', cause: 'notWritable' }, false],
  [{ kind: 'unknown', cause: 'timeout' }, true],
  [{ kind: 'unknown', cause: 'connectionLost' }, true],
  [{ kind: 'unknown', cause: 'serverError' }, true],
  [{ kind: 'unknown', cause: 'invalidReply' }, false],
  [{ kind: 'unknown', cause: 'duplicate' }, false],
  [{ kind: 'unknown', cause: 'gatewayFault' }, false],
  [{ kind: 'settled', echo }, false],
  [{ kind: 'pending', echo }, false],
  [{ kind: 'declined', echo, reason: { code: 'AM04' } }, false],
  [{ kind: 'cancelled', echo, reason: { code: 'CUST' } }, false],
  [{ kind: 'expired', echo, reason: { code: 'DS24' } }, false],
  [{ kind: 'notFound' }, false],
];

const failed: Answer = { kind: 'unknown', cause: 'timeout' };
const answered: Answer = { kind: 'notFound' };

for (const [answer, isTrouble] of rows) {
  const word = 'cause' in answer ? `${answer.kind}, ${answer.cause}` : answer.kind;
  test(`${word} ${isTrouble ? 'opens it' : 'is an answer'}`, async () => {
    const one = breaker(limits);
    for (let call = 0; call < 3; call += 1) {
      assert.equal(one.state(), 'closed');
      assert.deepEqual(await one.run(async () => answer), answer);
    }
    assert.equal(one.state(), isTrouble ? 'open' : 'closed');
  });
}

test('the share decides over the latest calls, and only over enough of them', async () => {
  const one = breaker(limits);
  const say = (...answers: Answer[]) => answers.map((answer) => one.run(async () => answer));
  await Promise.all(say(failed, failed));
  assert.equal(one.state(), 'closed', 'two are too few');
  await Promise.all(say(answered, answered));
  await Promise.all(say(answered, answered, answered, failed, failed, failed));
  assert.equal(one.state(), 'closed', 'half of six is not more than half');
  await Promise.all(say(failed));
  assert.equal(one.state(), 'open');
});

test('an open one starts nothing, then one call, and who comes meanwhile does not wait for it', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-22T10:00:00Z') });
  const one = breaker(limits);
  for (let call = 0; call < 3; call += 1) await one.run(async () => failed);
  let started = 0;
  const count = async (): Promise<Answer> => {
    started += 1;
    return answered;
  };
  assert.equal(await one.run(count), 'open');
  t.mock.timers.tick(9_999);
  assert.deepEqual([await one.run(count), one.state(), started], ['open', 'open', 0]);

  t.mock.timers.tick(1);
  assert.equal(one.state(), 'halfOpen', 'before anybody called');
  const probe = Promise.withResolvers<Answer>();
  const probing = one.run(() => probe.promise);
  assert.equal(one.state(), 'halfOpen');
  const both = Promise.all([one.run(count), one.run(count)]);
  assert.deepEqual(await Promise.race([both, setImmediate('they wait')]), ['open', 'open']);
  probe.resolve(failed);
  assert.deepEqual(await probing, failed);
  assert.deepEqual([one.state(), started], ['open', 0], 'it failed: from the beginning');

  t.mock.timers.tick(10_000);
  assert.deepEqual(await one.run(count), answered);
  assert.deepEqual([one.state(), started], ['closed', 1]);
  await one.run(async () => failed);
  assert.equal(one.state(), 'closed', 'what was before is forgotten');
});

test('a call that fails late, long after the breaker opened, does not hold it open', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-22T10:00:00Z') });
  const one = breaker(limits);
  const late = Promise.withResolvers<Answer>();
  const waiting = one.run(() => late.promise);
  for (let call = 0; call < 3; call += 1) await one.run(async () => failed);
  t.mock.timers.tick(9_000);
  late.resolve(failed);
  await waiting;
  t.mock.timers.tick(1_000);
  assert.equal(one.state(), 'halfOpen');
});

test('what throws is a bug, and is not hidden', async () => {
  await assert.rejects(
    breaker(limits).run(() => Promise.reject(new RangeError('a bug'))),
    RangeError,
  );
});
