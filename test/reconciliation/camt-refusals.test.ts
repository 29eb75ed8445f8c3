import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readCamt } from '../../src/reconciliation/statements/camt/camt.ts';
import { camtBounds, camtOf, camtParts, collected, entriesOf } from '../support/camt-read.ts';

const entry =
  '<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BkTxCd/></Ntry>';
const good = camtOf(entry);

/** Texts that no XML parser may take; each stands where a careless one would read on. */
const notXml: Readonly<Record<string, string>> = {
  'an attribute twice': camtOf(entry.replace('Ccy="EUR"', 'Ccy="EUR" Ccy="JPY"')),
  'two roots': `${good}${good.replace(/^<\?xml[^>]*>/, '')}`,
  'text behind the root': `${good}x`,
  'text before the root': `x${good}`,
  'CDATA behind the root': `${good}<![CDATA[x]]>`,
  'the end of a CDATA section in text': camtOf(`${entry}]]>`),
  'two hyphens in a comment': camtOf(`<!-- a -- b -->${entry}`),
  'a comment without end': `${good}<!-- `,
  NUL: camtOf(`${entry}\u0000`),
  'a control character': camtOf(`${entry}\u0001`),
  'a reference to a control character': camtOf(`${entry}&#1;`),
  'a character that is none': camtOf(`${entry}\uFFFE`),
  'a bare ampersand': camtOf(`${entry}a & b`),
  'an entity of nobody': camtOf(`${entry}&amount;`),
  'an entity with the name of a member': camtOf(`${entry}&constructor;`),
  'a prefix of nobody': camtOf(`<x:Ntry/>${entry}`),
  'an attribute with < in it': camtOf(entry.replace('"EUR"', '"<"')),
  'an instruction without target': camtOf(`<??>${entry}`),
  'an instruction whose name runs on': camtOf(`<?a?b ?>${entry}`),
  'a declaration further down': camtOf(`<?xml version="1.0"?>${entry}`),
  'a declaration behind a space': ` ${good}`,
  'a declaration without version': camtOf(entry, '<?xml encoding="UTF-8"?>'),
  'an element without end': good.replace('</Document>', ''),
  'elements that cross': camtOf(`<Ntry><Amt></Ntry></Amt>`),
  'an attribute without quotes': camtOf(entry.replace('"EUR"', 'EUR')),
  nothing: '',
  'white space alone': '\n \n',
  MT940: '{1:F01EXAMDEFFXXXX0000000000}{4:\r\n:20:STARTUMS\r\n-}',
  JSON: '{"statements":[]}',
};

for (const [name, file] of Object.entries(notXml)) {
  test(`${name} is not well-formed, and the file is refused`, async () => {
    for (const chunkBytes of [1, 64 * 1024]) {
      const parts = await camtParts(file, { chunkBytes });
      assert.deepEqual({ ...parts.at(-1), line: 0 }, { part: 'refused', rule: 'notWellFormed', line: 0 });
    }
  });
}

const others: Readonly<Record<string, readonly [file: string, rule: string]>> = {
  'a DOCTYPE': [good.replace('?>', '?><!DOCTYPE Document>'), 'doctype'],
  'a DOCTYPE without end': [
    good.replace(/\?>.*/, `?><!DOCTYPE Document [${'<!-- -->'.repeat(9000)}`),
    'tokenTooLong',
  ],
  'another root': [good.replaceAll('Document', 'Envelope'), 'notAStatement'],
  'no message': ['<Document/>', 'notAStatement'],
  'two messages': [good.replace('</Document>', '<BkToCstmrAcctRpt/></Document>'), 'notAStatement'],
  'an HTML page': ['<html><body>404</body></html>', 'notAStatement'],
  'elements deeper than their bound': [camtOf('<a>'.repeat(70) + '</a>'.repeat(70)), 'tooDeep'],
  'a text far beyond its bound': [
    camtOf(`<AddtlStmtInf>${'x'.repeat(33_000)}</AddtlStmtInf>`),
    'tokenTooLong',
  ],
  'a comment far beyond its bound': [camtOf(`<!--${'x'.repeat(33_000)}-->`), 'tokenTooLong'],
  'a name far beyond its bound': [camtOf(`<${'x'.repeat(33_000)}/>`), 'tokenTooLong'],
  'a header text beyond its bound': [
    camtOf(entry).replace('<Id>S</Id>', `<Id>${'x'.repeat(17_000)}</Id>`),
    'textTooLong',
  ],
  'a header of many elements': [camtOf(`<FrToDt>${'<FrDtTm/>'.repeat(5001)}</FrToDt>`), 'tooManyElements'],
  'many attributes': [
    camtOf(`<Ntry ${Array.from({ length: 65 }, (_, at) => `a${at}=""`).join(' ')}/>`),
    'tooManyAttributes',
  ],
};

for (const [name, [file, rule]] of Object.entries(others)) {
  test(`a file with ${name} is refused: ${rule}`, async () => {
    for (const chunkBytes of [1, 64 * 1024]) {
      const last = (await camtParts(file, { chunkBytes })).at(-1);
      assert.equal(last?.part === 'refused' ? last.rule : last?.part, rule);
    }
  });
}

test('a file of more bytes than its bound is refused, and one of as many is read', async () => {
  const last = async (bytesMax: number) =>
    (await camtParts(good, { bounds: { ...camtBounds, bytesMax } })).at(-1);
  assert.deepEqual(await last(good.length - 1), { part: 'refused', rule: 'tooManyBytes', line: 1 });
  assert.deepEqual(await last(good.length), { part: 'closed' });
});

test('a large file that is cut at its very end is refused, after its entries were told', async () => {
  const file = camtOf(entry.repeat(20_000));
  for (const cut of [1, 12, 100]) {
    const parts = await camtParts(file.slice(0, -cut));
    assert.equal(entriesOf(parts).length > 19_000, true);
    assert.deepEqual(parts.at(-1), { part: 'refused', rule: 'notWellFormed', line: 1 });
  }
});

test('nothing is told after a refusal, and no more of the file is asked for', async () => {
  let asked = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked += 1;
      yield await Promise.resolve(new TextEncoder().encode('<html>'));
    }
  }
  const parts = await collected(readCamt(endless(), camtBounds));
  assert.deepEqual(parts, [{ part: 'refused', rule: 'notAStatement', line: 1 }]);
  assert.equal(asked, 1);
});

const name = 'Zoë Straße';
const named = (declaration: string): string =>
  camtOf('', declaration).replace('<Id><IBAN>', `<Nm>${name}</Nm><Id><IBAN>`);
const declared = (encoding: string): string => named(`<?xml version="1.0" encoding="${encoding}"?>`);
const bom = '\uFEFF';
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

const encodings: readonly [what: string, bytes: Uint8Array, read: string][] = [
  ['UTF-8 without a declaration', Buffer.from(named('')), name],
  ['UTF-8 with a byte order mark', Buffer.from(`${bom}${declared('utf-8')}`), name],
  ['UTF-8 in single quotes', Buffer.from(declared('UTF-8').replaceAll('"', "'")), name],
  ['UTF-16, little-endian', utf16(`${bom}${declared('UTF-16')}`), name],
  ['UTF-16, big-endian', utf16(`${bom}${declared('UTF-16')}`).swap16(), name],
  ['ISO-8859-1', bytesOf(declared('ISO-8859-1')), name],
  ['Windows-1252', bytesOf(declared('windows-1252').replace('ß', '\u0080')), 'Zoë Stra€e'],
  [
    'ISO-8859-1 with the euro sign of Windows-1252',
    bytesOf(declared('iso-8859-1').replace('ß', '\u0080')),
    'Zoë Stra€e',
  ],
  ['ISO-8859-15', bytesOf(declared('ISO-8859-15').replace('ß', '\u00A4')), 'Zoë Stra€e'],
  ['ISO-8859-2', bytesOf(declared('ISO-8859-2').replace('ß', '\u00B3')), 'Zoë Strałe'],
  ['Windows-1250', bytesOf(declared('windows-1250').replace('ß', '\u009C')), 'Zoë Straśe'],
  ['US-ASCII', Buffer.from(declared('US-ASCII').replace(name, 'Zoe Strasse')), 'Zoe Strasse'],
  ['letters beyond US-ASCII', Buffer.from(declared('US-ASCII')), 'notInItsEncoding'],
  ['bytes that are no UTF-8', bytesOf(declared('UTF-8')), 'notInItsEncoding'],
  ['half a character at the end', Buffer.concat([Buffer.from(good), Buffer.of(0xc3)]), 'notInItsEncoding'],
  ['UTF-7', Buffer.from(declared('UTF-7')), 'unknownEncoding'],
  ['EBCDIC by name', Buffer.from(declared('IBM037')), 'unknownEncoding'],
  ['an encoding with the name of a member', Buffer.from(declared('constructor')), 'unknownEncoding'],
  ['UTF-16 without a mark', utf16(declared('UTF-16')), 'unknownEncoding'],
  ['UTF-16 in bytes of UTF-8', Buffer.from(declared('UTF-16')), 'unknownEncoding'],
  ['UTF-32', Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0), Buffer.alloc(100)]), 'unknownEncoding'],
  [
    'a mark of UTF-8 before ISO-8859-1',
    Buffer.from(`${bom}${declared('ISO-8859-1')}`),
    'encodingContradiction',
  ],
  ['a mark of UTF-16 before UTF-8', utf16(`${bom}${declared('UTF-8')}`), 'encodingContradiction'],
];

for (const [what, bytes, read] of encodings) {
  test(`${what} reads as ${read}`, async () => {
    for (const chunkBytes of [1, 5, 64 * 1024]) {
      const parts = await camtParts(bytes, { chunkBytes });
      const [first] = parts;
      const last = parts.at(-1);
      const found =
        last?.part === 'refused' ? last.rule : first?.part === 'opened' && first.header.account.name;
      assert.equal(found, read);
    }
  });
}

test('the page on camt says every refusal', () => {
  const page = readFileSync('docs/statements-camt.md', 'utf8');
  const found = [...Object.values(others), ...encodings.map(([, , rule]) => ['', rule])].map(
    ([, rule]) => rule ?? '',
  );
  const rules = [
    ...found.filter((rule) => /^[a-z]+[A-Z]/.test(rule)),
    'doctype',
    'notWellFormed',
    'tooManyBytes',
    'tooManyBadRows',
  ];
  for (const rule of new Set(rules)) assert.match(page, new RegExp(`\\| \`${rule}\` `));
});
