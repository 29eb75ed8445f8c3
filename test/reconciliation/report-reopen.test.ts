/** A day that people opened again: what may be dated on it, and what its next edition stands on. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { LedgerUnavailable } from '../../src/payments/ledger-store.ts';
import { closeDay, type CloseWorld } from '../../src/reconciliation/reports/close-day.ts';
import {
  packOf,
  publicKeyOf,
  readSigningKey,
  verifyPack,
} from '../../src/reconciliation/reports/close-pack.ts';
import { reopening } from '../../src/reconciliation/reports/reopen.ts';
import { closeWorldOf, transfersOn } from '../support/close-world.ts';
import { booking, dayMs, openReconHouse, says } from '../support/recon-house.ts';

const books = { brand: 'lucky', currency: 'EUR' };
const days = ['2026-11-23', '2026-11-24'] as const;

async function closed(world: CloseWorld, day: string) {
  const result = await closeDay(world, books, day);
  assert.ok('document' in result, JSON.stringify(result));
  const document = JSON.parse(result.document) as {
    follows?: string;
    sections: { id: string; rows: { reason?: string }[] }[];
  };
  return { ...result, told: document };
}

async function reopen(world: CloseWorld, day: string): Promise<void> {
  assert.ok('act' in (await reopening(world, says('ada'), { ...books, day }, 'propose')));
  assert.ok('act' in (await reopening(world, says('ben'), { ...books, day }, 'confirm')));
}

/** A payment of Monday, with Monday and Tuesday closed on Thursday. */
async function closedDays(t: TestContext) {
  const house = await openReconHouse(t);
  const payment = await house.pay('bank', 5_000);
  const world = await closeWorldOf(t, house);
  house.clock.move(3 * dayMs);
  return { house, payment, world, closes: [await closed(world, days[0]), await closed(world, days[1])] };
}

const refused = (error: unknown) => error instanceof LedgerUnavailable;

test('a closed day takes nothing, an opened one does, and closed anew it takes nothing again', async (t) => {
  const { house, world } = await closedDays(t);
  const transfer = transfersOn(house);
  for (const day of days) await assert.rejects(transfer(day), refused, day);
  await reopen(world, days[1]);
  assert.equal((await transfer(days[1])).kind, 'transferred');
  await assert.rejects(transfer(days[0]), refused, 'the day before is closed all the same');
  const anew = await closed(world, days[1]);
  assert.equal(anew.edition, 2);
  assert.match(anew.document, /transfer/);
  await assert.rejects(transfer(days[1]), refused);
});

test('the next edition follows the close of the day before, and so does what comes after it', async (t) => {
  const { world, closes } = await closedDays(t);
  const [monday, tuesday] = closes;
  assert.equal(tuesday?.told.follows, monday?.sha256);
  await reopen(world, days[1]);
  await reopen(world, days[0]);
  const mondayAnew = await closed(world, days[0]);
  assert.deepEqual([mondayAnew.edition, mondayAnew.told.follows], [2, undefined]);
  assert.notEqual(mondayAnew.sha256, monday?.sha256);
  const tuesdayAnew = await closed(world, days[1]);
  assert.deepEqual([tuesdayAnew.edition, tuesdayAnew.told.follows], [2, mondayAnew.sha256]);
  const wednesday = await closed(world, '2026-11-25');
  assert.deepEqual([wednesday.edition, wednesday.told.follows], [1, tuesdayAnew.sha256]);

  // The first edition stays recorded, and its pack can still be proved.
  const key = readSigningKey(Buffer.alloc(32, 1).toString('base64'));
  assert.ok(key && monday);
  const [first] = await world.closes.closes({ ...books, day: days[0] }, { limit: 1 });
  const document = await world.closes.closeDocument(first?.id ?? '');
  assert.equal(document, monday.document);
  assert.deepEqual(verifyPack(packOf({ document: document ?? '' }, key), publicKeyOf(key)), []);
});

test('a statement that comes late for a closed day is posted on the day that is open, with its own date of value', async (t) => {
  const { house, payment, world, closes } = await closedDays(t);
  await house.bringIn('bank.xml', { header: { id: 'S-1' }, entries: [booking(5_000, payment)] });
  assert.equal((await house.round())?.matched, 1);
  const all = await house.ledger.entries({}, { limit: 100 });
  const late = all.filter(({ reason }) => reason !== 'deposit');
  assert.ok(late.length >= 2);
  for (const { accountingDate, effectiveAt } of late) {
    assert.equal(accountingDate, '2026-11-26', 'of the day on which it was posted');
    assert.equal(effectiveAt.toISOString().slice(0, 10), days[0], 'of the day on which the money moved');
  }
  const again = await closed(world, days[0]);
  assert.equal(again.sha256, closes[0]?.sha256);
});
