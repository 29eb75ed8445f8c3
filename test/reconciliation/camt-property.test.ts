import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readCamt } from '../../src/reconciliation/statements/camt/camt.ts';
import type { Entry, EntryDetail, StatementPart } from '../../src/reconciliation/statements/statement.ts';
import { camtBounds, collected, inChunks } from '../support/camt-read.ts';
import { writeCamt } from '../support/camt-write.ts';
import type { CamtStyle, WrittenDetail, WrittenEntry, WrittenStatement } from '../support/camt-write.ts';
import { freshSeed } from '../support/seed.ts';

const text = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: Math.ceil(maxLength / 8) })
    .map((words) => words.trim())
    .filter((words) => words !== '' && words.length <= maxLength);
const word = fc.stringMatching(/^[A-Za-z0-9/.+-]{1,35}$/).filter((found) => found !== 'NOTPROVIDED');
const code = fc.stringMatching(/^[A-Z]{4}$/);
const iban = fc.stringMatching(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/);
const other = fc.stringMatching(/^[0-9]{5,12}$/);
const bic = fc.stringMatching(/^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/);
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instant = day.map((date) => `${date}T24:00:00+14:00`);
const money = fc.record({
  minor: fc.bigInt({ min: 0n, max: 10n ** 15n }),
  currency: fc.constantFrom('EUR', 'CHF', 'JPY', 'KWD', 'CLF'),
});
const direction = fc.constantFrom('CRDT' as const, 'DBIT' as const);

/** Every member there or not; none of them undefined. */
function some<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const party = some({ name: text(140), account: fc.oneof(iban, other), agentBic: bic });
const transactionCode = fc.record(
  { domain: code, family: code, subFamily: code, proprietary: word, issuer: word },
  { requiredKeys: ['domain'] },
);
const charges = fc.array(fc.record({ amount: money, direction, kind: code }), { minLength: 1, maxLength: 3 });
const references = some({
  accountServicer: word,
  endToEnd: word,
  instruction: word,
  transaction: word,
  uetr: fc.uuid(),
  message: word,
  paymentInformation: word,
  mandate: word,
  clearing: word,
  cheque: word,
  creditor: word,
  other: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
});

const detail: fc.Arbitrary<WrittenDetail> = fc
  .record(
    {
      references,
      lines: fc.array(text(140), { maxLength: 3 }),
      amount: money,
      direction,
      counterparty: fc.record(
        { name: text(140), account: fc.oneof(iban, other), agentBic: bic },
        { requiredKeys: ['name'] },
      ),
      self: party,
      code: transactionCode,
      charges,
      returned: some({ code, text: text(105) }).filter((found) => Object.keys(found).length > 0),
      instructed: money,
      information: text(500),
    },
    { requiredKeys: ['references', 'lines', 'counterparty'] },
  )
  // An empty transaction is not written at all, and one in the booked amount is not told apart from it.
  .map((found) => ({ ...found, references: { transaction: 'T', ...found.references } }));

const entry: fc.Arbitrary<WrittenEntry> = fc.record(
  {
    amount: money,
    direction,
    reversal: fc.boolean(),
    status: fc.constantFrom('booked' as const, 'pending' as const, 'information' as const, 'future' as const),
    bookedOn: day,
    valueOn: day,
    references: some({ entry: word, accountServicer: word }),
    code: transactionCode,
    charges,
    details: fc.array(detail, { maxLength: 3 }),
    information: text(500),
  },
  { requiredKeys: ['amount', 'direction', 'reversal', 'status', 'references', 'details'] },
);

const statement: fc.Arbitrary<WrittenStatement> = fc.record({
  header: fc.record(
    {
      id: word,
      account: fc.oneof(
        fc.record({ iban, name: text(70), servicerBic: bic }, { requiredKeys: ['iban'] }),
        fc.record({ other }),
      ),
      sequence: fc.stringMatching(/^[0-9]{1,18}$/),
      page: fc.record({ number: other, last: fc.boolean() }, { requiredKeys: ['number'] }),
      createdAt: instant,
      from: instant,
      to: instant,
      duplicate: fc.constant(true),
    },
    { requiredKeys: ['id', 'account', 'createdAt'] },
  ),
  balances: fc.array(fc.record({ type: code, amount: money, direction, on: day }), { maxLength: 4 }),
  entries: fc.array(entry, { maxLength: 4 }),
});

const layout = fc.record({
  version: fc.constantFrom('02' as const, '08' as const, '13' as const),
  message: fc.constantFrom('camt.052' as const, 'camt.053' as const, 'camt.054' as const),
  prefix: fc.constantFrom('' as const, 'iso:' as const),
  gaps: fc.array(fc.constantFrom('', '\n', '\r\n\t', ' ', '<!-- <Ntry> -->', '<?x y?>'), { minLength: 1 }),
  amounts: fc.array(fc.constantFrom('', 'front', 'behind', 'around'), { minLength: 1 }),
  encoding: fc.constantFrom('UTF-8', 'UTF-16'),
  chunks: fc.oneof(
    fc.constant([1]),
    fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 20 }),
  ),
});

function inTurn<T>(items: readonly T[]): () => T {
  let at = 0;
  return () => items[at++ % items.length] as T;
}

function bytesOf(file: string, encoding: string): Uint8Array {
  const declared = `<?xml version="1.0" encoding="${encoding}"?>${file}`;
  return encoding === 'UTF-8' ? Buffer.from(declared) : Buffer.from(`\uFEFF${declared}`, 'utf16le').swap16();
}

const zeros: Readonly<Record<string, (amount: string) => string>> = {
  front: (amount) => `000${amount}`,
  behind: (amount) => (amount.includes('.') ? `${amount}00` : `${amount}.0`),
  around: (amount) => ` \n${amount}\t`,
};

/** The detail as it is told: an instructed amount only where it is another than what was booked. */
function toldDetail(
  { lines, self: _self, instructed, ...facts }: WrittenDetail,
  booked: WrittenEntry,
): EntryDetail {
  const amount = facts.amount ?? booked.amount;
  const differs = instructed?.minor !== amount.minor || instructed.currency !== amount.currency;
  return {
    ...facts,
    ...(lines.length === 0 ? {} : { remittance: lines.join(' ') }),
    ...(instructed !== undefined && differs ? { instructed } : {}),
  };
}

/** The entry as it is told: the facts of its only transaction stand on itself where it has none of its own. */
function toldEntry(written: WrittenEntry): Omit<Entry, 'line'> {
  const details = written.details.map((found) => toldDetail(found, written));
  const [only, second] = details;
  if (only === undefined || second !== undefined) return { ...written, details };
  const { amount: _amount, direction: _direction, references: refs, ...facts } = only;
  return { ...facts, ...written, references: { ...refs, ...written.references }, details };
}

const kinds = { 'camt.052': 'report', 'camt.053': 'statement', 'camt.054': 'notification' } as const;

function told(
  written: readonly WrittenStatement[],
  { message, version }: Pick<CamtStyle, 'message' | 'version'>,
): unknown[] {
  return written.flatMap(({ header, balances, entries }) => [
    { part: 'opened', header: { format: `${message}.001.${version}`, kind: kinds[message], ...header } },
    ...balances.map((balance) => ({ part: 'balance', balance })),
    ...entries.map((found) => ({ part: 'entry', entry: toldEntry(found) })),
    { part: 'closed' },
  ]);
}

/** Parts without their lines, which depend on the layout. */
function withoutLines(parts: readonly StatementPart[]): unknown[] {
  return parts.map((part) => {
    if (part.part === 'entry') {
      const { line, ...rest } = part.entry;
      assert.ok(line > 0);
      return { part: 'entry', entry: rest };
    }
    if (part.part === 'opened') return { part: 'opened', header: part.header };
    return part;
  });
}

test('any statement that is written as camt reads back equal, in any version, layout, encoding and chunking', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 3 }), layout, async (written, found) => {
      const { gaps, amounts, chunks, encoding, ...style } = found;
      const nextAmount = inTurn(amounts);
      const file = writeCamt(written, {
        ...style,
        gap: inTurn(gaps),
        amount: (amount) => zeros[nextAmount()]?.(amount) ?? amount,
      });
      const source = inChunks(bytesOf(file, encoding), inTurn(chunks));
      const parts = await collected(readCamt(source, camtBounds));
      assert.deepEqual(withoutLines(parts), structuredClone(told(written, style)));
    }),
    { seed: freshSeed(t), numRuns: 60 },
  );
});
