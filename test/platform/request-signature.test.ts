import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  readSigningSecret,
  type SignedRequest,
  signRequest,
  signatureAgeSecondsMax,
  type SigningKey,
  verifySignature,
} from '../../src/platform/request-signature.ts';
import { freshSeed } from '../support/seed.ts';

const signedAt = 1_700_000_000;
const at = (seconds: number): { now(): Date } => ({ now: () => new Date(seconds * 1000) });

const current: SigningKey = { id: 'k1', secret: Buffer.alloc(32, 'A') };
const next: SigningKey = { id: 'k2', secret: Buffer.alloc(32, 'B') };

const submit: SignedRequest = {
  method: 'POST',
  path: '/psp/v1/payments',
  idempotencyKey: 'i-1',
  body: '{"instructionId":"i-1"}',
};
const question: SignedRequest = {
  method: 'GET',
  path: '/psp/v1/payments/i-1?x=1',
  idempotencyKey: undefined,
  body: '',
};

// Computed with OpenSSL, not with this code; the third line of the first is `printf '%s' BODY | openssl dgst -sha256`:
//   printf '1700000000\nPOST\n/psp/v1/payments\ni-1\n6953782d7f991ba4fa58165abf3ded05bdea0c70aa6d415701938028ad1d129c' \
//     | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '41%.0s' {1..32}) -binary | base64
//   printf '1700000000\nGET\n/psp/v1/payments/i-1?x=1\n\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' \
//     | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '42%.0s' {1..32}) -binary | base64
const vectors = [
  {
    name: 'a submit',
    request: submit,
    key: current,
    signature: '6+ljif25oxw8dI71GHxjLiMvYM49JZqvVok6l0NOzUE=',
  },
  {
    name: 'a question',
    request: question,
    key: next,
    signature: 'D8xJPSN4r9ErXnjNChMMwGUmV9zR6xCrhFaA9rcPp+U=',
  },
];

for (const { name, request, key, signature } of vectors) {
  test(`${name} is signed as OpenSSL signs it, and verified`, () => {
    const headers = signRequest(request, key, at(signedAt + 0.999));
    assert.deepEqual(headers, {
      'psp-key-id': key.id,
      'psp-timestamp': String(signedAt),
      'psp-signature': `v1,${signature}`,
    });
    const verified = verifySignature(request, headers, { keys: [current, next], clock: at(signedAt) });
    assert.deepEqual(verified, { keyId: key.id });
  });
}

const signed = signRequest(submit, current, at(signedAt));

const ages = [
  { offset: signatureAgeSecondsMax, verified: { keyId: 'k1' } },
  { offset: -signatureAgeSecondsMax, verified: { keyId: 'k1' } },
  { offset: signatureAgeSecondsMax + 1, verified: 'stale' },
  { offset: -signatureAgeSecondsMax - 1, verified: 'stale' },
];

for (const { offset, verified } of ages) {
  test(`a verifier whose clock is ${offset} s from the signer’s: ${JSON.stringify(verified)}`, () => {
    const clock = at(signedAt + offset);
    assert.deepEqual(verifySignature(submit, signed, { keys: [current], clock }), verified);
  });
}

const otherContent: readonly (readonly [string, Partial<SignedRequest>])[] = [
  ['another method', { method: 'PUT' }],
  ['the method in lower case', { method: 'post' }],
  ['another path', { path: '/psp/v1/payments/' }],
  ['a query', { path: '/psp/v1/payments?x' }],
  ['another idempotency key', { idempotencyKey: 'i-2' }],
  ['no idempotency key', { idempotencyKey: undefined }],
  ['another body', { body: '{"instructionId":"i-2"}' }],
  ['a body with one space more', { body: `${String(submit.body)} ` }],
  ['no body', { body: '' }],
];

for (const [name, change] of otherContent) {
  test(`${name} than what was signed: wrong`, () => {
    const request = { ...submit, ...change };
    assert.equal(verifySignature(request, signed, { keys: [current], clock: at(signedAt) }), 'wrong');
  });
}

test('the body is its bytes, however it is handed over', () => {
  const body = '{"name":"Łukasz"}';
  const headers = signRequest({ ...submit, body }, current, at(signedAt));
  const received = { ...submit, body: Buffer.from(body, 'utf8') };
  const verified = verifySignature(received, headers, { keys: [current], clock: at(signedAt) });
  assert.deepEqual(verified, { keyId: 'k1' });
});

const signature = String(signed['psp-signature']);

const otherHeaders: readonly (readonly [string, Record<string, string | string[] | undefined>, string])[] = [
  ['no key id', { 'psp-key-id': undefined }, 'malformed'],
  ['no timestamp', { 'psp-timestamp': undefined }, 'malformed'],
  ['no signature', { 'psp-signature': undefined }, 'malformed'],
  ['an empty key id', { 'psp-key-id': '' }, 'malformed'],
  ['a key id too long', { 'psp-key-id': 'k'.repeat(65) }, 'malformed'],
  ['a key id with a line end', { 'psp-key-id': 'k1\n' }, 'malformed'],
  ['a timestamp in milliseconds', { 'psp-timestamp': `${signedAt}000` }, 'malformed'],
  ['a timestamp with a sign', { 'psp-timestamp': `+${signedAt}` }, 'malformed'],
  ['a timestamp with zeros before it', { 'psp-timestamp': `0${signedAt}` }, 'malformed'],
  ['a timestamp that is a date', { 'psp-timestamp': '2023-11-14T22:13:20Z' }, 'malformed'],
  ['two timestamps, as Node joins them', { 'psp-timestamp': `${signedAt}, ${signedAt}` }, 'malformed'],
  ['two signatures in a list', { 'psp-signature': [signature, signature] }, 'malformed'],
  ['a signature of another version', { 'psp-signature': signature.replace('v1', 'v2') }, 'malformed'],
  ['a signature without its version', { 'psp-signature': signature.slice(3) }, 'malformed'],
  ['a signature cut off', { 'psp-signature': signature.slice(0, -2) }, 'malformed'],
  ['a signature in base64url', { 'psp-signature': `v1,${'_'.repeat(43)}=` }, 'malformed'],
  ['another spelling of the same bytes', { 'psp-signature': signature.replace('E=', 'F=') }, 'wrong'],
  ['a key that is not among ours', { 'psp-key-id': 'k3' }, 'unknownKey'],
  ['the name of our other key', { 'psp-key-id': 'k2' }, 'wrong'],
  ['a timestamp that nobody signed', { 'psp-timestamp': String(signedAt + 1) }, 'wrong'],
  ['an old timestamp that nobody signed', { 'psp-timestamp': '1' }, 'wrong'],
];

for (const [name, change, refusal] of otherHeaders) {
  test(`${name}: ${refusal}`, () => {
    const headers = { ...signed, ...change };
    const keys = [current, next];
    assert.equal(verifySignature(submit, headers, { keys, clock: at(signedAt) }), refusal);
  });
}

test('a signature that differs in any one place is wrong, as much of it as may be right', () => {
  for (let place = 3; place < signature.length - 1; place += 1) {
    const other = signature[place] === 'A' ? 'Q' : 'A';
    const headers = {
      ...signed,
      'psp-signature': signature.slice(0, place) + other + signature.slice(place + 1),
    };
    assert.equal(verifySignature(submit, headers, { keys: [current], clock: at(signedAt) }), 'wrong');
  }
});

test('during a rotation either key verifies, and afterwards the old one is unknown', () => {
  for (const key of [current, next]) {
    const headers = signRequest(submit, key, at(signedAt));
    const verify = (keys: readonly SigningKey[]): unknown =>
      verifySignature(submit, headers, { keys, clock: at(signedAt) });
    assert.deepEqual(verify([current, next]), { keyId: key.id });
    assert.equal(verify([key === current ? next : current]), 'unknownKey');
  }
});

test('whatever is signed is verified, and no other content is', (t) => {
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.webPath().map((path) => `/${path}`),
    idempotencyKey: fc.option(fc.stringMatching(/^[A-Za-z0-9-]{1,35}$/), { nil: undefined }),
    body: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(requests, requests, (one, other) => {
      const headers = signRequest(one, current, at(signedAt));
      const options = { keys: [current], clock: at(signedAt) };
      assert.deepEqual(verifySignature(one, headers, options), { keyId: 'k1' });
      const isSame = JSON.stringify([one, [...one.body]]) === JSON.stringify([other, [...other.body]]);
      if (!isSame) assert.equal(verifySignature(other, headers, options), 'wrong');
    }),
    { seed: freshSeed(t) },
  );
});

const base64 = Buffer.alloc(32, 7).toString('base64');

test('a secret is 32 bytes or more in standard base64, with or without a line end', () => {
  for (const text of [base64, `${base64}\n`, `${base64}\r\n`]) {
    assert.deepEqual(readSigningSecret(text), Buffer.alloc(32, 7));
  }
  assert.equal(readSigningSecret(Buffer.alloc(64, 7).toString('base64'))?.length, 64);
});

const noSecrets: readonly (readonly [string, string])[] = [
  ['an empty one', ''],
  ['31 bytes', Buffer.alloc(31, 7).toString('base64')],
  ['base64 without its padding', base64.replace('=', '')],
  ['base64url', Buffer.alloc(33, 0xff).toString('base64url')],
  ['white space inside', `${base64.slice(0, 10)} ${base64.slice(10)}`],
  ['two line ends', `${base64}\n\n`],
  ['words', 'correct horse battery staple correct horse battery staple'],
];

for (const [name, text] of noSecrets) {
  test(`${name} is no signing secret`, () => assert.equal(readSigningSecret(text), undefined));
}
