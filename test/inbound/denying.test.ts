import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { denyUnderAllNames } from '../../src/inbound/denying.ts';
import { openLedgerDirectory } from '../../src/inbound/ledger-directory.ts';
import { issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { certificateName } from '../../src/pki/certificate.ts';
import { derElement, derInteger, derSequence } from '../../src/pki/der.ts';
import { derChildren, derWhole } from '../../src/pki/der-reader.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import { atEnd, ledgerFile, patient } from '../support/store-ledger.ts';
import { daysFromNow } from '../support/tls-callers.ts';

const ids = createIds({ clock: systemClock });

/** The order of P-256's group (SEC 2): with (r, s) also (r, n - s) is a signature. */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The same certificate with its signature written the other way: whoever has it can do that. */
function writtenOtherwise({ raw }: X509Certificate): X509Certificate {
  const [body, algorithm, signature] = derChildren(derWhole(raw));
  const [r, s] = derChildren(derWhole(signature!.content.subarray(1)));
  const other = order - BigInt(`0x${s!.content.toString('hex')}`);
  const bits = Buffer.concat([Buffer.from([0]), derSequence(r!.whole, derInteger(other))]);
  return new X509Certificate(derSequence(body!.whole, algorithm!.whole, derElement(0x03, bits)));
}

test('who is denied comes in by no other spelling of his certificate', async (t) => {
  const inDate = { notBefore: daysFromNow(-1), notAfter: daysFromNow(9), keyKind: 'ec-p256' } as const;
  const issuer = await makeAuthority({ name: 'CN=Bank CA', ...inDate });
  const leaf = await issueLeaf({ name: 'CN=x', usages: ['clientAuth'], altNames: [], ...inDate, issuer });
  const certificate = new X509Certificate(leaf.certificate);
  const other = writtenOtherwise(certificate);
  assert.ok(other.verify(new X509Certificate(issuer.certificate).publicKey), 'it is as valid');
  assert.notEqual(other.fingerprint256, certificate.fingerprint256);

  const { ledger, partners: store } = await openStores({
    url: `sqlite:${await ledgerFile(t)}`,
    createIfEmpty: true,
    limits: patient,
  });
  atEnd(t, () => ledger.close());
  const denying = { reason: 'keyCompromise', comment: 'lost', subject: 'ada', at: new Date() } as const;
  const deny = async (): Promise<string> =>
    denyUnderAllNames(
      store,
      { id: ids.uuid(), ...denying },
      { certificate: certificateName(certificate), ids },
    );
  assert.equal(await deny(), 'denied');
  assert.equal(await deny(), 'known');
  const directory = await openLedgerDirectory({
    configured: [],
    seed: () => Promise.resolve(),
    store,
    revoked: [],
    brands: [],
    clock: systemClock,
    unusable: () => {},
  });
  assert.ok(directory.isDenied(certificateName(certificate)));
  assert.ok(directory.isDenied(certificateName(other)));
});
