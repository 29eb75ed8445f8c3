import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { XmlDocument, XmlElement } from 'libxml2-wasm';
import { readStatementAmount } from '../../src/reconciliation/statements/amount.ts';
import type { StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { camtParts } from '../support/camt-read.ts';
import { freshSeed } from '../support/seed.ts';

const files = globSync('test/reconciliation/fixtures/camt/*.xml')
  .toSorted()
  .map((file) => readFileSync(file));

/** What damages markup most. */
const pieces = [
  '<',
  '>',
  '&',
  '"',
  '/',
  ' ',
  '=',
  ':',
  ']]>',
  '<!--',
  '-->',
  '<![CDATA[',
  '<?',
  '?>',
  '<?x y?>',
  '<!-- x -->',
  '&#0;',
  '&#49;',
  '&lt;',
  '&amount;',
  '\u0000',
  '\u0001',
  '\uFFFE',
  'q:',
  '<Amt>',
  '</Amt>',
  '<x/>',
  '<Amt/>',
  '<Ntry>',
  '</Ntry>',
  '<?xml version="1.0"?>',
  '<Amt Ccy="EUR">1</Amt>',
  'Ccy="EUR"',
  '9',
  '.',
  '-',
].map((text) => Buffer.from(text));

const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof(fc.constant(0), fc.nat({ max: 8 })),
  insert: fc.oneof(
    fc.constantFrom(...pieces),
    fc.uint8Array({ maxLength: 1 }).map((bytes) => Buffer.from(bytes)),
  ),
});

function damaged(file: Buffer, hits: readonly { at: number; cut: number; insert: Buffer }[]): Buffer {
  return hits.reduce((bytes, { at, cut, insert }) => {
    const from = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + cut)]);
  }, file);
}

/** The amount of every entry as libxml2 reads its text, or why it does not read the file. */
function byLibxml(bytes: Uint8Array): (string | undefined)[] | 'notXml' | 'oddNamespace' {
  try {
    using document = XmlDocument.fromBuffer(bytes);
    return document.find('/*/*/*/*[local-name()="Ntry"]').map((entry) => {
      const [amount] = entry instanceof XmlElement ? entry.find('./*[local-name()="Amt"]') : [];
      return amount?.content.trim();
    });
  } catch (error) {
    // Libxml2 wants a namespace to be a URI, which XML does not.
    return error instanceof Error && /is not (a valid URI|absolute)/.test(error.message)
      ? 'oddNamespace'
      : 'notXml';
  }
}

const beforeXml = new Set([
  'notWellFormed',
  'notInItsEncoding',
  'unknownEncoding',
  'encodingContradiction',
  'doctype',
]);
const beforeRows = new Set([...beforeXml, 'notAStatement', 'noStatement', 'tooDeep']);

test('a damaged file is refused where libxml2 refuses it, and no entry that is told has another amount than libxml2 reads', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: files.length - 1 }),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 5000 }),
      async (which, hits, chunkBytes) => {
        const bytes = damaged(files[which] ?? Buffer.alloc(0), hits);
        const parts = await camtParts(bytes, { chunkBytes });
        const last = parts.at(-1);
        const refused = last?.part === 'refused' ? last.rule : undefined;
        const theirs = byLibxml(bytes);
        if (theirs === 'notXml') assert.ok(beforeRows.has(refused ?? ''), `read, or refused as ${refused}`);
        if (typeof theirs === 'string') return;
        if (refused === undefined) compareRows(parts, theirs);
        else assert.ok(!beforeXml.has(refused) || refused === 'unknownEncoding', refused);
      },
    ),
    { seed: freshSeed(t), numRuns: 3000 },
  );
});

/** Entries and bad rows come in the order of the file's entries. */
function compareRows(parts: readonly StatementPart[], theirs: readonly (string | undefined)[]): void {
  const rows = parts.filter(
    (part) => part.part === 'entry' || (part.part === 'remark' && part.remark.level === 'badRow'),
  );
  assert.equal(rows.length, theirs.length);
  for (const [at, row] of rows.entries()) {
    if (row.part !== 'entry') continue;
    const { minor, currency } = row.entry.amount;
    assert.deepEqual(readStatementAmount(theirs[at] ?? '', currency), { minor, currency });
  }
}
