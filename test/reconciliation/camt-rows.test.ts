import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { camtBounds, camtOf, camtParts, entriesOf, remarksOf } from '../support/camt-read.ts';

const parts = {
  Amt: '<Amt Ccy="EUR">12.30</Amt>',
  CdtDbtInd: '<CdtDbtInd>CRDT</CdtDbtInd>',
  RvslInd: '',
  Sts: '<Sts><Cd>BOOK</Cd></Sts>',
  BookgDt: '<BookgDt><Dt>2026-03-02</Dt></BookgDt>',
  ValDt: '<ValDt><Dt>2026-03-02</Dt></ValDt>',
  BkTxCd: '<BkTxCd/>',
  rest: '',
};

function row(change: Partial<typeof parts>): string {
  return `<Ntry>${Object.values({ ...parts, ...change }).join('')}</Ntry>`;
}

function transaction(inside: string): string {
  return row({ rest: `<NtryDtls><TxDtls>${inside}</TxDtls></NtryDtls>` });
}

const bad: readonly [name: string, entry: string, rule: string][] = [
  ['no amount', row({ Amt: '' }), 'missingElement Amt'],
  ['two amounts', row({ Amt: '<Amt Ccy="EUR">12.30</Amt><Amt Ccy="EUR">1</Amt>' }), 'repeatedElement Amt'],
  [
    'a comment in the amount',
    row({ Amt: '<Amt Ccy="EUR">90<!-- x -->07.10</Amt>' }),
    'interruptedAmount Amt',
  ],
  [
    'a comment before the amount',
    row({ Amt: '<Amt Ccy="EUR"><!-- x -->07.10</Amt>' }),
    'interruptedAmount Amt',
  ],
  [
    'an instruction in the amount',
    row({ Amt: '<Amt Ccy="EUR">90<?x y?>07.10</Amt>' }),
    'interruptedAmount Amt',
  ],
  [
    'a CDATA section in the amount',
    row({ Amt: '<Amt Ccy="EUR">90<![CDATA[07.10]]></Amt>' }),
    'interruptedAmount Amt',
  ],
  [
    'an amount that is a CDATA section',
    row({ Amt: '<Amt Ccy="EUR"><![CDATA[7.10]]></Amt>' }),
    'interruptedAmount Amt',
  ],
  ['an element in the amount', row({ Amt: '<Amt Ccy="EUR">90<x/>07.10</Amt>' }), 'interruptedAmount Amt'],
  [
    'a known element in the amount',
    row({ Amt: '<Amt Ccy="EUR">90<Sum>1</Sum></Amt>' }),
    'interruptedAmount Amt',
  ],
  ['no currency', row({ Amt: '<Amt>12.30</Amt>' }), 'missingCurrency Amt'],
  ['a currency with a prefix', row({ Amt: '<Amt xmlns:x="u" x:Ccy="EUR">1</Amt>' }), 'missingCurrency Amt'],
  ['a currency that is none', row({ Amt: '<Amt Ccy="EURO">12.30</Amt>' }), 'unknownCurrency Amt'],
  ['decimals beyond the currency', row({ Amt: '<Amt Ccy="EUR">12.301</Amt>' }), 'tooManyDecimals Amt'],
  ['decimals in yen', row({ Amt: '<Amt Ccy="JPY">12.30</Amt>' }), 'tooManyDecimals Amt'],
  ['a sign', row({ Amt: '<Amt Ccy="EUR">+12.30</Amt>' }), 'notAnAmount Amt'],
  ['a comma', row({ Amt: '<Amt Ccy="EUR">12,30</Amt>' }), 'notAnAmount Amt'],
  ['an exponent', row({ Amt: '<Amt Ccy="EUR">1e3</Amt>' }), 'notAnAmount Amt'],
  ['an empty amount', row({ Amt: '<Amt Ccy="EUR"/>' }), 'notAnAmount Amt'],
  ['digits of another script', row({ Amt: '<Amt Ccy="EUR">١٢</Amt>' }), 'notAnAmount Amt'],
  ['no direction', row({ CdtDbtInd: '' }), 'missingElement CdtDbtInd'],
  ['a direction that is none', row({ CdtDbtInd: '<CdtDbtInd>CR</CdtDbtInd>' }), 'unknownDirection CdtDbtInd'],
  ['two directions', row({ CdtDbtInd: parts.CdtDbtInd.repeat(2) }), 'repeatedElement CdtDbtInd'],
  ['a reversal that is no boolean', row({ RvslInd: '<RvslInd>yes</RvslInd>' }), 'notABoolean RvslInd'],
  ['a status of its own', row({ Sts: '<Sts><Prtry>HELD</Prtry></Sts>' }), 'unknownStatus Sts'],
  ['an empty status', row({ Sts: '<Sts/>' }), 'unknownStatus Sts'],
  [
    'a day that no calendar has',
    row({ BookgDt: '<BookgDt><Dt>2026-02-30</Dt></BookgDt>' }),
    'notADate BookgDt',
  ],
  ['a day in words', row({ ValDt: '<ValDt><Dt>02.03.2026</Dt></ValDt>' }), 'notADate ValDt'],
  ['an unreadable transaction amount', transaction('<Amt Ccy="EUR">1.234</Amt>'), 'tooManyDecimals Amt'],
  ['a split transaction amount', transaction('<Amt Ccy="EUR">1<!---->2</Amt>'), 'interruptedAmount Amt'],
  ['a transaction that goes nowhere', transaction('<CdtDbtInd>?</CdtDbtInd>'), 'unknownDirection CdtDbtInd'],
  [
    'a text beyond its bound',
    row({ rest: `<AddtlNtryInf>${'x'.repeat(16 * 1024 + 1)}</AddtlNtryInf>` }),
    'textTooLong AddtlNtryInf',
  ],
  [
    'a text that the bound measures in bytes',
    row({ rest: `<AddtlNtryInf>${'é'.repeat(8 * 1024 + 1)}</AddtlNtryInf>` }),
    'textTooLong AddtlNtryInf',
  ],
  [
    'more transactions than its bound',
    row({ rest: `<NtryDtls>${'<TxDtls/>'.repeat(1001)}</NtryDtls>` }),
    'tooManyDetails TxDtls',
  ],
  [
    'more elements than a transaction has',
    transaction(`<Refs>${'<Prtry/>'.repeat(5001)}</Refs>`),
    'tooManyElements Prtry',
  ],
  [
    'more batches than an entry has',
    row({ rest: '<NtryDtls><Btch/></NtryDtls>'.repeat(2501) }),
    'tooManyElements NtryDtls',
  ],
];

for (const [name, entry, rule] of bad) {
  test(`an entry with ${name} is a bad row, and the others go in`, async () => {
    const file = camtOf(`\n${row({})}\n${entry}\n${row({ CdtDbtInd: '<CdtDbtInd>DBIT</CdtDbtInd>' })}\n`);
    for (const chunkBytes of [3, 64 * 1024]) {
      const read = await camtParts(file, { chunkBytes });
      assert.deepEqual(
        entriesOf(read).map(({ direction, line }) => [direction, line]),
        [
          ['CRDT', 2],
          ['DBIT', 4],
        ],
      );
      assert.deepEqual(
        remarksOf(read).filter((remark) => remark.startsWith('badRow')),
        [`badRow ${rule} 3`],
      );
      assert.equal(read.at(-1)?.part, 'closed');
    }
  });
}

const warned: readonly [name: string, statement: string, remarks: readonly string[]][] = [
  [
    'a text longer than the schema allows',
    transaction(`<RmtInf><Ustrd>${'x'.repeat(141)}</Ustrd></RmtInf>`),
    ['textLongerThanSchema Ustrd'],
  ],
  ['no transaction code', row({ BkTxCd: '' }), ['missingElement BkTxCd']],
  ['no status in a statement', row({ Sts: '' }), ['missingElement Sts']],
  [
    'a charge that is unreadable',
    row({ rest: '<Chrgs><Rcrd><Amt Ccy="EUR">x</Amt></Rcrd></Chrgs>' }),
    ['unreadableCharge Amt'],
  ],
  [
    'an instructed amount that is unreadable',
    transaction('<AmtDtls><InstdAmt><Amt Ccy="EUR">1<!-- -->2</Amt></InstdAmt></AmtDtls>'),
    ['unreadableInstructedAmount Amt'],
  ],
  [
    'a reference told twice',
    transaction('<Refs><TxId>A</TxId><TxId>B</TxId></Refs>'),
    ['repeatedElement TxId'],
  ],
  [
    'another count in the batch',
    row({ rest: '<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch><TxDtls/></NtryDtls>' }),
    ['batchCountDiffers Btch'],
  ],
  [
    'a header element behind the entries',
    `${row({})}<CpyDplctInd>DUPL</CpyDplctInd>`,
    ['outOfOrder CpyDplctInd'],
  ],
  ['a header element twice', `<Id>T</Id>${row({})}`, ['repeatedElement Id']],
  [
    'an entry in another namespace',
    row({}).replace('<Ntry>', '<Ntry xmlns="urn:other">'),
    ['otherNamespace Ntry'],
  ],
  [
    'a balance without direction',
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt><Dt><Dt>2026-03-01</Dt></Dt></Bal>',
    ['unreadableBalance Bal'],
  ],
  [
    'a balance split by a comment',
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1<!-- -->0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>',
    ['unreadableBalance Bal'],
  ],
  [
    'a balance without a day',
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>',
    ['missingElement Dt'],
  ],
  [
    'a balance of no day',
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>soon</Dt></Dt></Bal>',
    ['notADate Dt'],
  ],
  [
    'fewer entries than its totals say',
    `<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>${row({})}`,
    ['summaryDiffers TtlNtries'],
  ],
  [
    'another sum than its totals say',
    `<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>12.31</Sum></TtlCdtNtries></TxsSummry>${row({})}`,
    ['summaryDiffers TtlCdtNtries'],
  ],
];

for (const [name, statement, remarks] of warned) {
  test(`${name} is a warning`, async () => {
    const read = await camtParts(camtOf(statement));
    assert.deepEqual(
      remarksOf(read),
      remarks.map((remark) => `warning ${remark} 1`),
    );
    assert.equal(read.at(-1)?.part, 'closed');
    const entries = statement.split('<Ntry').length - 1;
    assert.equal(entriesOf(read).length, statement.includes('NtryDtls') || entries > 0 ? 1 : 0);
  });
}

test('an account in another currency than its entries and balances is a warning each', async () => {
  const balance =
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>';
  const file = camtOf(`${balance}${row({})}`).replace('</Acct>', '<Ccy>GBP</Ccy></Acct>');
  assert.deepEqual(remarksOf(await camtParts(file)), [
    'warning otherCurrency Bal 1',
    'warning otherCurrency Amt 1',
  ]);
});

test('what an entry lacks of status is not guessed outside of a statement', async () => {
  const file = camtOf(row({ Sts: '' }))
    .replaceAll('BkToCstmrStmt', 'BkToCstmrDbtCdtNtfctn')
    .replaceAll('Stmt>', 'Ntfctn>');
  const read = await camtParts(file);
  assert.deepEqual(remarksOf(read), [
    'warning otherMessageNamespace Document 1',
    'badRow missingElement Sts 1',
  ]);
});

test('a message without identity or account is read, with a warning each', async () => {
  const file = camtOf(row({}))
    .replace('<Id>S</Id>', '')
    .replace(/<Acct>.*<\/Acct>/, '');
  const read = await camtParts(file);
  assert.deepEqual(remarksOf(read), ['warning missingElement Id 1', 'warning missingElement Acct 1']);
  assert.deepEqual(
    read.find(({ part }) => part === 'opened'),
    {
      part: 'opened',
      line: 1,
      header: {
        format: 'camt.053.001.08',
        kind: 'statement',
        id: '',
        account: {},
        createdAt: '2026-03-01T00:00:00Z',
      },
    },
  );
});

test('amounts mean what they say: white space, references to characters, zeros, the digits of the currency', async () => {
  const amounts = [
    '<Amt Ccy="EUR"> 12.30\n</Amt>',
    '<Amt Ccy="EUR">1&#50;.3</Amt>',
    '<Amt Ccy="EUR">0012.30000</Amt>',
    '<Amt Ccy="JPY">1230</Amt>',
    '<Amt Ccy="KWD">1.23</Amt>',
    '<Amt Ccy="EUR">9999999999999999.99</Amt>',
  ];
  const read = entriesOf(await camtParts(camtOf(amounts.map((Amt) => row({ Amt })).join(''))));
  assert.deepEqual(
    read.map(({ amount }) => amount.minor),
    [1230n, 1230n, 1230n, 1230n, 1230n, 999999999999999999n],
  );
});

test('text around a comment is one text where it is no amount', async () => {
  const read = await camtParts(
    camtOf(transaction('<Refs><EndToEndId>A<!-- x -->B<![CDATA[<C>]]></EndToEndId></Refs>')),
  );
  assert.deepEqual(entriesOf(read)[0]?.references, { endToEnd: 'AB<C>' });
});

test('a text with an element in it is no text, so that no half of a reference is taken for one', async () => {
  const references =
    '<Refs><EndToEndId>AB<x/>CD</EndToEndId><TxId>AB<Nm/>CD</TxId><InstrId>I</InstrId></Refs>';
  const read = await camtParts(camtOf(transaction(references)));
  assert.deepEqual(entriesOf(read)[0]?.references, { instruction: 'I' });
});

test('an entry of many transactions is read, each with a holder of its own or many elements in it', async () => {
  const bounds = { ...camtBounds, detailsMax: 20_000 };
  const inside = `<NtryDtls><TxDtls><Refs>${'<Prtry><Tp>a</Tp><Ref>b</Ref></Prtry>'.repeat(3)}</Refs></TxDtls></NtryDtls>`;
  const read = await camtParts(camtOf(row({ rest: inside.repeat(12_000) })), { bounds });
  assert.deepEqual(
    entriesOf(read).map(({ details }) => details.length),
    [12_000],
  );
});

test('past their bound warnings end with one that says so, and bad rows refuse the file', async () => {
  const bounds = { ...camtBounds, remarksMax: 3 };
  const many = await camtParts(camtOf(row({ BkTxCd: '' }).repeat(10)), { bounds });
  assert.deepEqual(remarksOf(many), [
    ...Array<string>(3).fill('warning missingElement BkTxCd 1'),
    'warning moreWarnings 1',
  ]);
  assert.equal(entriesOf(many).length, 10);
  const refused = await camtParts(camtOf(row({ Amt: '' }).repeat(4)), { bounds });
  assert.deepEqual(refused.at(-1), { part: 'refused', rule: 'tooManyBadRows', line: 1 });
});

test('no remark carries a value of the file', async () => {
  const secret = 'DE02120300000000202051';
  for (const [, entry] of bad) {
    const file = camtOf(entry.replaceAll(/>(?=<\/)/g, `>${secret}`).replaceAll('12', secret));
    const remarks = (await camtParts(file)).filter(({ part }) => part === 'remark' || part === 'refused');
    assert.equal(JSON.stringify(remarks).includes(secret), false);
  }
});

test('the page on camt says every rule', () => {
  const page = readFileSync('docs/statements-camt.md', 'utf8');
  const rules = [...bad.map(([, , rule]) => rule), ...warned.flatMap(([, , remarks]) => remarks)];
  for (const rule of new Set(rules.map((found) => found.split(' ')[0])))
    assert.match(page, new RegExp(`\\| \`${rule}\` `));
});
