/** Standard Webhooks: the standard's own example, what is refused and why, and that nothing but the key makes a signature. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWebhookSecret, signWebhook, verifyWebhook } from '../../src/platform/standard-webhooks.ts';
import { freshSeed } from '../support/seed.ts';

/** From the documentation of the standard's first implementation. */
const example = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: new Date(1_614_265_330_000),
  body: Buffer.from('{"test": 2432232314}'),
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

function secretOf(text: string): Uint8Array {
  const secret = readWebhookSecret(text);
  assert.ok(secret);
  return secret;
}

const first = secretOf(example.secret);
const second = secretOf(`whsec_${Buffer.alloc(32, 2).toString('base64')}`);
const { id, at, body } = example;
const headers = {
  'webhook-id': id,
  'webhook-timestamp': '1614265330',
  'webhook-signature': example.signature,
};
const trusted = { secrets: [first], at, toleranceSeconds: 300 };

test('the standard’s example is written and read', () => {
  assert.deepEqual(signWebhook({ id, body }, [first], at), headers);
  assert.deepEqual(verifyWebhook(headers, body, trusted), { id });
});

const later = (seconds: number) => ({ ...trusted, at: new Date(at.getTime() + seconds * 1_000) });
const signedBy = (...secrets: Uint8Array[]) => signWebhook({ id, body }, secrets, at);
const without = (name: string) => Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name));

const rows: readonly (readonly [what: string, verified: unknown, expected: unknown])[] = [
  ['300 s old', verifyWebhook(headers, body, later(300)), { id }],
  ['301 s old', verifyWebhook(headers, body, later(301)), 'timestampOutside'],
  ['300 s ahead', verifyWebhook(headers, body, later(-300)), { id }],
  ['301 s ahead', verifyWebhook(headers, body, later(-301)), 'timestampOutside'],
  ['no id', verifyWebhook(without('webhook-id'), body, trusted), 'signatureMissing'],
  ['no time', verifyWebhook(without('webhook-timestamp'), body, trusted), 'signatureMissing'],
  ['no signature', verifyWebhook(without('webhook-signature'), body, trusted), 'signatureMissing'],
  [
    'a time that is none',
    verifyWebhook({ ...headers, 'webhook-timestamp': '1614265330.0' }, body, trusted),
    'signatureMissing',
  ],
  [
    'an id of 65 characters',
    verifyWebhook(signWebhook({ id: 'm'.repeat(65), body }, [first], at), body, trusted),
    'signatureMissing',
  ],
  [
    'an id for no column',
    verifyWebhook(signWebhook({ id: "m'--", body }, [first], at), body, trusted),
    'signatureMissing',
  ],
  [
    'nine signatures',
    verifyWebhook(
      { ...headers, 'webhook-signature': Array(9).fill(example.signature).join(' ') },
      body,
      trusted,
    ),
    'signatureMissing',
  ],
  [
    'the key that comes next',
    verifyWebhook(signedBy(second), body, { ...trusted, secrets: [first, second] }),
    { id },
  ],
  ['both keys, of which one is known', verifyWebhook(signedBy(second, first), body, trusted), { id }],
  ['a key that is not known', verifyWebhook(signedBy(second), body, trusted), 'signatureWrong'],
  ['no key at all', verifyWebhook(headers, body, { ...trusted, secrets: [] }), 'signatureWrong'],
  ['another body', verifyWebhook(headers, Buffer.from('{"test": 2432232315}'), trusted), 'signatureWrong'],
  ['another id', verifyWebhook({ ...headers, 'webhook-id': 'msg_2' }, body, trusted), 'signatureWrong'],
  [
    'a later time on an old signature',
    verifyWebhook({ ...headers, 'webhook-timestamp': '1614265331' }, body, trusted),
    'signatureWrong',
  ],
  [
    'an old time under a wrong signature',
    verifyWebhook({ ...headers, 'webhook-timestamp': '1' }, body, trusted),
    'signatureWrong',
  ],
  [
    'another scheme beside ours',
    verifyWebhook({ ...headers, 'webhook-signature': `v1a,abc ${example.signature}` }, body, trusted),
    { id },
  ],
  [
    'another scheme alone',
    verifyWebhook({ ...headers, 'webhook-signature': example.signature.replace('v1', 'v2') }, body, trusted),
    'signatureWrong',
  ],
  [
    'a signature without its scheme',
    verifyWebhook({ ...headers, 'webhook-signature': example.signature.slice(3) }, body, trusted),
    'signatureWrong',
  ],
];

for (const [what, verified, expected] of rows) {
  test(`${what}: ${typeof expected === 'string' ? expected : 'good'}`, () =>
    assert.deepEqual(verified, expected));
}

const secrets: readonly (readonly [what: string, text: string, isOne: boolean])[] = [
  ['of 24 bytes', `whsec_${Buffer.alloc(24).toString('base64')}`, true],
  ['of 64 bytes', `whsec_${Buffer.alloc(64).toString('base64')}`, true],
  ['with a line end', `${example.secret}\n`, true],
  ['of 23 bytes', `whsec_${Buffer.alloc(23).toString('base64')}`, false],
  ['of 65 bytes', `whsec_${Buffer.alloc(65).toString('base64')}`, false],
  ['without its prefix', example.secret.slice(6), false],
  ['in words', 'whsec_correct horse battery staple, again and again', false],
  ['of nothing', 'whsec_', false],
];

for (const [what, text, isOne] of secrets) {
  test(`a secret ${what} is ${isOne ? 'one' : 'none'}`, () =>
    assert.equal(readWebhookSecret(text) !== undefined, isOne));
}

test('what is signed is verified, and no change of one bit is', (t) => {
  const anId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  const someBytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const aKey = fc.uint8Array({ minLength: 24, maxLength: 64 });
  const anInstant = fc.integer({ min: 1, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1_000));
  fc.assert(
    fc.property(fc.tuple(anId, anInstant), someBytes, aKey, fc.nat(), ([someId, now], bytes, key, bit) => {
      const signed = signWebhook({ id: someId, body: bytes }, [key], now);
      const trust = { secrets: [key], at: now, toleranceSeconds: 300 };
      assert.deepEqual(verifyWebhook(signed, bytes, trust), { id: someId });
      // The same text by hand, so that both directions cannot be wrong together.
      const seconds = Math.floor(now.getTime() / 1_000);
      const text = Buffer.concat([Buffer.from(`${someId}.${seconds}.`), bytes]);
      const digest = createHmac('sha256', key).update(text).digest('base64');
      assert.equal(signed['webhook-signature'], `v1,${digest}`);
      assert.equal(verifyWebhook(signed, flipped(bytes, bit), trust), 'signatureWrong');
      const otherKey = { ...trust, secrets: [flipped(key, bit)] };
      assert.equal(verifyWebhook(signed, bytes, otherKey), 'signatureWrong');
    }),
    { seed: freshSeed(t), numRuns: 300 },
  );
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const place = Math.floor(bit / 8) % changed.length;
  changed[place] = (changed[place] ?? 0) ^ (1 << (bit % 8));
  return changed;
}
