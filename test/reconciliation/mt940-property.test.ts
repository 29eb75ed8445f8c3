import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readMt940 } from '../../src/reconciliation/statements/mt940/mt940.ts';
import type { StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { collected, inChunks } from '../support/camt-read.ts';
import { mt940Bounds } from '../support/mt940-read.ts';
import { writeMt940 } from '../support/mt940-write.ts';
import type { Mt940Style, WrittenBooking, WrittenMt940 } from '../support/mt940-write.ts';
import { freshSeed } from '../support/seed.ts';

/** Words with single blanks between them, as they come back however they were wrapped. */
const text = (wordsMax: number) =>
  fc
    .array(fc.stringMatching(/^[A-Za-z0-9.,()äöüß€]{1,12}$/), { minLength: 1, maxLength: wordsMax })
    .map((words) => `a${words.join(' ')}`);
const reference = (maxLength: number) =>
  fc
    .stringMatching(new RegExp(`^[A-Z0-9]([A-Za-z0-9.-]{0,${maxLength - 2}}[A-Z0-9])?$`))
    .map((word) => `Q${word}`);
const iban = fc.stringMatching(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,20}[0-9]$/);
const bic = fc.stringMatching(/^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/);
const dayMs = 24 * 60 * 60 * 1000;
const day = fc
  .date({ min: new Date('1980-07-02'), max: new Date('2079-06-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const laterBy = (from: string, days: number) =>
  new Date(Date.parse(from) + days * dayMs).toISOString().slice(0, 10);

const booking = (currency: string): fc.Arbitrary<WrittenBooking> =>
  fc
    .record(
      {
        amount: fc.bigInt({ min: 0n, max: 10n ** 11n }).map((minor) => ({ minor, currency })),
        direction: fc.constantFrom('CRDT' as const, 'DBIT' as const),
        reversal: fc.boolean(),
        valueOn: day,
        days: fc.integer({ min: -180, max: 180 }),
        customerReference: reference(15),
        bankReference: reference(15),
        endToEnd: reference(34),
        mandate: reference(34),
        name: text(3).map((name) => name.slice(0, 50).trim()),
        account: iban,
        agentBic: bic,
        remittance: text(12).map((words) => words.slice(0, 140).trim()),
      },
      { requiredKeys: ['amount', 'direction', 'reversal', 'valueOn'] },
    )
    .map(({ days, ...written }) =>
      days === undefined ? written : { ...written, bookedOn: laterBy(written.valueOn, days) },
    );

const statement: fc.Arbitrary<WrittenMt940> = fc.constantFrom('EUR', 'CHF', 'JPY', 'KWD').chain((currency) =>
  fc.record(
    {
      id: reference(15),
      account: fc.oneof(iban, fc.stringMatching(/^[1-9][0-9]{7}\/[1-9][0-9]{5,9}$/)),
      sequence: fc.stringMatching(/^[1-9][0-9]{0,4}$/),
      page: fc.stringMatching(/^[1-9][0-9]{0,2}$/),
      opening: fc.record({
        amount: fc.bigInt({ min: 0n, max: 10n ** 11n }).map((minor) => ({ minor, currency })),
        direction: fc.constantFrom('CRDT' as const, 'DBIT' as const),
        on: day,
      }),
      bookings: fc.array(booking(currency), { maxLength: 6 }),
    },
    { requiredKeys: ['id', 'account', 'sequence', 'opening', 'bookings'] },
  ),
);

const style: fc.Arbitrary<Mt940Style> = fc.record({
  manner: fc.constantFrom('subfields' as const, 'slashes' as const),
  blocks: fc.boolean(),
  lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
  fundsCode: fc.boolean(),
});

/** What the reader must give for what was written, lines of the file left out. */
function expected(
  { id, account, sequence, page, opening, bookings }: WrittenMt940,
  { manner }: Mt940Style,
): unknown[] {
  const { currency } = opening.amount;
  const isIban = !account.includes('/');
  return [
    {
      part: 'opened',
      header: {
        format: 'MT940',
        kind: 'statement',
        id,
        account: { ...(isIban ? { iban: account } : { other: account }), currency },
        sequence,
        ...(page === undefined ? {} : { page: { number: page } }),
      },
    },
    { part: 'balance', balance: { type: 'OPBD', ...opening } },
    ...bookings.map((written) => ({ part: 'entry', entry: expectedEntry(written, manner) })),
    { part: 'balance', balance: { type: 'CLBD', ...opening } },
    { part: 'closed' },
  ];
}

const said = (members: object) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function expectedEntry(written: WrittenBooking, manner: Mt940Style['manner']): unknown {
  const { amount, direction, reversal, valueOn, bookedOn, customerReference, bankReference } = written;
  const { endToEnd, mandate, name, account, agentBic, remittance } = written;
  const counterparty = said({ name, account, agentBic });
  const facts = said({
    references: said({ accountServicer: bankReference, endToEnd, instruction: customerReference, mandate }),
    remittance,
    counterparty: Object.keys(counterparty).length === 0 ? undefined : counterparty,
    code:
      manner === 'subfields'
        ? { proprietary: 'NTRF+166', issuer: 'DK' }
        : { proprietary: 'NTRF', issuer: 'SWIFT' },
  });
  return said({
    amount,
    direction,
    reversal,
    status: 'booked',
    bookedOn,
    valueOn,
    ...facts,
    details: [{ amount, direction, ...facts }],
    information: manner === 'subfields' ? 'BOOKING' : undefined,
  });
}

function withoutLines(part: StatementPart): unknown {
  if (part.part === 'opened') return { part: part.part, header: part.header };
  if (part.part !== 'entry') return part;
  const { line: _line, ...entry } = part.entry;
  return { part: part.part, entry };
}

test('any statements that are written as MT940 read back equal, in whatever chunks they come', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      style,
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
      async (statements, written, sizes) => {
        const bytes = new TextEncoder().encode(writeMt940(statements, written));
        let turn = 0;
        const chunks = inChunks(bytes, () => sizes[turn++ % sizes.length] ?? 1);
        const read = await collected(readMt940(chunks, mt940Bounds));
        assert.deepEqual(
          read.map(withoutLines),
          statements.flatMap((one) => expected(one, written)),
        );
      },
    ),
    { seed: freshSeed(t), numRuns: 150 },
  );
});
