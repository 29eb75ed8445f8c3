/** The daily close: what it records, what it locks, and how two people open it again. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import type { BooksClose } from '../../src/reconciliation/close-store.ts';
import { closeDay, type CloseRefusal } from '../../src/reconciliation/reports/close-day.ts';
import {
  packOf,
  publicKeyOf,
  readSigningKey,
  verifyPack,
} from '../../src/reconciliation/reports/close-pack.ts';
import { reopening } from '../../src/reconciliation/reports/reopen.ts';
import { dayMs, says } from '../support/recon-house.ts';
import { closeWorldOf, transfersOn } from '../support/close-world.ts';
import { someDay } from '../support/recon-day.ts';

const books = { brand: 'lucky', currency: 'EUR' };
const day = '2026-11-23';

const key = readSigningKey(randomBytes(32).toString('base64'));
assert.ok(key);

function closed(result: BooksClose | CloseRefusal): BooksClose {
  assert.ok(!('refused' in result), JSON.stringify(result));
  return result;
}

test('a day is closed once: whoever asks later, whatever came since, has the same bytes', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const world = await closeWorldOf(t, house);
  assert.deepEqual(await closeDay(world, books, day), { refused: 'DAY_NOT_OVER' });
  assert.deepEqual(await closeDay(world, { ...books, brand: 'nobody' }, day), { refused: 'BRAND_UNKNOWN' });
  house.clock.move(2 * dayMs);
  const first = closed(await closeDay(world, books, day));
  assert.equal(first.edition, 1);

  await house.pay('bank', 1_234);
  await house.round();
  house.clock.move(dayMs);
  const again = closed(await closeDay(world, books, day));
  assert.equal(again.document, first.document);
  const [one, two] = [packOf(first, key), packOf(again, key)];
  assert.deepEqual([...one], [...two]);
  assert.deepEqual(
    [...one.keys()],
    ['close.csv', 'close.html', 'close.json', 'SHA256SUMS', 'SHA256SUMS.sig'],
  );
  const json = one.get('close.json');
  assert.ok(json);
  assert.equal(createHash('sha256').update(json).digest('hex'), first.sha256);
  assert.match(
    Buffer.from(one.get('SHA256SUMS') ?? []).toString(),
    new RegExp(`^${first.sha256}  close.json$`, 'm'),
  );
});

test('days are closed one after the other, and each names the one before', async (t) => {
  const { house } = await someDay(t);
  const world = await closeWorldOf(t, house);
  house.clock.move(4 * dayMs);
  const first = closed(await closeDay(world, books, day));
  assert.deepEqual(await closeDay(world, books, '2026-11-25'), { refused: 'DAY_BEFORE_OPEN' });
  assert.deepEqual(await closeDay(world, books, '2026-11-20'), { refused: 'LATER_DAY_CLOSED' });
  const second = closed(await closeDay(world, books, '2026-11-24'));
  assert.equal((JSON.parse(second.document) as { follows: string }).follows, first.sha256);
});

test('what is open in more rows than may be looked through is not closed over', async (t) => {
  const { house } = await someDay(t);
  await house.round();
  const world = await closeWorldOf(t, house);
  house.clock.move(2 * dayMs);
  const reports = { ...world.reports, limits: { reportPageMax: 1, reportRowsMax: 1 } };
  assert.deepEqual(await closeDay({ ...world, reports }, books, day), { refused: 'REPORT_INCOMPLETE' });
});

test('the database refuses what is dated on a closed day or before it, of this brand and currency alone', async (t) => {
  const { house } = await someDay(t);
  const world = await closeWorldOf(t, house);
  house.clock.move(2 * dayMs);
  closed(await closeDay(world, books, day));
  const transfer = transfersOn(house);
  for (const date of [day, '2026-11-01']) {
    await assert.rejects(transfer(date), (error) => error instanceof LedgerUnavailable);
  }
  assert.equal((await transfer('2026-11-24')).kind, 'transferred');
  assert.equal((await transfer(day, { currency: 'SEK' })).kind, 'transferred');
  assert.equal((await transfer(day, { brand: 'other' })).kind, 'transferred');

  // What is done now is dated now, and meets no lock.
  await house.pay('bank', 900);
  assert.equal(
    (await world.reports.sums.groupSums({ ...books, until: day })).some(
      ({ reason }) => reason === 'transfer',
    ),
    false,
  );
});

test('two people open the newest day again; it is closed anew as another edition', async (t) => {
  const { house } = await someDay(t);
  const world = await closeWorldOf(t, house);
  house.clock.move(3 * dayMs);
  const first = closed(await closeDay(world, books, day));
  closed(await closeDay(world, books, '2026-11-24'));
  const newest = { ...books, day: '2026-11-24' };
  const oldest = { ...books, day };
  assert.deepEqual(await reopening(world, says('ada'), oldest, 'propose'), { refused: 'LATER_DAY_CLOSED' });
  assert.deepEqual(await reopening(world, says('ada'), { ...books, day: '2026-11-25' }, 'propose'), {
    refused: 'CLOSE_NOT_FOUND',
  });
  assert.deepEqual(await reopening(world, says('ben'), newest, 'confirm'), { refused: 'PROPOSAL_NOT_FOUND' });
  assert.deepEqual(await reopening(world, says('ada', ' '), newest, 'propose'), {
    refused: 'EVIDENCE_MISSING',
  });
  const nobody = { ...says('ada'), person: { id: 'eve', roles: [] } };
  assert.deepEqual(await reopening(world, nobody, newest, 'propose'), { refused: 'ROLE_MISSING' });

  assert.ok('act' in (await reopening(world, says('ada'), newest, 'propose')));
  assert.deepEqual(await reopening(world, says('ada'), newest, 'confirm'), { refused: 'SAME_PERSON' });
  assert.ok('act' in (await reopening(world, says('ben'), newest, 'decline')));
  assert.deepEqual(await reopening(world, says('ben'), newest, 'confirm'), { refused: 'PROPOSAL_NOT_FOUND' });
  for (const one of [newest, oldest]) {
    assert.ok('act' in (await reopening(world, says('ada'), one, 'propose')));
    assert.ok('act' in (await reopening(world, says('ben'), one, 'confirm')));
  }
  assert.equal(await world.closes.lastClose('lucky', 'EUR'), undefined);
  const anew = closed(await closeDay(world, books, day));
  assert.equal(anew.edition, 2);
  assert.notEqual(anew.sha256, first.sha256);
  assert.equal((await world.closes.closes({ ...books, day }, { limit: 9 })).length, 2);
});

test('who closes while another one does is told so', async (t) => {
  const { house } = await someDay(t);
  const world = await closeWorldOf(t, house);
  house.clock.move(2 * dayMs);
  const now = house.clock.now();
  const leaseUntil = new Date(now.getTime() + 1_000);
  assert.ok(await house.store.claimJob({ name: 'close:lucky:EUR', now, leaseUntil }));
  assert.deepEqual(await closeDay(world, books, day), { refused: 'BUSY' });
  assert.deepEqual(await reopening(world, says('ada'), { ...books, day }, 'propose'), { refused: 'BUSY' });
});

test('a pack is proved by its manifest and signature, and whatever is changed in it is found', async (t) => {
  const { house } = await someDay(t);
  const world = await closeWorldOf(t, house);
  house.clock.move(2 * dayMs);
  const pack = packOf(closed(await closeDay(world, books, day)), key);
  const publicKey = publicKeyOf(key);
  assert.deepEqual(verifyPack(pack, publicKey), []);
  const bytes = Buffer.from('x');
  const changes: readonly (readonly [string, Uint8Array | undefined, unknown])[] = [
    ['close.csv', bytes, { kind: 'changed', file: 'close.csv' }],
    ['close.html', undefined, { kind: 'missing', file: 'close.html' }],
    ['more.txt', bytes, { kind: 'unlisted', file: 'more.txt' }],
    ['SHA256SUMS', bytes, { kind: 'signatureInvalid' }],
    ['SHA256SUMS', undefined, { kind: 'missing', file: 'SHA256SUMS' }],
    ['SHA256SUMS.sig', bytes, { kind: 'signatureInvalid' }],
    ['SHA256SUMS.sig', undefined, { kind: 'missing', file: 'SHA256SUMS.sig' }],
  ];
  for (const [name, changed, finding] of changes) {
    const other = new Map(pack);
    if (changed === undefined) other.delete(name);
    else other.set(name, changed);
    assert.deepEqual(verifyPack(other, publicKey), [finding], name);
  }
  const another = generateKeyPairSync('ed25519');
  assert.deepEqual(verifyPack(pack, another.publicKey), [{ kind: 'signatureInvalid' }]);
});

const pem = (made: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
  made.export({ type: 'pkcs8', format: 'pem' }).toString();

test('a signing key is Ed25519, in PEM or as its 32 bytes', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  assert.ok(readSigningKey(pem(privateKey)));
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const text of ['', 'x', pem(ec.privateKey), randomBytes(31).toString('base64')]) {
    assert.equal(readSigningKey(text), undefined);
  }
});
