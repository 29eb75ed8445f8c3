/**
 * The T-SQL as it is sent, pinned, so that a change of it is seen: `node test/tools/record-t-sql.ts` writes it down anew.
 * What every text must keep to, so that SQL Server and Babelfish both run it, is asked of all of them.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { migrationTexts } from '../../src/store/mssql/schema-texts.ts';
import { tSqlTexts } from './t-sql.ts';

const golden = new URL('golden/', import.meta.url);
const texts = await tSqlTexts();

for (const [name, text] of texts) {
  test(`golden ${name}.sql`, () => {
    assert.equal(text, readFileSync(new URL(`${name}.sql`, golden), 'utf8'));
  });
}

test('no golden file is left over', () => {
  assert.deepEqual(readdirSync(golden).toSorted(), [...texts.keys()].map((name) => `${name}.sql`).toSorted());
});

const all = [...texts.values()].join('\n');

const unheardOf: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\bmerge\b/i, 'Babelfish has no MERGE'],
  [/create or alter/i, 'Babelfish has no CREATE OR ALTER'],
  [/output (?!inserted\.\*)/i, 'Babelfish has no other OUTPUT'],
  [/alter column/i, 'no column changes its type or nullability'],
  [/\bdatetime\b|\bmoney\b|\bfloat\b|\bdecimal\b|\bnumeric\b/i, 'a type that the driver rounds'],
  [/\[partner_id\] is not null/i, 'a unique index with a filter'],
];

for (const [pattern, why] of unheardOf) {
  test(`nowhere in the T-SQL: ${why}`, () => assert.doesNotMatch(all, pattern));
}

test('a hint, which Babelfish does not heed, is in a claim alone, and what it guards is asked again outside', () => {
  for (const [name, text] of texts) {
    const claims = [
      ...text.matchAll(
        / with \(rowlock, updlock, readpast\)\n  where ([^\n]+)\n  order by [^)]+\) and ([^\n]+);/g,
      ),
    ];
    assert.equal(text.match(/ with \((?!\n)[a-z, ]+\)/g)?.length ?? 0, claims.length, name);
    assert.equal(claims.length > 0, name.startsWith('write-claim'), name);
    for (const [, inside, outside] of claims) assert.equal(inside, outside);
  }
});

test('every text that is compared says that it is compared byte for byte', () => {
  const declared = [
    ...all.matchAll(/^\s+\w+ varchar\(\d+\)[^,\n']*(?:null)/gm),
    ...all.matchAll(/\[\w+\] varchar\(\d+\)[^,)]*/g),
  ];
  assert.ok(declared.length > 150, `${declared.length}`);
  for (const [column] of declared) assert.match(column, /collate Latin1_General_BIN2/);
});

test('every guard of a table is dropped and made again, and throws the number of a refusal', () => {
  const sql = migrationTexts('001_ledger');
  const triggers = sql.filter((statement) => statement.startsWith('create trigger'));
  assert.equal(triggers.length, 18);
  for (const trigger of triggers) {
    const [, name] = /^create trigger (\w+)/.exec(trigger) ?? [];
    assert.ok(sql.includes(`drop trigger if exists ${name};`));
    assert.match(trigger, / throw 51000, '\w+', 1; end;$/);
  }
});

test('every write is one transaction that undoes itself', () => {
  for (const [name, text] of texts) {
    if (!name.startsWith('write-')) continue;
    assert.match(text, /^set xact_abort on;\nset nocount on;\nset lock_timeout 2000;\n/);
    assert.equal(text.match(/begin transaction;/g)?.length, 1);
    assert.match(
      text,
      /commit transaction;\nend try\nbegin catch\nif @@trancount > 0 rollback transaction;\nthrow;\nend catch;\n$/,
    );
  }
});
