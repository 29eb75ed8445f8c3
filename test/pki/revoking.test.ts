import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { X509Certificate as ParsedCertificate, X509Crl, X509CrlReason } from '@peculiar/x509';
import { openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { type InventoryEntry, revocationReasons } from '../../src/pki/authority-record.ts';
import { replaceIssuing } from '../../src/pki/authority-replacing.ts';
import { nameHash } from '../../src/pki/certificate.ts';
import { issueCertificate } from '../../src/pki/issuing.ts';
import { makeKey } from '../../src/pki/keys.ts';
import {
  entriesNamed,
  listAuthorityOf,
  listedAuthorities,
  type ListTerms,
  publishList,
  revokeCertificate,
} from '../../src/pki/revoking.ts';
import {
  actTerms,
  freshAuthority,
  openssl,
  passphrases,
  type TestAuthority,
  withoutOpenssl,
} from '../support/authority.ts';

const dayMs = 86_400_000;
const publicKey = createPublicKey(await makeKey('ec-p256'));

async function issue(
  { folder, signer }: TestAuthority,
  partnerId = 'bank-a',
): Promise<InventoryEntry & { pem: string }> {
  const key = partnerId === 'bank-a' ? publicKey : createPublicKey(await makeKey('ec-p256'));
  const order = {
    role: 'client',
    partnerId,
    names: [],
    days: 397,
    automatic: false,
    how: 'issued',
    publicKey: key,
  } as const;
  const issued = await issueCertificate(folder, order, { signer, now: new Date(), act: actTerms() });
  assert.ok('entry' in issued, JSON.stringify(issued));
  return { ...issued.entry, pem: issued.certificate };
}

function listTerms({ signer }: TestAuthority, changes: Partial<ListTerms> = {}): ListTerms {
  return { of: 'issuing', signer, days: 7, now: new Date(), act: actTerms(), ...changes };
}

const colons = (hex: string): string => (hex.match(/../g) ?? []).join(':');

const replacement = ({ root }: TestAuthority) =>
  ({
    root,
    keyKind: 'ec-p256',
    passphrase: 'of the new one, longer',
    days: 900,
    listDays: 7,
    now: new Date(),
    terms: () => actTerms(),
  }) as const;

async function readList(path: string): Promise<X509Crl> {
  return new X509Crl((await readFile(path, 'utf8')).replaceAll('X509 CRL', 'CRL'));
}

/** The CRL number is the last thing of its extension: an INTEGER in an OCTET STRING. */
function numberOf(list: X509Crl): number | undefined {
  return Buffer.from(list.getExtension('2.5.29.20')?.value ?? new ArrayBuffer()).at(-1);
}

describe('a revoked certificate', () => {
  test('is on the list of its issuer, with its reason, and stays as it was revoked', async (t) => {
    const authority = await freshAuthority(t);
    const { folder } = authority;
    const path = folder.paths.list('issuing');
    const reasons = new Map<string, string>();
    for (const reason of revocationReasons) {
      const entry = await issue(authority, `bank-${reason.toLowerCase()}`);
      reasons.set(entry.serialNumber.toLowerCase(), reason);
      const order = { fingerprint256: entry.fingerprint256, reason, act: actTerms() };
      const revoked = await revokeCertificate(folder, order, listTerms(authority));
      assert.equal(revoked?.entry.revoked?.reason, reason);
      assert.equal(revoked.list?.revoked, reasons.size);
    }
    const list = await readList(path);
    const authorityKey = new ParsedCertificate(authority.signer.certificate).publicKey;
    assert.ok(await list.verify({ publicKey: authorityKey }));
    assert.equal(numberOf(list), 1 + revocationReasons.length);
    assert.deepEqual(
      new Map(list.entries.map(({ serialNumber, reason }) => [serialNumber, X509CrlReason[reason ?? 0]])),
      reasons,
    );
    const [first] = folder.inventory().filter(({ revoked }) => revoked !== undefined);
    assert.ok(first);
    const again = { fingerprint256: first.fingerprint256, reason: 'superseded', act: actTerms() } as const;
    const revoked = await revokeCertificate(folder, again, listTerms(authority));
    assert.deepEqual(revoked?.entry, first, 'a second word changes nothing');
    assert.deepEqual(
      revoked?.acts.map(({ kind }) => kind),
      ['listPublished'],
      'but the list is published',
    );
  });

  test('is one for OpenSSL, with a reason and without', { skip: withoutOpenssl }, async (t) => {
    const authority = await freshAuthority(t);
    const { folder } = authority;
    const [good, bad, silent] = [await issue(authority), await issue(authority), await issue(authority)];
    for (const [entry, reason] of [
      [bad, 'keyCompromise'],
      [silent, 'unspecified'],
    ] as const) {
      await revokeCertificate(
        folder,
        { fingerprint256: entry.fingerprint256, reason, act: actTerms() },
        listTerms(authority),
      );
    }
    const list = folder.paths.list('issuing');
    const all = join(folder.directory, 'all.pem');
    await writeFile(all, authority.signer.certificate + authority.root.certificate);
    openssl('crl', '-in', list, '-noout', '-verify', '-CAfile', all);
    const text = openssl('crl', '-in', list, '-noout', '-text');
    assert.match(text, /X509v3 CRL Number: \n\s+3\n/);
    assert.equal(text.match(/CRL Reason Code/g)?.length, 1, 'unspecified is not written');
    const verify = async ({ pem }: { pem: string }) => {
      const leaf = join(folder.directory, 'leaf.pem');
      await writeFile(leaf, pem);
      return openssl(
        'verify',
        '-crl_check',
        '-CRLfile',
        list,
        '-CAfile',
        folder.paths.certificate('root'),
        '-untrusted',
        folder.paths.certificate('issuing'),
        leaf,
      );
    };
    assert.match(await verify(good), /OK/);
    for (const entry of [bad, silent]) await assert.rejects(verify(entry), /certificate revoked/);
  });

  test('is found by its serial number or its fingerprint, however they are written', async (t) => {
    const authority = await freshAuthority(t);
    const { serialNumber, fingerprint256 } = await issue(authority);
    const inventory = authority.folder.inventory();
    for (const word of [
      serialNumber,
      serialNumber.toLowerCase(),
      colons(serialNumber),
      fingerprint256,
      fingerprint256.toUpperCase(),
      colons(fingerprint256),
    ]) {
      assert.deepEqual(
        entriesNamed(inventory, word).map((entry) => entry.fingerprint256),
        [fingerprint256],
        word,
      );
    }
    for (const word of ['', 'zz', '00', serialNumber.slice(1), `${fingerprint256}0`])
      assert.deepEqual(entriesNamed(inventory, word), [], word);
    const nobody = { fingerprint256: '0'.repeat(64), reason: 'superseded', act: actTerms() } as const;
    const before = authority.folder.acts();
    assert.equal(await revokeCertificate(authority.folder, nobody, listTerms(authority)), undefined);
    assert.deepEqual(authority.folder.acts(), before);
  });
});

describe('a list', () => {
  test('has the next number, also where the one before is gone', async (t) => {
    const authority = await freshAuthority(t);
    const { paths } = authority.folder;
    assert.equal(numberOf(await readList(paths.list('issuing'))), 1);
    assert.equal((await publishList(authority.folder, listTerms(authority))).number, 2);
    await rm(paths.list('issuing'));
    const now = new Date();
    const third = await publishList(authority.folder, listTerms(authority, { days: 2, now }));
    const list = await readList(paths.list('issuing'));
    assert.deepEqual([third.number, numberOf(list)], [3, 3]);
    assert.equal(list.nextUpdate?.getTime(), Math.floor((now.getTime() + 2 * dayMs) / 1_000) * 1_000);
    assert.ok(list.thisUpdate <= now);
  });

  test("of the root has the issuing authority, and none of the issuing authority's certificates", async (t) => {
    const authority = await freshAuthority(t);
    const { folder } = authority;
    const leaf = await issue(authority);
    const [, issuing] = folder.inventory();
    assert.ok(issuing);
    assert.equal(listAuthorityOf(folder, issuing), 'root');
    assert.equal(listAuthorityOf(folder, leaf), 'issuing');
    await revokeCertificate(
      folder,
      { fingerprint256: leaf.fingerprint256, reason: 'superseded', act: actTerms() },
      listTerms(authority),
    );
    const terms = listTerms(authority, { of: 'root', signer: authority.root });
    await revokeCertificate(
      folder,
      { fingerprint256: issuing.fingerprint256, reason: 'cACompromise', act: actTerms() },
      terms,
    );
    const list = await readList(folder.paths.list('root'));
    assert.deepEqual(
      list.entries.map(({ serialNumber }) => serialNumber.toUpperCase()),
      [issuing.serialNumber],
    );
    assert.deepEqual((await readList(folder.paths.list('issuing'))).entries.length, 1);
    const [root] = folder.inventory();
    assert.equal(root && listAuthorityOf(folder, root), undefined);
  });
});

describe('another issuing authority', () => {
  test('issues from then on, and the list of the one before goes on', { skip: withoutOpenssl }, async (t) => {
    const authority = await freshAuthority(t);
    const before = await issue(authority);
    const old = new X509Certificate(authority.folder.certificates.issuing);
    const { certificate } = await replaceIssuing(authority.folder, replacement(authority));
    const folder = openAuthorityFolder(authority.folder.directory);
    assert.equal(folder.certificates.issuing, certificate);
    assert.equal(await readFile(folder.paths.certificate('issuing'), 'utf8'), certificate);
    const now = new X509Certificate(certificate);
    assert.notEqual(nameHash(now.subject), nameHash(old.subject), 'a name is one key’s');
    assert.match(now.subject, /CN=Test House Issuing CA G2$/);
    const signer = await folder.signer('issuing', 'of the new one, longer');
    const after = await issue({ ...authority, folder, signer }, 'bank-b');
    const leaf = join(folder.directory, 'leaf.pem');
    await writeFile(leaf, after.pem);
    openssl(
      'verify',
      '-crl_check',
      '-CRLfile',
      folder.paths.list('issuing'),
      '-CAfile',
      folder.paths.certificate('root'),
      '-untrusted',
      folder.paths.certificate('issuing'),
      leaf,
    );

    const of = { retired: old.serialNumber };
    assert.deepEqual(listedAuthorities(folder, new Date()), ['issuing', of]);
    assert.deepEqual(listAuthorityOf(folder, before), of);
    const terms = listTerms(authority, { of, signer: await folder.signer(of, passphrases.issuing) });
    const revoked = await revokeCertificate(
      folder,
      { fingerprint256: before.fingerprint256, reason: 'superseded', act: actTerms() },
      terms,
    );
    assert.deepEqual([revoked?.list?.number, revoked?.list?.revoked], [2, 1]);
    const retired = join(folder.directory, 'retired.pem');
    await writeFile(retired, authority.folder.certificates.issuing + authority.root.certificate);
    openssl('crl', '-in', folder.paths.list(of), '-noout', '-verify', '-CAfile', retired);
    assert.deepEqual(
      listedAuthorities(folder, new Date(Date.now() + 2_000 * dayMs)),
      [],
      'nobody asks for the list of what has ended',
    );
  });

  test('twice at once is two, one after the other', async (t) => {
    const authority = await freshAuthority(t);
    await Promise.all([1, 2].map(() => replaceIssuing(authority.folder, replacement(authority))));
    const folder = openAuthorityFolder(authority.folder.directory);
    assert.equal(folder.retired.size, 2);
    assert.match(new X509Certificate(folder.certificates.issuing).subject, /G3$/);
    for (const [serial, certificate] of folder.retired)
      assert.equal(new X509Certificate(certificate).serialNumber, serial);
  });

  test('the list of the one before takes the place of no other, whoever began to write it before', async (t) => {
    const authority = await freshAuthority(t);
    const { folder, signer } = authority;
    const issued = await issue(authority);
    await replaceIssuing(folder, replacement(authority));
    const list = await readFile(folder.paths.list('issuing'), 'utf8');
    const late = { of: 'issuing', signer } as const;
    await assert.rejects(
      publishList(folder, listTerms(authority, late)),
      /was replaced meanwhile; run the command again/,
    );
    const { fingerprint256 } = issued;
    const wanted = { fingerprint256, reason: 'superseded', act: actTerms() } as const;
    await assert.rejects(
      revokeCertificate(folder, wanted, listTerms(authority, late)),
      /was replaced meanwhile/,
    );
    assert.equal(await readFile(folder.paths.list('issuing'), 'utf8'), list);
    const [entry] = folder.inventory().filter((one) => one.fingerprint256 === fingerprint256);
    assert.equal(entry?.revoked?.reason, 'superseded', 'written down, and listed by the next run');
  });

  test('a death before the one rename leaves the old one, and no second of it', async (t) => {
    const authority = await freshAuthority(t);
    const { folder } = authority;
    const retired = new X509Certificate(folder.certificates.issuing).serialNumber;
    const key = await readFile(folder.paths.key('issuing'), 'utf8');
    await folder.change((writing) => writing.write(folder.paths.key({ retired }), key));
    const opened = openAuthorityFolder(folder.directory);
    assert.equal(opened.certificates.issuing, folder.certificates.issuing);
    assert.deepEqual(listedAuthorities(opened, new Date()), ['issuing']);
  });

  test('a death right after the rename leaves the new one, whatever its copies say', async (t) => {
    const authority = await freshAuthority(t);
    const { folder } = authority;
    const copy = await readFile(folder.paths.certificate('issuing'), 'utf8');
    await replaceIssuing(folder, replacement(authority));
    await writeFile(folder.paths.certificate('issuing'), copy);
    const opened = openAuthorityFolder(folder.directory);
    assert.notEqual(opened.certificates.issuing, copy);
    assert.equal(
      (await opened.signer('issuing', 'of the new one, longer')).certificate,
      opened.certificates.issuing,
    );
    await opened.change(() => Promise.resolve());
    assert.equal(
      await readFile(folder.paths.certificate('issuing'), 'utf8'),
      opened.certificates.issuing,
      'put right by whoever comes next',
    );
  });
});
