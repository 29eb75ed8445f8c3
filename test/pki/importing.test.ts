import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import test, { describe } from 'node:test';
import {
  type Authority,
  certifyLeaf,
  issueLeaf,
  type LeafOptions,
  makeAuthority,
} from '../../src/pki/authority.ts';
import { filedCertificate } from '../../src/pki/authority-folder.ts';
import { checkImport, importCertificate, type ImportOrder } from '../../src/pki/importing.ts';
import { makeKey } from '../../src/pki/keys.ts';
import { listAuthorityOf } from '../../src/pki/revoking.ts';
import { keySigner } from '../../src/pki/signer.ts';
import { actTerms, freshAuthority } from '../support/authority.ts';

const dayMs = 86_400_000;
const now = new Date();
const years = {
  notBefore: new Date(now.getTime() - dayMs),
  notAfter: new Date(now.getTime() + 1_000 * dayMs),
};

const authority = (name: string, issuer?: Authority, pathLength?: number): Promise<Authority> =>
  makeAuthority({
    name: `CN=${name}`,
    keyKind: 'ec-p256',
    ...years,
    ...(issuer && { issuer }),
    ...(pathLength !== undefined && { pathLength }),
  });

const root = await authority('Bank Root');
const between = await authority('Bank Issuing', root, 0);
const stranger = await authority('Bank Issuing');
const tooDeep = await authority('Bank Deep', between);

const leaf = async (changes: Partial<LeafOptions> = {}): Promise<string> =>
  (
    await issueLeaf({
      name: 'CN=bank',
      keyKind: 'ec-p256',
      usages: ['clientAuth'],
      altNames: [{ type: 'url', value: 'urn:bank:client' }],
      issuer: between,
      ...years,
      ...changes,
    })
  ).certificate;

const both = [between.certificate, root.certificate];

async function order(changes: Partial<ImportOrder> = {}): Promise<ImportOrder> {
  return { role: 'client', partnerId: 'bank-a', certificate: await leaf(), issuers: both, ...changes };
}

describe('a certificate of a partner’s own authority', () => {
  const cases: readonly [string, () => Promise<Partial<ImportOrder>> | Partial<ImportOrder>, string][] = [
    ['with both of its authorities', () => ({}), 'fit'],
    ['in whichever order they are given', () => ({ issuers: both.toReversed() }), 'fit'],
    ['in one file', () => ({ issuers: [both.join('')] }), 'fit'],
    [
      'with the one between beside it',
      async () => ({ certificate: (await leaf()) + between.certificate, issuers: [root.certificate] }),
      'fit',
    ],
    ['below the root itself', async () => ({ certificate: await leaf({ issuer: root }) }), 'fit'],
    [
      'of a server',
      async () => ({ role: 'server', certificate: await leaf({ usages: ['serverAuth'] }) }),
      'fit',
    ],
    [
      'with his own name of ours',
      async () => ({
        certificate: await leaf({ altNames: [{ type: 'url', value: 'urn:cagebridge:partner:bank-a' }] }),
      }),
      'fit',
    ],
    ['that is none', () => ({ certificate: 'SECRET' }), 'unreadable'],
    ['without an issuer', () => ({ issuers: [] }), 'issuersUnreadable'],
    ['with an issuer that is none', () => ({ issuers: ['SECRET'] }), 'issuersUnreadable'],
    ['without the root', () => ({ issuers: [between.certificate] }), 'rootMissing'],
    [
      'with a root that came along with it only',
      async () => ({ certificate: (await leaf()) + root.certificate, issuers: [between.certificate] }),
      'rootMissing',
    ],
    ['without the one between', () => ({ issuers: [root.certificate] }), 'rootMissing'],
    ['with another authority of the same name', () => ({ issuers: [stranger.certificate] }), 'rootMissing'],
    [
      'that ended',
      async () => ({ certificate: await leaf({ notAfter: new Date(now.getTime() - 1_000) }) }),
      'expired 0',
    ],
    [
      'that has not begun',
      async () => ({ certificate: await leaf({ notBefore: new Date(now.getTime() + dayMs) }) }),
      'notYetValid 0',
    ],
    [
      'for servers only',
      async () => ({ certificate: await leaf({ usages: ['serverAuth'] }) }),
      'wrongPurpose 0',
    ],
    [
      'for nothing in particular',
      async () => ({ certificate: await leaf({ usages: [] }) }),
      'noExtendedKeyUsage 0',
    ],
    ['of a weak key', async () => ({ certificate: await leaf({ keyKind: 'rsa-1024' }) }), 'weakKey 0'],
    [
      'that is an authority',
      () => ({ certificate: between.certificate }),
      'noExtendedKeyUsage 0, wrongKeyUsage 0, leafIsAuthority 0',
    ],
    [
      'too deep below',
      async () => ({ certificate: await leaf({ issuer: tooDeep }), issuers: [...both, tooDeep.certificate] }),
      'pathTooLong 2',
    ],
    [
      "with another partner's name",
      async () => ({
        certificate: await leaf({ altNames: [{ type: 'url', value: 'urn:cagebridge:partner:bank-b' }] }),
      }),
      'otherPartnersName',
    ],
  ];

  for (const [what, changes, expected] of cases) {
    test(what, async () => {
      const checked = checkImport(await order(await changes()), now);
      const said = !('refused' in checked)
        ? 'fit'
        : checked.refused === 'unfit'
          ? checked.findings.map(({ code, at }) => `${code} ${at}`).join(', ')
          : checked.refused;
      assert.equal(said, expected);
    });
  }

  test('that a leaf issued is of no authority', async () => {
    const above = await issueLeaf({
      name: 'CN=leaf',
      keyKind: 'ec-p256',
      usages: ['clientAuth'],
      altNames: [],
      issuer: between,
      ...years,
    });
    const own = keySigner(createPrivateKey(above.key));
    const issuer = { signer: { ...own, certificate: above.certificate, chain: [] } };
    const certificate = await leaf({ issuer });
    assert.deepEqual(checkImport(await order({ certificate, issuers: [...both, above.certificate] }), now), {
      refused: 'rootMissing',
    });
  });

  test('is kept with everything above it, once, under its fingerprint', async (t) => {
    const { folder } = await freshAuthority(t);
    const wanted = await order();
    const imported = await importCertificate(folder, wanted, { now, act: actTerms() });
    assert.ok('entry' in imported, JSON.stringify(imported));
    const { entry, act } = imported;
    assert.deepEqual([entry.how, entry.partnerId, act.kind], ['imported', 'bank-a', 'imported']);
    assert.deepEqual(entry.names, ['URI:urn:bank:client'] satisfies string[]);
    assert.deepEqual(folder.inventory().at(-1), entry);
    assert.equal(await filedCertificate(folder, entry), [wanted.certificate, ...both].join(''));
    assert.equal(statSync(folder.paths.issuedFile(entry)).mode & 0o777, 0o600);
    assert.ok(folder.paths.issuedFile(entry).endsWith(`${entry.fingerprint256}.pem`));
    assert.equal(listAuthorityOf(folder, entry), undefined, 'it stands on no list of ours');
    const again = await importCertificate(folder, wanted, { now, act: actTerms() });
    assert.deepEqual(again, { refused: 'known' });
    assert.equal((await readFile(folder.paths.record, 'utf8')).split('\n').length, 6);
  });

  test("with a key that is another partner's is refused", async (t) => {
    const { folder } = await freshAuthority(t);
    const key = await makeKey('ec-p256');
    const over = (altNames: LeafOptions['altNames']): Promise<string> =>
      certifyLeaf(between.signer, createPublicKey(key), {
        name: 'CN=bank',
        usages: ['clientAuth'],
        altNames,
        ...years,
      });
    const first = await order({ certificate: await over([]) });
    assert.ok('entry' in (await importCertificate(folder, first, { now, act: actTerms() })));
    const others = await order({ certificate: await over([]), partnerId: 'bank-b' });
    assert.deepEqual(await importCertificate(folder, others, { now, act: actTerms() }), {
      refused: 'keyOfOther',
    });
    const own = await order({ certificate: await over([]) });
    assert.ok(
      'entry' in (await importCertificate(folder, own, { now, act: actTerms() })),
      'his own key, again',
    );
  });
});
