import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { readStatement } from '../../src/reconciliation/statements/read-statement.ts';
import type { ReadOptions } from '../../src/reconciliation/statements/read-statement.ts';
import type { StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { camtBounds, camtOf, collected, inChunks } from '../support/camt-read.ts';
import { mt940Of } from '../support/mt940-read.ts';

const simple: CsvProfile = {
  name: 'simple',
  kind: 'statement',
  file: { delimiter: ';', quote: '"', encoding: 'utf-8' },
  header: { required: ['Date', 'Amount'] },
  amounts: { decimal: ',' },
  dates: ['YYYY-MM-DD'],
  statement: { account: { other: { fixed: 'A' } } },
  entry: {
    amount: { signed: 'Amount', positiveIs: 'CRDT', currency: { fixed: 'EUR' } },
    bookedOn: ['Date'],
  },
};
const wider: CsvProfile = { ...simple, name: 'wider', header: { required: ['Date', 'Amount', 'Text'] } };
const twin: CsvProfile = { ...simple, name: 'twin' };
const headless: CsvProfile = { ...simple, name: 'headless', header: { columns: ['Date', 'Amount', 'Text'] } };
const behindTwoLines: CsvProfile = {
  ...simple,
  name: 'behindTwoLines',
  file: { ...simple.file, preambleLines: 2 },
};
const wide: CsvProfile = { ...simple, name: 'wide', file: { ...simple.file, encoding: 'utf-16le' } };

const rows = '2026-01-02;1,00;hello\n2026-01-02;-2,00;"two\nlines"\n';
const csv = `Date;Amount;Text\n${rows}`;

async function parts(
  file: string | Uint8Array,
  options: ReadOptions,
  chunkBytes = 64 * 1024,
): Promise<StatementPart[]> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  return await collected(
    readStatement(
      inChunks(bytes, () => chunkBytes),
      options,
      camtBounds,
    ),
  );
}

/** The format of the first statement, or the rule of the refusal. */
async function formatOf(file: string | Uint8Array, options: ReadOptions = {}): Promise<string> {
  const found = new Set<string>();
  for (const chunkBytes of [1, 7, 64 * 1024]) {
    for (const part of await parts(file, options, chunkBytes)) {
      if (part.part === 'opened') found.add(part.header.format);
      if (part.part === 'refused') found.add(part.rule);
    }
  }
  return [...found].join(' ');
}

const camt = camtOf('');
const mt940 = mt940Of(':61:260102C1,00NTRFA');
const formats: readonly [string, string | Uint8Array, string, ReadOptions?][] = [
  ['camt', camt, 'camt.053.001.08'],
  ['camt behind a byte order mark and blanks', `\ufeff${camtOf('', '')}`, 'camt.053.001.08'],
  ['camt behind blanks', `\r\n  ${camtOf('', '')}`, 'camt.053.001.08'],
  [
    'camt in UTF-16',
    Buffer.from(`\ufeff${camtOf('', '<?xml version="1.0" encoding="UTF-16"?>')}`, 'utf16le'),
    'camt.053.001.08',
  ],
  ['XML that is no camt', '<html></html>', 'notAStatement'],
  ['MT940', mt940, 'MT940'],
  ['MT940 behind a byte order mark', `\ufeff${mt940}`, 'MT940'],
  ['MT940 behind lines of its bank', `ABNANL2A\n940\nABNANL2A\n${mt940}`, 'MT940'],
  ['MT940 in blocks', `\u0001{1:F01X}{2:I940X}{4:\r\n${mt940}}`, 'MT940'],
  ['MT942', `:20:A\n:25:1\n:28C:1\n:34F:EUR0,\n:13D:2601021015+0100\n:90D:0EUR0,\n`, 'MT942'],
  ['a fragment of MT940', ':62F:C100323EUR42570,04\n-', 'MT940'],
  ['CSV without any profile', csv, 'unknownFormat'],
  ['CSV of a profile', csv, 'csv:simple', { csvProfiles: [headless, simple] }],
  ['CSV of the profile that asks for more', csv, 'csv:wider', { csvProfiles: [simple, wider, twin] }],
  ['CSV of two profiles alike', csv, 'severalProfiles', { csvProfiles: [simple, twin] }],
  ['CSV of a profile that is named', csv, 'csv:twin', { csvProfiles: [simple, twin], csvProfile: twin }],
  ['CSV without a header line', rows, 'unknownFormat', { csvProfiles: [headless, simple] }],
  ['CSV without a header line whose profile is named', rows, 'csv:headless', { csvProfile: headless }],
  [
    'CSV with a quote that is not closed in its 64 KiB',
    `Date;Amount\n${rows}2026-01-02;"${'x'.repeat(70_000)}`,
    'quoteNotClosed',
    { csvProfiles: [simple] },
  ],
  [
    'CSV behind two lines',
    `Report\n"of" today\n${csv}`,
    'csv:behindTwoLines',
    { csvProfiles: [simple, behindTwoLines] },
  ],
  ['CSV in UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), 'csv:wide', { csvProfiles: [simple, wide] }],
  ['a header line alone', 'Date;Amount\n', '', { csvProfiles: [simple] }],
  ['a text', 'Hello world\n', 'unknownFormat', { csvProfiles: [simple, wider, behindTwoLines, wide] }],
  ['a quote that is not closed', '"Hello', 'unknownFormat', { csvProfiles: [simple, wide] }],
  ['nothing', '', 'unknownFormat', { csvProfiles: [simple] }],
  [
    'bytes that are no text',
    new Uint8Array([0xff, 0x00, 0x80]),
    'unknownFormat',
    { csvProfiles: [simple, wide] },
  ],
  ['a camt whose profile of CSV is named', camt, 'missingColumn', { csvProfile: simple }],
];
for (const [name, file, expected, options] of formats) {
  test(`${name} reads as ${expected || 'nothing, and is not refused'}`, async () => {
    assert.equal(await formatOf(file, options), expected);
  });
}

test('what was looked at is read again: a file of many chunks has all its entries', async () => {
  const many = mt940Of(':61:260102C1,00NTRFA\n:86:text\n'.repeat(10_000));
  const read = await parts(many, {}, 1000);
  assert.equal(read.filter(({ part }) => part === 'entry').length, 10_000);
});

test('the file is let go when its reader stops early, and when it is refused', async () => {
  let closed = 0;
  async function* file(text: string) {
    try {
      for (const byte of new TextEncoder().encode(text)) yield new Uint8Array([byte]);
      await Promise.resolve();
    } finally {
      closed += 1;
    }
  }
  for await (const part of readStatement(file(mt940), {}, camtBounds)) if (part.part === 'opened') break;
  assert.equal(closed, 1);
  await collected(readStatement(file('x'.repeat(70_000)), {}, camtBounds));
  assert.equal(closed, 2);
  await collected(readStatement(file(mt940), {}, camtBounds));
  assert.equal(closed, 3);
});

test('every fixture of MT940 is seen to be one', async () => {
  const folder = 'test/reconciliation/fixtures/mt940';
  for (const name of [
    'german-structured',
    'dutch-slash-words',
    'swiss-pages',
    'rabobank-old',
    'with-bad-rows',
  ]) {
    assert.equal(await formatOf(readFileSync(`${folder}/${name}.sta`)), 'MT940', name);
  }
});
