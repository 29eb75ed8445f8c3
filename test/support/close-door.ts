import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { tokenDigest } from '../../src/inbound/rest/bearer.ts';
import { closeDay } from '../../src/reconciliation/reports/close-day.ts';
import { openRestDoor, restPartner, tokenOf } from '../inbound/rest/open-door.ts';
import { closeWorldOf } from './close-world.ts';
import { someDay } from './recon-day.ts';
import { dayMs } from './recon-house.ts';

export const books = { brand: 'lucky', currency: 'EUR' };
/** Both are closed, one after the other. */
export const days = ['2026-11-23', '2026-11-24'] as const;

/** Two closed days behind the internal door, with two operators, one who may only propose, and partners who read and who pay. */
export async function openCloseDoor(t: TestContext) {
  const { house } = await someDay(t);
  await house.round();
  const { ledger, clock } = house;
  for (const id of ['ada', 'ben', 'cora']) {
    const roles = id === 'cora' ? (['propose'] as const) : (['propose', 'confirm'] as const);
    await ledger.putOperator({ id, roles, tokenDigests: [tokenDigest(tokenOf(id))], createdAt: clock.now() });
  }
  const closing = await closeWorldOf(t, house);
  clock.move(3 * dayMs);
  for (const day of days) assert.ok('document' in (await closeDay(closing, books, day)));
  const [first, newest] = await closing.closes.closes(books, { limit: 2 });
  assert.ok(first && newest);
  const door = await openRestDoor(t, {
    ledger,
    closing,
    partners: [
      restPartner('core', { operations: ['read'] }),
      restPartner('shop', { operations: ['deposit'] }),
    ],
  });
  return { ...door, house, closing, first, newest };
}
