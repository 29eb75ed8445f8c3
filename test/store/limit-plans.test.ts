/** Everybody waits while a limit is summed up: the sums of scopes with many payments never read the payments themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrate } from '../../src/store/migrate.ts';
import { prepareWriter } from '../../src/store/sqlite/statements.ts';
import { ledgerFile, rawConnection } from '../support/store-ledger.ts';

const plans = [
  { scope: 'partner', how: 'USING COVERING INDEX payment_of_partner' },
  { scope: 'brand', how: 'USING COVERING INDEX payment_of_brand' },
  { scope: 'player', how: 'USING INDEX payment_of_player' },
] as const;

for (const { scope, how } of plans) {
  test(`the sum of a limited ${scope}: ${how}`, async (t) => {
    const file = await ledgerFile(t);
    await migrate(`sqlite:${file}`);
    const database = rawConnection(t, file);
    const { source } = prepareWriter(database).acceptedIn[scope];
    const since = { direction: 'CRDT', currency: 'EUR', since: '2026-11-22T10:00:00.000Z' };
    const limit = { ...since, partner_id: 'p', brand: 'b', player_id: 'x' };
    const plan = database.prepare(`explain query plan ${source}`).all(limit) as { detail: string }[];
    assert.deepEqual(plan.length, 1);
    assert.match(plan[0]!.detail, new RegExp(`^SEARCH payment ${how} \\(.+ AND accepted_at>\\?\\)$`));
  });
}
