/** A report as a workbook, read back from the parts that the format has. */
import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { test } from 'node:test';
import type { Cell, Column, Report } from '../../src/reconciliation/reports/document.ts';
import { reportXlsx } from '../../src/reconciliation/reports/write-xlsx.ts';

/** The files of a zip, by the central directory (APPNOTE 4.3). */
function unzip(zip: Buffer): ReadonlyMap<string, string> {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, size, nameLength] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
    ];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + size);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    files.set(name, (method === 8 ? inflateRawSync(bytes) : bytes).toString());
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

async function sheetWith(cell: Cell, kind: Column['kind'] = 'text'): Promise<string> {
  const files = unzip(await reportXlsx(reportOf([{ title: 'Fees', cells: [cell], kind }])));
  // Whether texts are shared or written where they stand is the writer's affair.
  return ['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', 'xl/styles.xml']
    .map((name) => files.get(name) ?? '')
    .join('\n');
}

function reportOf(
  sections: readonly { title: string; cells: readonly Cell[]; kind?: Column['kind'] }[],
): Report {
  return {
    name: 'fees',
    title: 'Fees',
    parameters: [{ name: 'brand', value: 'all' }],
    sections: sections.map(({ title, cells, kind = 'text' }) => ({
      id: 'fees',
      title,
      columns: [{ id: 'it', heading: 'It', kind }],
      rows: cells.map((it) => ({ it })),
    })),
  };
}

for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '=HYPERLINK("http://x","y")']) {
  test(`${JSON.stringify(text)} is text, and no formula`, async () => {
    const xml = await sheetWith(text);
    assert.ok(xml.includes(text.replaceAll('"', '&quot;')) || xml.includes(text), xml);
    assert.doesNotMatch(xml, /<f[ >]/);
  });
}

const amounts: readonly (readonly [minor: bigint, currency: string, written: RegExp])[] = [
  [-5n, 'EUR', /<v>-0\.05<\/v>/],
  [123_456n, 'EUR', /<v>1234\.56<\/v>/],
  [123_456n, 'JPY', /<v>123456<\/v>/],
  [1_234n, 'KWD', /<v>1\.234<\/v>/],
  [999_999_999_999_999n, 'EUR', /<v>9999999999999\.99<\/v>/],
  [1_000_000_000_000_000n, 'EUR', /10000000000000\.00/],
  [9_007_199_254_740_993n, 'EUR', /90071992547409\.93/],
];

for (const [minor, currency, written] of amounts) {
  test(`${minor} minor units of ${currency} keep every digit`, async () => {
    assert.match(await sheetWith({ minor, currency }, 'money'), written);
  });
}

test('what XML cannot hold is left out, and what is too long is cut', async () => {
  const xml = await sheetWith(`a\u0000b\u001fc\ud800d<&>"${'x'.repeat(40_000)}`);
  assert.ok(xml.includes('abcd&lt;&amp;'), xml.slice(0, 2_000));
  assert.doesNotMatch(xml, /x{32768}/);
});

test('each section has a sheet of its own, whatever it is called', async () => {
  const titles = ['Open items', 'Open items', "a/b:c*d?[e]\\f'g", 'y'.repeat(80), 'y'.repeat(80)];
  const files = unzip(await reportXlsx(reportOf(titles.map((title) => ({ title, cells: [1] })))));
  const names = [...(files.get('xl/workbook.xml') ?? '').matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(
    ([, name = '']) => name,
  );
  assert.equal(new Set(names).size, titles.length);
  for (const name of names) assert.match(name, /^[^[\]:*?/\\']{1,31}$/);
  assert.deepEqual(names.slice(0, 2), ['Open items', 'Open items 2']);
});

test('the same report is the same bytes, whatever time it is, and its archive stays whole', async (t) => {
  const report = reportOf([{ title: 'Fees', cells: ['x', 1] }]);
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-22T10:00:00Z') });
  const one = await reportXlsx(report);
  t.mock.timers.setTime(Date.parse('2031-02-03T04:05:06Z'));
  assert.ok(one.equals(await reportXlsx(report)));
  assert.match(unzip(one).get('xl/workbook.xml') ?? '', /<sheet [^>]*name="Fees"/);
});
