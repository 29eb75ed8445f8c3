/** The core's list as bytes: CSV and JSON, what is bad in them and what is refused, and however they are cut in pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openJsonCut } from '../../src/reconciliation/core-list/json-cut.ts';
import { coreListReader, readList } from '../../src/reconciliation/core-list/read-list.ts';
import type { CoreListSettings } from '../../src/reconciliation/core-list/settings.ts';
import { csvOf, jsonOf, shippedCoreList, type CoreLine } from '../support/core-list.ts';
import { freshSeed } from '../support/seed.ts';

const shipped = shippedCoreList();
const bounds = { rowsMax: 1_000, remarksMax: 3 };

const line = (id: string, change: Partial<CoreLine> = {}): CoreLine => ({
  id,
  amount: '10.00',
  currency: 'EUR',
  direction: 'CRDT',
  status: 'ACSC',
  time: '2026-11-22T10:00:00Z',
  ...change,
});

interface Reading {
  readonly pieceBytes?: number;
  readonly format?: 'csv' | 'json';
  readonly change?: Partial<CoreListSettings>;
}

async function read(list: string | Buffer, { pieceBytes = 7, format, change = {} }: Reading = {}) {
  const bytes = Buffer.from(list);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes)
      yield Promise.resolve(bytes.subarray(at, at + pieceBytes));
  }
  return readList(coreListReader(format, { ...shipped, ...change })(pieces()), bounds);
}

/** What of a list, or of why it was refused, a table compares. */
async function told(list: string | Buffer, reading?: Reading) {
  const found = await read(list, reading);
  if ('refused' in found) return [found.refused, found.line, found.field].filter((one) => one !== undefined);
  return {
    rows: [...found.rows.keys()],
    bad: found.remarks.map((remark) => `${remark.line} ${remark.rule} ${remark.field ?? ''}`.trim()),
  };
}

const head = { from: '2026-11-22T00:00:00Z', until: '2026-11-23T00:00:00Z' };
const header = 'id,amount,currency,direction,status,time';

test('CSV and JSON of the same payments read the same, whoever says what it is', async () => {
  const lines = [line('a'), line('b', { direction: 'withdrawal', status: 'pending' })];
  const [csv, json] = [await read(csvOf(lines)), await read(` ${jsonOf(lines, head)}\n`)];
  assert.ok('rows' in csv && 'rows' in json);
  const listed = ({ rows }: typeof csv) => [...rows.values()].map(({ row: { line: _line, ...row } }) => row);
  assert.deepEqual(listed(csv), listed(json));
  assert.deepEqual([csv.head, json.head], [{}, { ...head, payments: [] }]);
  assert.deepEqual(await told(`\uFEFF${csvOf(lines)}`), { rows: ['a', 'b'], bad: [] });
  assert.deepEqual(await told(`\uFEFF${jsonOf(lines, head)}`), { rows: ['a', 'b'], bad: [] });
});

test('CSV is read as the configuration maps it', async () => {
  const csv = {
    ...shipped.csv,
    delimiter: ';',
    encoding: 'windows-1252',
    preambleLines: 1,
    decimal: ',',
    columns: { ...shipped.csv.columns, id: 'Zahlung', time: 'Zeit', amount: 'Höhe' },
  } as const;
  const list = Buffer.from(
    'an export\nBrand;Zeit;ZAHLUNG;H\u00F6he;currency;direction;status\nlucky;2026-11-22T10:00:00Z;"a";1,5;EUR;DBIT;paid\n',
    'latin1',
  );
  const found = await read(list, { change: { csv } });
  assert.ok('rows' in found);
  assert.deepEqual(
    [...found.rows.values()].map(({ row }) => [row.id, row.line, row.amount.minor, row.brand]),
    [['a', 3, 150n, 'lucky']],
  );
});

test('a bad row is reported and spoils nothing but itself', async () => {
  const csv = `${header}\n${csvOf([line('a', { amount: 'x' }), line('b')]).slice(header.length + 1)}"c" d,1\n\nshort,1\n${csvOf([line('e')]).slice(header.length + 1)}`;
  assert.deepEqual(await told(csv), {
    rows: ['b', 'e'],
    bad: ['2 notAnAmount amount', '4 brokenQuotes', '6 otherColumnCount'],
  });
  const payments = [
    { ...line('a'), amount: '10.00' },
    { id: 'b' },
    'c',
    { ...line('d'), amount: { value: '1.001', currency: 'EUR' }, currency: undefined },
    { ...line('e'), amount: { value: '1', currency: 'EUR' }, currency: undefined },
  ];
  const json = await read(JSON.stringify({ ...head, payments }), { format: 'json' });
  assert.ok('rows' in json);
  assert.deepEqual([[...json.rows.keys()], json.badRows, json.unnamed], [['e'], 4, 1]);
  assert.deepEqual([...json.spoilt], ['a', 'b', 'd']);
  assert.deepEqual(
    json.remarks.map((remark) => `${remark.line} ${remark.rule} ${remark.field ?? ''}`.trim()),
    ['1 additionalProperties', '2 missingValue amount', '3 type'],
  );
});

test('what is no list is refused whole, with its place and without a value of it', async () => {
  const json = (text: string) => told(text, { format: 'json' });
  const row = JSON.stringify({ ...line('a'), amount: { value: '1', currency: 'EUR' }, currency: undefined });
  const list = (rows: string, more = '') =>
    `{"from":"${head.from}","until":"${head.until}"${more},"payments":[${rows}]}`;
  const table: readonly (readonly [found: Promise<object>, refused: readonly unknown[]])[] = [
    [told(''), ['missingHeader', 1]],
    [told('id;amount\n1;2\n'), ['missingColumn', 1, 'id']],
    [told('id,amount,currency,direction,status\n'), ['missingColumn', 1, 'time']],
    [told(`${header},ID\n`), ['repeatedColumn', 1, 'id']],
    [told(`${header}\n"a,1`), ['quoteNotClosed', 2]],
    [told(Buffer.from([0x69, 0xff, 0x0a])), ['notInItsEncoding', 1]],
    [json('[]'), ['notWellFormed', 1]],
    [json('{"payments":[]'), ['notWellFormed']],
    [json(list(`${row},`)), ['notWellFormed', 2]],
    [json(list('{"id":"a" "b"}')), ['notWellFormed', 1]],
    [json(list(row.replace('{', '{"id":"b",'))), ['memberRepeated', 1]],
    [json(list(row, `,"from":"${head.from}"`)), ['memberRepeated']],
    [json(list(row, ',"other":1')), ['additionalProperties']],
    [json(list(row, ',"rows":[1]')), ['additionalProperties']],
    [json('{"payments":[]}'), ['required', 'from']],
    [json(list(row, ',"partner":"A B"')), ['pattern', 'partner']],
    [json(list(`"${'x'.repeat(20_000)}"`)), ['rowTooLong', 1]],
    [json(list(row, `,"partner":"${'x'.repeat(20_000)}"`)), ['headTooLong', 1]],
    [json(`${list(row)}{}`), ['notWellFormed', 2]],
    [json(`${list(row)}x`), ['notWellFormed']],
  ];
  for (const [found, refused] of table) assert.deepEqual(await found, refused);
});

test('more rows than a list may have refuse it, and more remarks than are kept are counted', async () => {
  const many = Array.from({ length: 1_001 }, (_, place) => line(`p-${place}`));
  assert.deepEqual(await told(csvOf(many), { pieceBytes: 100_000 }), ['tooManyRows']);
  const bad = await read(csvOf(many.slice(0, 10).map((one) => ({ ...one, status: '?' }))));
  assert.ok('rows' in bad);
  assert.deepEqual([bad.badRows, bad.remarks.length, bad.rowCount], [10, 3, 10]);
});

test('a JSON list is cut into the same rows wherever its bytes are cut, whatever its texts hold', (t) => {
  const rows = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))), {
    maxLength: 6,
  });
  const around = fc.dictionary(
    fc.string().filter((name) => name !== 'payments'),
    fc.string(),
  );
  const property = fc.property(rows, around, around, fc.integer({ min: 1, max: 9 }), (...made) => {
    const [payments, before, after, size] = made;
    const text = JSON.stringify({ ...before, payments, ...after }, null, size % 3);
    const found: unknown[] = [];
    const cut = openJsonCut({ pieceMax: 10_000, row: (row) => void found.push(JSON.parse(row)) });
    for (let at = 0; at < text.length; at += size) {
      assert.equal(cut.write(text.slice(at, at + size)), undefined);
    }
    const rest = cut.end();
    assert.ok(typeof rest === 'string');
    const whole = JSON.parse(text) as { readonly payments: unknown };
    assert.deepEqual(found, whole.payments);
    assert.deepEqual(JSON.parse(rest), { ...whole, payments: [] });
  });
  fc.assert(property, { seed: freshSeed(t), numRuns: 300 });
});
