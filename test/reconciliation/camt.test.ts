import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { camtParts } from '../support/camt-read.ts';

const fixtures = 'test/reconciliation/fixtures/camt';
const shared = '../shared/data/statements';

/** Parts as a golden file holds them: bigints as decimal text. */
function golden(parts: unknown): unknown {
  return JSON.parse(
    JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

for (const file of globSync(`${fixtures}/*.xml`).toSorted()) {
  test(`${basename(file)} reads as its golden file says, in chunks of every kind`, async () => {
    const bytes = readFileSync(file);
    const expected: unknown = JSON.parse(readFileSync(file.replace(/xml$/, 'json'), 'utf8'));
    for (const chunkBytes of [1, 7, 4096, 1024 * 1024]) {
      assert.deepEqual(golden(await camtParts(bytes, { chunkBytes })), expected);
    }
  });
}

for (const file of globSync(`${fixtures}/refused/*.xml`).toSorted()) {
  test(`a file that is ${basename(file, '.xml')} is refused whole`, async () => {
    for (const chunkBytes of [1, 7, 1024 * 1024]) {
      const last = (await camtParts(readFileSync(file), { chunkBytes })).at(-1);
      assert.deepEqual(
        { ...last, line: undefined },
        { part: 'refused', rule: basename(file, '.xml'), line: undefined },
      );
    }
  });
}

const samples = globSync(`${shared}/camt/*.xml`).toSorted();
test(
  'every sample of banks and of other libraries is read',
  { skip: samples.length === 0 && 'no samples here' },
  async () => {
    for (const file of samples) {
      const parts = await camtParts(readFileSync(file), { chunkBytes: 100 });
      assert.equal(parts.filter(({ part }) => part === 'refused').length, 0, basename(file));
      const opened = parts.filter(({ part }) => part === 'opened').length;
      assert.equal(parts.filter(({ part }) => part === 'closed').length, opened, basename(file));
      assert.equal(
        parts.some((part) => part.part === 'remark' && part.remark.level === 'badRow'),
        false,
        basename(file),
      );
      const oracle = `${shared}/oracle/${basename(file, '.xml')}.json`;
      if (existsSync(oracle)) assert.deepEqual(entryFacts(parts), oracleFacts(oracle), basename(file));
    }
  },
);

/** Amounts by their sign, as the other library has them. */
function entryFacts(parts: Awaited<ReturnType<typeof camtParts>>): string[] {
  return parts.flatMap((part) => {
    if (part.part !== 'entry') return [];
    const { amount, direction, status } = part.entry;
    return [`${direction === 'DBIT' ? -amount.minor : amount.minor} ${amount.currency} ${status}`];
  });
}

interface OracleEntry {
  readonly getAmount: { readonly getAmount: string; readonly getCurrency: { readonly getCode: string } };
  readonly getStatus: string;
}

function oracleFacts(file: string): string[] {
  const { getEntries } = JSON.parse(readFileSync(file, 'utf8')) as { getEntries: readonly OracleEntry[] };
  const statuses: Readonly<Record<string, string>> = { BOOK: 'booked', PDNG: 'pending' };
  return getEntries.map(({ getAmount: amount, getStatus }) => {
    return `${BigInt(amount.getAmount)} ${amount.getCurrency.getCode} ${statuses[getStatus]}`;
  });
}
