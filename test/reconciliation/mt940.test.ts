import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { entriesOf, remarksOf } from '../support/camt-read.ts';
import { mt940Bounds, mt940Of, mt940Parts } from '../support/mt940-read.ts';

const fixtures = 'test/reconciliation/fixtures/mt940';

/** Parts as a golden file holds them: bigints as decimal text. */
function golden(parts: unknown): unknown {
  return JSON.parse(
    JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

for (const file of globSync(`${fixtures}/*.sta`).toSorted()) {
  test(`${basename(file)} reads as its golden file says, in chunks of every kind`, async () => {
    const bytes = readFileSync(file);
    const expected: unknown = JSON.parse(readFileSync(file.replace(/sta$/, 'json'), 'utf8'));
    for (const chunkBytes of [1, 7, 4096, 1024 * 1024]) {
      assert.deepEqual(golden(await mt940Parts(bytes, { chunkBytes })), expected);
    }
  });
}

test('a file reads the same with CRLF, with LF, and without its last line end', async () => {
  for (const file of globSync(`${fixtures}/*.sta`)) {
    const text = readFileSync(file, 'latin1');
    const expected = await mt940Parts(Buffer.from(text, 'latin1'));
    for (const variant of [text.replaceAll('\r\n', '\n'), text.replace(/\r?\n/g, '\r\n'), text.trimEnd()]) {
      assert.deepEqual(await mt940Parts(Buffer.from(variant, 'latin1')), expected, basename(file));
    }
  }
});

test('two equal bookings without a reference on one day are two entries', async () => {
  const booking = ':61:2601020102C1,00NTRFNONREF\n:86:equal';
  const [first, second, ...more] = entriesOf(await mt940Parts(mt940Of(`${booking}\n${booking}`)));
  assert.equal(more.length, 0);
  assert.deepEqual({ ...first, line: 0 }, { ...second, line: 0 });
  assert.deepEqual(first?.references, {});
});

const notStatements: readonly [string, string | Uint8Array][] = [
  ['an empty file', ''],
  ['a text', 'Dear Sir or Madam,\nplease find attached: nothing.\n'],
  ['a reference and a text alone', ':20:REF\n:86:some text\n'],
  [
    'another SWIFT message',
    '{1:F01AAAABBCCAXXX0000000000}{2:I103AAAABBCCXXXXN}{4:\n:20:X\n:25:1\n:32A:260102EUR1,00\n-}',
  ],
  ['an XML file', '<?xml version="1.0"?><Document/>'],
  ['a table', 'Date;Amount\n2026-01-02;1,00\n'],
  ['UTF-16 without a mark', Buffer.from(mt940Of(''), 'utf16le')],
];
for (const [name, file] of notStatements) {
  test(`${name} is refused whole`, async () => {
    assert.deepEqual(await lastOf(file), { part: 'refused', rule: 'notAStatement' });
  });
}

test('UTF-16 with its mark is refused', async () => {
  const file = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(mt940Of(''), 'utf16le')]);
  for (const chunkBytes of [1, 2, 4096]) {
    const parts = await mt940Parts(file, { chunkBytes });
    assert.deepEqual(parts.at(-1), { part: 'refused', rule: 'unknownEncoding', line: 1 });
  }
});

async function lastOf(file: string | Uint8Array): Promise<unknown> {
  const last = (await mt940Parts(file)).at(-1);
  assert.equal(last?.part, 'refused');
  return { part: last.part, rule: last.rule };
}

test('a message of another type among statements is passed over with a warning', async () => {
  const advice = '{1:F01X}{2:I900AAAABBCCXXXXN}{4:\n:20:A\n:21:B\n:25:1\n:32A:260102EUR1,00\n-}\n';
  const statement = `{1:F01X}{2:I940AAAABBCCXXXXN}{4:\n${mt940Of(':61:260102C1,00NTRFA')}}\n`;
  const parts = await mt940Parts(advice + statement + advice);
  assert.deepEqual(remarksOf(parts), ['warning otherMessage 2 1', 'warning otherMessage 2 16']);
  assert.equal(entriesOf(parts).length, 1);
  assert.equal(parts.filter(({ part }) => part === 'opened').length, 1);
});

const fragments: readonly [string, readonly string[]][] = [
  [':25:51210600/9223382012EUR', ['20', '28', '60', '62']],
  [':60F:C140829EUR000000000147,64\n', ['20', '25', '28', '62']],
  [':62F:C100323EUR42570,04\n-', ['20', '25', '28', '60']],
  [':28C:7/1\n', ['20', '25', '60', '62']],
];
for (const [file, missing] of fragments) {
  test(`the fragment ${file.slice(0, 5)} is read, with a warning for each field that is not there`, async () => {
    const parts = await mt940Parts(file);
    assert.deepEqual(
      remarksOf(parts),
      missing.map((tag) => `warning missingElement ${tag} 1`),
    );
    assert.equal(parts[0]?.part, 'opened');
    assert.equal(parts.at(-1)?.part, 'closed');
  });
}

const refusalOf = async (lines: string, bounds: object) =>
  (await mt940Parts(mt940Of(lines), { bounds: { ...mt940Bounds, ...bounds }, chunkBytes: 50 })).at(-1);

test('what is past a bound: bytes and bad rows refuse the file, a long text its entry', async () => {
  const rows = ':61:260102X\n'.repeat(3);
  assert.deepEqual(await refusalOf(rows, { remarksMax: 2 }), {
    part: 'refused',
    rule: 'tooManyBadRows',
    line: 7,
  });
  assert.deepEqual(await refusalOf(rows, { bytesMax: 90 }), {
    part: 'refused',
    rule: 'tooManyBytes',
    line: 3,
  });

  const bounds = { ...mt940Bounds, textBytesMax: 100 };
  const long = [`:86:${'x'.repeat(101)}`, ':86:a\n'.repeat(60), `:86:${'y\n'.repeat(101)}`].map(
    (text) => `:61:260102C1,00NTRFA\n${text}\n`,
  );
  const parts = await mt940Parts(mt940Of(`${long.join('')}:61:260102C2,00NTRFB\n:86:fits`), { bounds });
  assert.deepEqual(
    remarksOf(parts).map((remark) => remark.replace(/ [0-9]+$/, '')),
    ['badRow textTooLong 61', 'badRow textTooLong 61', 'badRow textTooLong 61'],
  );
  assert.deepEqual(
    entriesOf(parts).map(({ remittance }) => remittance),
    ['fits'],
  );
});

test('past the bound of warnings one more says that there are more', async () => {
  const bounds = { ...mt940Bounds, remarksMax: 2 };
  const parts = await mt940Parts(mt940Of(':61:260102C1NTRFA\n'.repeat(9)), { bounds });
  assert.deepEqual(remarksOf(parts), [
    'warning missingComma 61 5',
    'warning missingComma 61 6',
    'warning moreWarnings 7',
  ]);
  assert.equal(entriesOf(parts).length, 9);
});

test('a character that a bank cut in two at the end of a line spoils those two lines alone', async () => {
  const whole = Buffer.from(mt940Of(':61:260102C1,00NTRFA\n:86:Müller\nzahlt fü\nr Grün'));
  const cut = Buffer.concat([whole.subarray(0, 84), Buffer.from('\n'), whole.subarray(84)]);
  const place = whole.indexOf('ü') + 1;
  const file = Buffer.concat([whole.subarray(0, place), Buffer.from('\n'), whole.subarray(place)]);
  assert.ok(cut.length === file.length);
  const [entry] = entriesOf(await mt940Parts(file));
  assert.match(entry?.remittance ?? '', /zahlt fü r Grün$/);
});
