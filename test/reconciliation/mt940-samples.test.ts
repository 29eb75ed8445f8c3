import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import type { Entry } from '../../src/reconciliation/statements/statement.ts';
import { entriesOf, remarksOf } from '../support/camt-read.ts';
import { mt940Of, mt940Parts } from '../support/mt940-read.ts';

const shared = '../shared/data/statements';
const samples = globSync(`${shared}/mt940/*`).toSorted();
const skip = samples.length === 0 && 'no samples here';

/** Entries in a currency that is no money any more, or in none, which the other library takes. */
const withBadRows = new Map([
  ['wolph__betterplace_empty_entry_date.sta', 1],
  ['wolph__cmxl_statement_details.sta', 1],
  ['wolph__self-provided_raphaelm.sta', 9],
]);

test('every sample of banks and of other libraries is read', { skip }, async () => {
  for (const file of samples) {
    const name = basename(file);
    const parts = await mt940Parts(readFileSync(file), { chunkBytes: 100 });
    assert.equal(parts.filter(({ part }) => part === 'refused').length, 0, name);
    const opened = parts.filter(({ part }) => part === 'opened').length;
    assert.ok(opened > 0, name);
    assert.equal(parts.filter(({ part }) => part === 'closed').length, opened, name);
    const badRows = remarksOf(parts).filter((remark) => remark.startsWith('badRow')).length;
    assert.equal(badRows, withBadRows.get(name) ?? 0, name);
  }
});

test('entries, amounts and dates are those that another library reads', { skip }, async () => {
  for (const file of samples) {
    const name = basename(file);
    const oracle = `${shared}/oracle/${name.replace(/\.[a-z]+$/, '.yml')}`;
    if (!existsSync(oracle) || withBadRows.has(name)) continue;
    const entries = entriesOf(await mt940Parts(readFileSync(file)));
    assert.deepEqual(entries.map(factsOf), oracleFacts(oracle), name);
  }
});

test('what is compared with another library is the amount with its sign, but of a reversal without', async () => {
  const booked = ['C', 'D', 'RC'].map((mark) => `:61:2601020102${mark}1,50NTRFNONREF`);
  const entries = entriesOf(await mt940Parts(mt940Of(booked.join('\n'))));
  const on = '2026-01-02';
  assert.deepEqual(
    entries.map(factsOf),
    [150n, -150n, 150n].map((minor) => [minor, 'EUR', on, on]),
  );
});

/** The other library lets the reversal of a credit come in: its statements do not prove with that, so its sign is left out. */
function factsOf({ amount, direction, reversal, valueOn, bookedOn }: Entry): unknown {
  const signed = direction === 'CRDT' || reversal ? amount.minor : -amount.minor;
  return [signed, amount.currency, valueOn, bookedOn];
}

interface OracleTransaction {
  readonly data: {
    readonly amount: { readonly amount: readonly string[]; readonly currency: string };
    readonly date: unknown;
    readonly entry_date?: unknown;
  };
}

function oracleFacts(file: string): unknown[] {
  const document = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'silent' });
  const { transactions } = document.toJS({ maxAliasCount: -1 }) as {
    readonly transactions?: readonly OracleTransaction[];
  };
  return (transactions ?? []).map(({ data: { amount, date, entry_date: entryDate } }) => [
    minorOf(amount.amount[0] ?? ''),
    amount.currency,
    dayOf(date),
    dayOf(entryDate),
  ]);
}

function minorOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const minor = BigInt(whole + fraction.padEnd(2, '0'));
  return text.startsWith('-') ? -minor : minor;
}

/** Python's dates are four bytes: two of the year, month, day. */
function dayOf(date: unknown): string | undefined {
  const bytes: unknown = Array.isArray(date) ? date[0] : date;
  if (!(bytes instanceof Uint8Array)) return undefined;
  const [high = 0, low = 0, month = 0, day = 0] = bytes;
  const padded = [month, day].map((number) => String(number).padStart(2, '0'));
  return [high * 256 + low, ...padded].join('-');
}
