/**
 * The hash of an issuer's name is taken from how OpenSSL prints it. It stands in denials by serial number and in an authority's
 * record, for years: a Node that printed names otherwise would end them silently. This test would not be silent.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { makeAuthority } from '../../src/pki/authority.ts';
import { nameHash } from '../../src/pki/certificate.ts';
import { daysFromNow } from '../support/tls-callers.ts';

const hashes: readonly (readonly [name: string, hash: string])[] = [
  ['O=Test House, CN=Test House Issuing CA G2', '4d821ab019bd9670'],
  ['C=FR, O=Société Générale, CN=Été', '47044ed03bac97ce'],
  ['C=DE, O=Bank\\, Sons, CN=CA \\+ 1', '9fafee506a24ad47'],
  ['DC=example, DC=bank, CN=CA', '399beaaaed2a8c1f'],
  ['C=GR, O=Τράπεζα, CN=\\"CA\\"', 'b5407e195aba89a3'],
];

for (const [name, hash] of hashes) {
  test(`the hash of ${name} is what it was`, async () => {
    const { certificate } = await makeAuthority({
      name,
      keyKind: 'ec-p256',
      notBefore: daysFromNow(-1),
      notAfter: daysFromNow(1),
    });
    assert.equal(nameHash(new X509Certificate(certificate).subject), hash);
  });
}
