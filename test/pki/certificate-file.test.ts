/** However a file is damaged, it is read or refused by a word: nothing is thrown at whoever only wants to look. */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { checkIdentity } from '../../src/pki/certificate-check.ts';
import { readCertificateFile } from '../../src/pki/certificate-file.ts';
import { viewsOf } from '../../src/pki/inspection.ts';
import { pkcs12From } from '../../src/pki/pkcs12.ts';
import { makeRequest } from '../../src/pki/request.ts';
import { listTermsOf, revocationList } from '../../src/pki/revocation-list.ts';
import { keySigner } from '../../src/pki/signer.ts';
import { freshSeed } from '../support/seed.ts';

const now = new Date();
const validity = {
  notBefore: new Date(now.getTime() - 60_000),
  notAfter: new Date(now.getTime() + 86_400_000),
};
const ec = { keyKind: 'ec-p256', ...validity } as const;
const password = 'correct horse 7';
const words = ['tooLong', 'empty', 'unreadable', 'passwordNeeded', 'wrongPassword'];

const der = (pem: string) => Buffer.from(pem.replace(/-----[A-Z0-9 ]+-----|\s/g, ''), 'base64');

let files: Readonly<Record<string, Buffer>>;
let pair: { readonly certificate: string; readonly key: string };
before(async () => {
  const root = await makeAuthority({ name: 'CN=Root', ...ec });
  const names = [{ type: 'dns', value: 'pay.example' }] as const;
  pair = await issueLeaf({ name: 'CN=leaf', usages: ['serverAuth'], altNames: names, issuer: root, ...ec });
  const key = createPrivateKey(pair.key);
  const request = await makeRequest(keySigner(key), { name: 'CN=leaf', names });
  const list = await revocationList(root.signer, listTermsOf({ number: 1, now, days: 1, revoked: [] }));
  const chain = [pair.certificate, root.certificate].map((pem) => new X509Certificate(pem));
  const p12 = await pkcs12From({ key, chain, alias: 'leaf', password });
  files = {
    'certificate in DER': der(pair.certificate),
    'request in DER': der(request),
    'list in DER': der(list),
    'key in DER': der(pair.key),
    'everything in PEM': Buffer.from(pair.certificate + request + list + pair.key),
    'PKCS#12': p12,
  };
});

const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }) }), {
  minLength: 1,
  maxLength: 4,
});

function damaged(bytes: Buffer, changes: readonly { at: number; byte: number }[], end: number): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, byte } of changes) copy[at % copy.length] = byte;
  return end === 0 ? copy : copy.subarray(0, end % copy.length);
}

describe('a damaged file', () => {
  for (const [name, runs] of [
    ['certificate in DER', 400],
    ['request in DER', 400],
    ['list in DER', 400],
    ['key in DER', 200],
    ['everything in PEM', 200],
    ['PKCS#12', 40],
  ] as const) {
    test(`${name}: is read or refused by a word`, async (t) => {
      const cut = fc.oneof(fc.constant(0), fc.nat());
      const property = fc.asyncProperty(damage, cut, async (changes, end) => {
        const found = readCertificateFile(damaged(files[name]!, changes, end), password);
        if (typeof found === 'string') assert.ok(words.includes(found));
        else await viewsOf(found);
      });
      await fc.assert(property, { seed: freshSeed(t), numRuns: runs });
    });
  }

  test('of a bridge that is about to serve by it: findings, and nothing thrown', (t) => {
    const certificate = files['certificate in DER']!;
    fc.assert(
      fc.property(damage, (changes) => {
        const base64 = damaged(certificate, changes, 0).toString('base64');
        const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
        checkIdentity(
          { certificate: pem, key: pair.key },
          { purpose: 'serverAuth', now, authorities: [pem] },
        );
      }),
      { seed: freshSeed(t), numRuns: 400 },
    );
  });
});
