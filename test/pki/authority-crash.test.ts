import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAuthorityFolder } from '../../src/pki/authority-folder.ts';
import { readLists } from '../../src/pki/revoked-serials.ts';
import { listedAuthorities, publishList } from '../../src/pki/revoking.ts';
import {
  actTerms,
  freshAuthority,
  openedAuthority,
  startIssuing,
  type TestAuthority,
} from '../support/authority.ts';
import { freshSeed } from '../support/seed.ts';

function serialsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.pem'))
    .map((name) => new X509Certificate(readFileSync(join(directory, name), 'utf8')).serialNumber);
}

/** What must hold whenever: the record is read, and knows every certificate that is anywhere. */
function assertWhole({ folder }: TestAuthority, out: string): { known: string[]; out: string[] } {
  const opened = openAuthorityFolder(folder.directory);
  const known = opened.inventory().map(({ serialNumber }) => serialNumber);
  assert.equal(new Set(known).size, known.length);
  for (const serial of serialsIn(opened.paths.issued))
    assert.ok(known.includes(serial), 'filed, and not in the record');
  const handedOut = serialsIn(out);
  for (const serial of handedOut) assert.ok(known.includes(serial), 'handed out, and not in the record');
  for (const name of readdirSync(out).filter((one) => one.endsWith('.pem'))) {
    const key = createPrivateKey(readFileSync(join(out, name.replace('.pem', '.key')), 'utf8'));
    assert.ok(
      new X509Certificate(readFileSync(join(out, name), 'utf8')).checkPrivateKey(key),
      'handed out without its key',
    );
  }
  return { known, out: handedOut };
}

test('two processes that issue at once lose nothing', { timeout: 60_000 }, async (t) => {
  const authority = await freshAuthority(t);
  const out = join(authority.folder.directory, '..', 'out');
  await mkdir(out);
  const count = 12;
  const directory = authority.folder.directory;
  const both = [1, 2].map(() => startIssuing(t, { directory, out, count }));
  await Promise.all(both.map(({ ended }) => ended));
  const said = both.flatMap(({ serials }) => serials);
  assert.equal(said.length, 2 * count);
  const { known, out: handedOut } = assertWhole(authority, out);
  assert.deepEqual(known.slice(2).toSorted(), said.toSorted());
  assert.deepEqual(handedOut.toSorted(), said.toSorted());
});

const stepsMax = 20;

test(
  'at whichever step the process dies, no certificate is out that the record does not know',
  { timeout: 120_000 },
  async (t) => {
    const authority = await freshAuthority(t);
    const { directory } = authority.folder;
    const out = join(directory, '..', 'out');
    await mkdir(out);
    let told: readonly string[] = [];
    let step = 1;
    for (; told.length === 0; step += 1) {
      assert.ok(step < stepsMax);
      const { serials, ended } = startIssuing(t, { directory, out, count: 1, step });
      await ended;
      told = serials;
      assertWhole(authority, out);
    }
    // The key, the record, the filed certificate and the one that is handed out: each takes its name at least once.
    assert.ok(step > 5, `only ${step - 1} steps`);
    const { known, out: handedOut } = assertWhole(authority, out);
    assert.ok(known.length - 2 > handedOut.length, 'some died between the record and the file');
    await authority.folder.change(() => Promise.resolve());
    const left = readdirSync(directory, { recursive: true }).filter((name) =>
      /\.new$|\.lock$/.test(String(name)),
    );
    assert.deepEqual(left, [], 'what was half-written is taken away by whoever comes next');
  },
);

test(
  'at whichever step it dies that replaces the issuing authority, one of the two issues',
  { timeout: 120_000 },
  async (t) => {
    let told: readonly string[] = [];
    const issuing = new Set<string>();
    for (let step = 1; told.length === 0; step += 1) {
      assert.ok(step < stepsMax);
      const { folder } = await freshAuthority(t);
      const { directory } = folder;
      const { serials, ended } = startIssuing(t, { what: 'replace', directory, out: '', count: 1, step });
      await ended;
      told = serials;
      const { folder: opened, signer } = openedAuthority(directory);
      const issues = new X509Certificate(signer.certificate);
      assert.ok(issues.publicKey.export({ type: 'spki', format: 'der' }).equals(signer.publicKey));
      const { serialNumber, subject } = issues;
      assert.ok(
        opened.inventory().some((entry) => entry.serialNumber === serialNumber),
        'the record knows who issues',
      );
      issuing.add(subject);
      const before = new X509Certificate(folder.certificates.issuing).serialNumber;
      assert.equal(
        opened.retired.has(before),
        serialNumber !== before,
        'the key of the one before is not lost',
      );
      await opened.change(() => Promise.resolve());
      const lists = readLists(readFileSync(opened.paths.list('issuing'), 'latin1'));
      assert.ok(typeof lists !== 'string' && lists[0]?.isSignedBy(issues.publicKey), 'its own list is there');
      assert.deepEqual(
        readdirSync(join(directory, 'crl')).filter((name) => name.startsWith(serialNumber)),
        [],
        'and no second one of it',
      );
      const [of] = listedAuthorities(opened, new Date());
      assert.equal(of, 'issuing');
      const list = await publishList(opened, { of, signer, days: 7, now: new Date(), act: actTerms() });
      assert.ok(list.number > 1);
    }
    assert.equal(issuing.size, 2, 'it died before and after the change');
  },
);

test(
  'whenever the process is killed, the next one goes on, and what was told is there',
  { timeout: 120_000 },
  async (t) => {
    const authority = await freshAuthority(t);
    const { directory } = authority.folder;
    const out = join(directory, '..', 'out');
    await mkdir(out);
    let seed = freshSeed(t);
    let told: readonly string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const issuing = startIssuing(t, { directory, out, count: 10_000 });
      // Whoever says a number has got over the lock of the one that was killed before it.
      await issuing.next();
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      await sleep((seed >> 8) % 60);
      issuing.child.kill('SIGKILL');
      await issuing.ended;
      assert.ok(issuing.serials.length > 0, 'it had the folder’s turn');
      told = [...told, ...issuing.serials];
      const { known, out: handedOut } = assertWhole(authority, out);
      for (const serial of told)
        assert.ok(handedOut.includes(serial) && known.includes(serial), 'told, and lost');
    }
  },
);
