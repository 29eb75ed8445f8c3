import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { shippedProfiles } from '../../src/reconciliation/statements/csv/profiles/shipped.ts';
import type { StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { csvParts } from '../support/csv-read.ts';

const fixtures = 'test/reconciliation/fixtures/csv';

/** Parts as a golden file holds them: bigints as decimal text. */
function golden(parts: unknown): unknown {
  return JSON.parse(
    JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

for (const profile of shippedProfiles) {
  const files = globSync(`${fixtures}/${profile.name}/*.csv`).toSorted();
  test(`there are files of ${profile.name}`, () => assert.notEqual(files.length, 0));
  for (const file of files) {
    test(`${profile.name}: ${basename(file)} reads as its golden file says, in chunks of every kind`, async () => {
      const bytes = readFileSync(file);
      const expected: unknown = JSON.parse(readFileSync(file.replace(/csv$/, 'json'), 'utf8'));
      for (const chunkBytes of [1, 7, 4096, 1024 * 1024]) {
        assert.deepEqual(golden(await csvParts(profile, bytes, { chunkBytes })), expected);
      }
    });
  }
}

/** What the account has after the lines of a settlement that pays out all that it took in. */
function left(parts: readonly StatementPart[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const part of parts) {
    if (part.part !== 'entry') continue;
    const { amount, direction, charges = [] } = part.entry;
    for (const moved of [{ amount, direction }, ...charges]) {
      const { minor, currency } = moved.amount;
      sums[currency] = (sums[currency] ?? 0n) + (moved.direction === 'CRDT' ? minor : -minor);
    }
  }
  return sums;
}

const paidOut = ['adyen-settlement-details/batch-214', 'paypal-settlement/day', 'psp-rest-settlement/day'];
for (const name of paidOut) {
  test(`the lines of ${name} less their fees come to its payout`, async () => {
    const profile = shippedProfiles.find((one) => name.startsWith(`${one.name}/`));
    assert.ok(profile);
    assert.deepEqual(left(await csvParts(profile, readFileSync(`${fixtures}/${name}.csv`))), { EUR: 0n });
  });
}
