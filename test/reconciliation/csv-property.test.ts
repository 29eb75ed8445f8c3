import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { minorDigits } from '../../src/ledger/currencies.ts';
import { readCsv } from '../../src/reconciliation/statements/csv/csv.ts';
import { shippedProfiles } from '../../src/reconciliation/statements/csv/profiles/shipped.ts';
import { openRecords, type CsvRecord } from '../../src/reconciliation/statements/csv/records.ts';
import type { CsvProfile } from '../../src/reconciliation/statements/csv/profile.ts';
import { collected, entriesOf, inChunks } from '../support/camt-read.ts';
import { csvBounds, plainProfile } from '../support/csv-read.ts';
import { writeCsv } from '../support/csv-write.ts';
import { freshSeed } from '../support/seed.ts';

/** Texts with everything that CSV makes difficult. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '""', ',', ';', '\t', '|', '\n', '\r\n', "'", '=', '-', ' '),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));
const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9/.+-]{0,34}$/);
const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const chunks = fc.oneof(
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 20 }),
);

const style = fc.record({
  delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const, '|' as const),
  lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
  quotes: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  lastLineEnds: fc.boolean(),
  decimal: fc.constantFrom('.' as const, ',' as const),
  grouped: fc.boolean(),
  encoding: fc.constantFrom('utf-8' as const, 'utf-16le' as const),
  chunks,
});

const row = fc.record({
  minor: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'),
  bookedOn: day,
  reference: fc.option(word, { nil: '' }),
  text: nasty,
  name: nasty,
});

function inTurn<T>(items: readonly T[]): () => T {
  let at = 0;
  return () => items[at++ % items.length] as T;
}

function amountText(
  minor: bigint,
  currency: string,
  { decimal, grouped }: { decimal: string; grouped: boolean },
): string {
  const digits = minorDigits(currency) ?? 0;
  const padded = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const whole = padded.slice(0, padded.length - digits);
  const separator = decimal === ',' ? '.' : ',';
  const front = grouped ? whole.replace(/\B(?=(?:[0-9]{3})+$)/g, separator) : whole;
  return `${minor < 0n ? '-' : ''}${front}${digits > 0 ? decimal + padded.slice(-digits) : ''}`;
}

/** What is told of a text: no blanks around it, and of prose, no runs of them. */
const prose = (text: string): string => text.trim().replace(/\s+/g, ' ');

function linesIn(fields: readonly string[]): number {
  return fields.join('').split('\n').length;
}

test('any rows that are written as CSV read back equal, in any style, encoding and chunking', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), style, async (rows, how) => {
      const header = ['Id', 'Account', 'Booked', 'Amount', 'Currency', 'Reference', 'Text', 'Name'];
      const table = rows.map(({ minor, currency, bookedOn, reference, text, name }) => {
        return ['7', 'DE1', bookedOn, amountText(minor, currency, how), currency, reference, text, name];
      });
      const file = writeCsv([header, ...table], { ...how, quoted: inTurn(how.quotes) });
      const profile: CsvProfile = {
        ...plainProfile,
        file: { delimiter: how.delimiter, quote: '"', encoding: how.encoding },
        amounts: { decimal: how.decimal, thousands: how.decimal === ',' ? '.' : ',' },
        dates: ['YYYY-MM-DD'],
      };
      const bytes = Buffer.from(file, how.encoding === 'utf-8' ? 'utf8' : 'utf16le');
      const parts = await collected(readCsv(profile)(inChunks(bytes, inTurn(how.chunks)), csvBounds));
      let line = 1;
      const expected = rows.map(({ minor, currency, bookedOn, reference, text, name }, at) => {
        line += linesIn(table[at - 1] ?? header);
        return {
          line,
          amount: { minor: minor < 0n ? -minor : minor, currency },
          direction: minor < 0n ? 'DBIT' : 'CRDT',
          reversal: false,
          status: 'booked',
          bookedOn,
          references: reference === '' ? {} : { accountServicer: reference },
          ...(prose(text) === '' ? {} : { remittance: prose(text) }),
          ...(name.trim() === '' ? {} : { counterparty: { name: name.trim() } }),
          details: [],
        };
      });
      assert.deepEqual(entriesOf(parts), expected);
      const others = parts.flatMap((part) => (part.part === 'remark' ? [part.remark.rule] : []));
      assert.deepEqual(
        others.filter((rule) => rule !== 'severalCurrencies'),
        [],
      );
    }),
    { seed: freshSeed(t), numRuns: 150 },
  );
});

/** Records of a text that comes in pieces. */
function recordsOf(text: string, next: () => number): CsvRecord[] {
  const records: CsvRecord[] = [];
  const reading = openRecords({
    delimiter: ',',
    quote: '"',
    recordMax: 1e6,
    columnsMax: 1000,
    give: (record) => records.push(record),
    refuse: (rule) => assert.fail(rule),
    goesOn: () => true,
  });
  for (let from = 0; from < text.length;) {
    const to = from + next();
    reading.write(text.slice(from, to));
    from = to;
  }
  reading.end();
  return records;
}

test('records are those that csv-parse finds, also across the pieces that a long file is parsed in', (t) => {
  const field = fc.oneof(
    { weight: 9, arbitrary: nasty },
    { weight: 1, arbitrary: nasty.map((text) => text.repeat(3000)) },
  );
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(table, style, (rows, { lineEnd, quotes, lastLineEnds }) => {
      const file = writeCsv(rows, { delimiter: ',', lineEnd, lastLineEnds, quoted: inTurn(quotes) });
      const theirs = parse(file, { record_delimiter: ['\r\n', '\n'], relax_column_count: true });
      const ours = recordsOf(file, inTurn([1, 7, 40_000]));
      assert.deepEqual(
        ours.map(({ fields }) => fields),
        theirs,
      );
      let line = 1;
      for (const record of ours) {
        assert.equal(record.line, line);
        assert.equal(record.broken, false);
        line += linesIn(record.fields);
      }
    }),
    { seed: freshSeed(t), numRuns: 100 },
  );
});

const samples: Readonly<Record<string, string>> = {
  'adyen-settlement-details':
    'LuckyGames,Account,P1,CB-1,visa,2026-11-18 10:02:11,CET,Settled,M1,EUR,,1.00,1,EUR,,1.00,,,,,v,,1',
  'paypal-settlement': '"SB","T1","I1","","T0006",2026/11/18 01:00:00 -0800,,"CR",100,"EUR","",,""',
};

test('whatever the bytes are, a reader neither throws nor gives more than it may, and every statement is closed', async (t) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc
      .array(
        fc.oneof(
          nasty,
          fc.constantFrom('\n', ',', '"RH"', '"SH"', '"SB"', '"SF"', '0', ...Object.values(samples)),
        ),
        { maxLength: 60 },
      )
      .map((pieces) => Buffer.from(pieces.join('')) as Uint8Array),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...shippedProfiles),
      bytes,
      fc.boolean(),
      chunks,
      async (profile, noise, headed, sizes) => {
        const head =
          'required' in profile.header && headed
            ? `${profile.records === undefined ? '' : '"RH"\n"SH",2026/11/18,,A\n"CH",'}${profile.header.required.join(',')}\n`
            : '';
        const file = Buffer.concat([Buffer.from(head), noise]);
        const bounds = { ...csvBounds, textBytesMax: 100, remarksMax: 5 };
        const parts = await collected(readCsv(profile)(inChunks(file, inTurn(sizes)), bounds));
        const refusals = parts.filter(({ part }) => part === 'refused').length;
        const remarks = parts.filter(({ part }) => part === 'remark').length;
        assert.equal(remarks <= 2 * bounds.remarksMax + 1, true);
        assert.equal(refusals <= 1 && (refusals === 0 || parts.at(-1)?.part === 'refused'), true);
        if (refusals === 1) return;
        const opened = parts.filter(({ part }) => part === 'opened').length;
        assert.equal(parts.filter(({ part }) => part === 'closed').length, opened);
      },
    ),
    { seed: freshSeed(t), numRuns: 300 },
  );
});
