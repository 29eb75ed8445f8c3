import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { scrubBankTranscript } from '../../src/gateways/bank-soap/scrub.ts';
import { replying, scrubbedBody } from './scrubbing.ts';
import { assertCheap } from '../support/cheapest.ts';

test('a golden request without names, accounts, references and texts; money and identifiers stay', async () => {
  const before = await readFile('test/gateways/golden/deposit.request.xml', 'utf8');
  const after = await readFile('test/gateways/golden/deposit.scrubbed.xml', 'utf8');
  assert.equal(scrubbedBody(scrubBankTranscript, before), after);
});

const rows: readonly [what: string, before: string, after: string][] = [
  ['a prefix', '<a:Nm>Jane</a:Nm>', '<a:Nm>[redacted]</a:Nm>'],
  ['no prefix', '<Nm>Jane</Nm>', '<Nm>[redacted]</Nm>'],
  ['attributes and space', '<Nm lang="en" >Jane</Nm >', '<Nm lang="[redacted]" >[redacted]</Nm >'],
  ['CDATA', '<Nm><![CDATA[Jane <b> Doe]]></Nm>', '<Nm>[redacted]</Nm>'],
  ['a comment inside', '<Nm>Ja<!-- x -->ne</Nm>', '<Nm>[redacted]</Nm>'],
  ['a line break inside', '<Nm>Jane\nDoe</Nm>', '<Nm>[redacted]</Nm>'],
  ['an end that is cut off', '<Cdtr><Nm>Jane Do', '<Cdtr><Nm>[redacted]'],
  ['a beginning that is cut off', 'ane Doe</a:Nm><X>1</X>', '(22 characters that are no XML)'],
  ['an end that is cut off in a tag', '<Nm>Jane</Nm><Cd a="Jane', '<Nm>[redacted]</Nm>[redacted]'],
  ['an empty element', '<Nm/><TxSts>ACSC</TxSts>', '<Nm/><TxSts>ACSC</TxSts>'],
  ['an element that nobody knows', '<Nick>JD</Nick>', '<Nick>[redacted]</Nick>'],
  ['a name where a code belongs', '<Cd>Jane Doe</Cd>', '<Cd>[redacted]</Cd>'],
  ['a code in CDATA', '<Cd><![CDATA[AC04]]></Cd>', '<Cd>[redacted]</Cd>'],
  ['text behind a code', '<Cd>AC04</Cd>Jane', '<Cd>AC04</Cd>[redacted]'],
  [
    'a name in an attribute',
    '<Amt Ccy="Jane" n="Doe" xmlns:a="urn:a">1</Amt>',
    '<Amt Ccy="[redacted]" n="[redacted]" xmlns:a="urn:a">1</Amt>',
  ],
  ['an instruction for something else', '<?xml Jane?><Cd>A</Cd>', '[redacted]<Cd>A</Cd>'],
  ['a page', '<html><h1>Jane Doe</h1><br>', '<html><h1>[redacted]</h1><br>'],
  ['a token', '<PmtTkn>tok_1</PmtTkn>', '<PmtTkn>[redacted]</PmtTkn>'],
  ['an account', '<Othr>1234 5678</Othr>', '<Othr>[redacted]</Othr>'],
  [
    'free text',
    '<RmtInf>for Jane</RmtInf><AddtlInf>Jane has gone</AddtlInf>',
    '<RmtInf>[redacted]</RmtInf><AddtlInf>[redacted]</AddtlInf>',
  ],
  ['two of a kind', '<Nm>A</Nm><Cd>1</Cd><Nm>B</Nm>', '<Nm>[redacted]</Nm><Cd>1</Cd><Nm>[redacted]</Nm>'],
  ['a text of the server', 'no account DE89370400440532013000 here', '(38 characters that are no XML)'],
  [
    'an IBAN under a known name',
    '<AcctSvcrRef>DE89370400440532013000</AcctSvcrRef>',
    '<AcctSvcrRef>[redacted]</AcctSvcrRef>',
  ],
  ['a line that looks like ours', '<Nm>\n< 200 Jane</Nm>', '<Nm>[redacted]</Nm>'],
  [
    'our lines',
    '<html>\n> Debtor: Jan Novak, Praha 4\n> psp-key-id: Jan\n</html>',
    '<html>[redacted]</html>',
  ],
  [
    'what is not personal',
    '<InstrId>0190f5e27c0a7c00a000000000000001</InstrId><Amt Ccy="EUR">10.10</Amt><TxSts>RJCT</TxSts><Cd>AC04</Cd>',
    '<InstrId>0190f5e27c0a7c00a000000000000001</InstrId><Amt Ccy="EUR">10.10</Amt><TxSts>RJCT</TxSts><Cd>AC04</Cd>',
  ],
];

for (const [what, before, after] of rows) {
  test(`a transcript with ${what}`, () => assert.equal(scrubbedBody(scrubBankTranscript, before), after));
}

test('a hostile transcript is scrubbed in time', async () => {
  await assertCheap(2_000, () => {
    for (const piece of [
      '<Nm>',
      '<Nm ',
      '<a:Nm',
      '</Nm>',
      '<Nm>x</Nm',
      'x</Nm ',
      '<a b="c" ',
      'b="c" ',
      '<!--',
      '<![CDATA[',
      '\n',
      '<a\t',
    ])
      scrubBankTranscript(replying(`<a ${piece.repeat(20_000)}`));
  });
});
