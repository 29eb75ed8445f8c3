import assert from 'node:assert/strict';
import test from 'node:test';
import { readBearerToken, shownDigest, tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { clientsOf } from '../../../src/inbound/rest/clients.ts';
import type { Partner } from '../../../src/payments/partners.ts';
import { somePartner } from '../../support/payments.ts';
import { restPartner, tokenOf } from './open-door.ts';

const homeToken = 'a-token-of-this-home-that-is-long-enough';
const nobody = somePartner({ id: 'by-soap-alone' });
const next = 'the-next-token-of-core-comes-in-beside-it';
const core = restPartner('core', { tokenDigests: [tokenDigest(tokenOf('core')), tokenDigest(next)] });
const left = restPartner('left', { enabled: false });
const shared = tokenDigest('a-token-that-two-partners-were-given-alike');
const twins = ['one', 'two'].map((id) => restPartner(id, { tokenDigests: [shared], enabled: id === 'one' }));

function directoryOf(partners: () => readonly Partner[]) {
  return { partners, hasTokens: () => partners().some(({ tokenDigests }) => tokenDigests.length > 0) };
}

const shown: readonly (readonly [string, string, string])[] = [
  ['the current token', `Bearer ${tokenOf('core')}`, 'core'],
  ['the next token', `Bearer ${next}`, 'core'],
  ['the scheme in lower case', `bearer ${tokenOf('core')}`, 'core'],
  ['a disabled partner', `Bearer ${tokenOf('left')}`, 'disabled'],
  ['a token of two partners', 'Bearer a-token-that-two-partners-were-given-alike', 'ambiguous'],
  ['a token of nobody', `Bearer ${tokenOf('nobody')}`, 'unknownToken'],
  ['the token of the home', `Bearer ${homeToken}`, 'unknownToken'],
  ['one character less', `Bearer ${tokenOf('core').slice(1)}`, 'unknownToken'],
  ['one character more', `Bearer ${tokenOf('core')}x`, 'unknownToken'],
  ['the digest instead of the token', `Bearer ${tokenDigest(tokenOf('core'))}`, 'unknownToken'],
  ['another scheme', `Basic ${tokenOf('core')}`, 'unknownToken'],
  ['no scheme', tokenOf('core'), 'unknownToken'],
  ['two spaces', `Bearer  ${tokenOf('core')}`, 'unknownToken'],
  ['a space after it', `Bearer ${tokenOf('core')} `, 'unknownToken'],
  ['two tokens', `Bearer ${tokenOf('core')}, ${next}`, 'unknownToken'],
  ['nothing', '', 'unknownToken'],
  ['a scheme without a token', 'Bearer ', 'unknownToken'],
  ['a long one', `Bearer ${'x'.repeat(10_000)}`, 'unknownToken'],
];

for (const [name, authorization, expected] of shown) {
  test(`${name}: ${expected}`, () => {
    const directory = directoryOf(() => [nobody, core, left, ...twins]);
    const client = clientsOf(directory, homeToken)(shownDigest(authorization));
    assert.equal('refused' in client ? client.refused : client.partner?.id, expected);
  });
}

test('the token of the home reads and transfers until somebody has a token, and pays never', () => {
  let partners = [nobody];
  let isWhole = true;
  const { hasTokens } = directoryOf(() => partners);
  const directory = { partners: () => partners, hasTokens: () => !isWhole || hasTokens() };
  const clientOf = clientsOf(directory, homeToken);
  const [byHome, byLeft] = [tokenDigest(homeToken), tokenDigest(tokenOf('left'))];
  assert.deepEqual(clientOf(byHome), { operations: ['read', 'transfer'] });
  partners = [nobody, core];
  assert.deepEqual(clientOf(byHome), { refused: 'unknownToken' });
  partners = [nobody, left];
  assert.deepEqual(clientOf(byHome), { refused: 'unknownToken' });
  assert.deepEqual(clientOf(byLeft), { refused: 'disabled', partnerId: 'left' });
  partners = [nobody];
  isWhole = false;
  assert.deepEqual(
    clientOf(byHome),
    { refused: 'unknownToken' },
    'a row that cannot be read may have a token',
  );
});

test('without a home token and without tokens nobody is let in', () => {
  const clientOf = clientsOf(directoryOf(() => [nobody]));
  for (const authorization of ['', 'Bearer ', `Bearer ${tokenDigest('')}`, `Bearer ${homeToken}`]) {
    assert.deepEqual(clientOf(shownDigest(authorization)), { refused: 'unknownToken' });
  }
});

const tokens: readonly (readonly [string, string, boolean])[] = [
  ['32 characters', 'a'.repeat(32), true],
  ['a line end', `${'a'.repeat(32)}\n`, true],
  ['200 characters', 'a'.repeat(200), true],
  ['all that RFC 6750 allows', 'abcXYZ0189-._~+/abcXYZ0189-._~+/==', true],
  ['31 characters', 'a'.repeat(31), false],
  ['31 characters and a line end', `${'a'.repeat(31)}\n`, false],
  ['201 characters', 'a'.repeat(201), false],
  ['a space inside', `${'a'.repeat(20)} ${'a'.repeat(20)}`, false],
  ['another alphabet', 'ä'.repeat(32), false],
  ['padding in the middle', `${'a'.repeat(20)}=${'a'.repeat(20)}`, false],
  ['nothing', '', false],
];

for (const [name, text, accepted] of tokens) {
  test(`a token of ${name}: ${accepted ? 'one' : 'none'}`, () => {
    assert.equal(readBearerToken(text), accepted ? text.trim() : undefined);
  });
}
