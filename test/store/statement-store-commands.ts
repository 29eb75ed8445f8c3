import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type {
  Break,
  BreakAct,
  BreakResolution,
  ExpectedItem,
  FileEnd,
  KeyedEntry,
  ReceivedFile,
  RecordBreakAct,
  RecordMatch,
  StatementFacts,
  StatementStore,
} from '../../src/reconciliation/statement-store.ts';
import type { Entry, EntryDetail } from '../../src/reconciliation/statements/statement.ts';
import { entriesOf, type Posting } from '../../src/ledger/entries.ts';
import { settlementReported } from '../../src/ledger/settlement-postings.ts';
import { someTime } from '../support/payments.ts';

/** Commands as importing, matching and people make them, each with ids of its own, so that tests can share a ledger. */

export const unique = (): string => randomUUID();

/** Sorts as it was made, as UUIDv7 does. */
let made = 0;
export function orderedId(): string {
  made += 1;
  const time = Date.now().toString(16).padStart(12, '0');
  const place = made.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${place}-${unique().slice(19)}`;
}

export function file(changes: Partial<ReceivedFile> = {}): ReceivedFile {
  return {
    id: orderedId(),
    sha256: createHash('sha256').update(unique()).digest('hex'),
    name: 'Auszug "März".xml',
    source: 'person',
    sizeBytes: 123_456,
    receivedAt: someTime,
    ...changes,
  };
}

export function end(fileId: string, changes: Partial<FileEnd> = {}): FileEnd {
  return {
    fileId,
    state: 'read',
    format: 'camt.053.001.08',
    statements: 1,
    entries: 2,
    badRows: 0,
    warnings: 1,
    remarks: [{ level: 'warning', line: 7, rule: 'balance type', field: 'Bal' }],
    endedAt: new Date(someTime.getTime() + 1_000),
    ...changes,
  };
}

export function statement(fileId: string, changes: Partial<StatementFacts> = {}): StatementFacts {
  return {
    id: orderedId(),
    fileId,
    ordinal: 0,
    accountKey: 'DE02120300000000202051',
    header: {
      format: 'camt.053.001.08',
      kind: 'statement',
      id: 'STMT-1',
      account: { iban: 'DE02120300000000202051', name: 'Lucky Ltd' },
    },
    currency: 'EUR',
    opening: { minor: 9_007_199_254_740_993n, on: '2026-11-21' },
    closing: { minor: -5n, on: '2026-11-22' },
    creditMinor: 0n,
    debitMinor: 5n,
    feesMinor: 0n,
    entries: 2,
    payouts: 0,
    badRows: 0,
    proof: { kind: 'differs', differenceMinor: 3n },
    ...changes,
  };
}

export function booking(changes: Partial<Entry> = {}): Entry {
  return {
    line: 12,
    amount: { minor: 1_000n, currency: 'EUR' },
    direction: 'CRDT',
    reversal: false,
    status: 'booked',
    bookedOn: '2026-11-22',
    valueOn: '2026-11-23',
    references: { accountServicer: unique(), endToEnd: 'NOTPROVIDED' },
    remittance: 'Zahlung ~ "42"\\\n2',
    counterparty: { name: 'Jürgen Ünal 👋', account: 'DE1' },
    details: [],
    ...changes,
  };
}

export function detail(minor: bigint, reference = unique()): EntryDetail {
  return { amount: { minor, currency: 'EUR' }, references: { endToEnd: reference } };
}

export function keyed(entry: Entry = booking(), fingerprint = unique(), occurrence = 1): KeyedEntry {
  return { key: `${fingerprint}:${occurrence}`, fingerprint, entry };
}

export interface Told {
  readonly account?: string;
  readonly entries?: readonly KeyedEntry[];
  readonly facts?: Partial<StatementFacts>;
  /** Without a closing balance. */
  readonly unclosed?: boolean;
  /** Absent: the file is not read to its end. */
  readonly state?: FileEnd['state'] | 'open';
}

/** A file with one statement and its entries. */
export async function told(statements: StatementStore, wanted: Told = {}) {
  const { account, entries = [], state = 'read' } = wanted;
  const received = file();
  await statements.receiveFile(received);
  const { closing, ...open } = statement(received.id, {
    ...(account !== undefined && { account }),
    ...wanted.facts,
  });
  const facts = { ...open, ...(closing && wanted.unclosed !== true && { closing }) };
  await statements.recordStatements({ fileId: received.id, statements: [facts] });
  const command = {
    fileId: received.id,
    statementId: facts.id,
    accountKey: facts.accountKey,
    ...(account !== undefined && { account }),
    entries,
  };
  const { added } = await statements.recordEntries(command);
  if (state !== 'open') await statements.endFile(end(received.id, { state }));
  return { received, facts, command, added };
}

export function part(fileId: string, ordinal: number, bytes: Uint8Array) {
  return { fileId, ordinal, gzip: gzipSync(bytes) };
}

export function item(changes: Partial<ExpectedItem> = {}): ExpectedItem {
  return {
    key: `${unique()}:completed:1`,
    expectedIn: 'bank',
    gateway: `gateway-${unique().slice(0, 8)}`,
    brand: 'lucky',
    direction: 'CRDT',
    amount: { minor: 1_000n, currency: 'EUR' },
    kind: 'payment',
    effectiveAt: someTime,
    dueOn: '2026-11-25',
    references: [unique().toUpperCase()],
    ...changes,
  };
}

/** Entries of a match or an act, in one group. */
export function postingsOf(id: string, postings: readonly Posting[]) {
  return entriesOf(postings, {
    eventKey: `match:${id}:0`,
    groupId: `match:${id}`,
    brand: 'lucky',
    reason: 'settlementBooked',
    recordedAt: someTime,
    effectiveAt: someTime,
    accountingDate: '2026-11-22',
  });
}

/** A match that takes from the gateways what its items put there, unless its postings are given. */
export function match({
  id = orderedId(),
  items = [],
  ...changes
}: Omit<Partial<RecordMatch>, 'items'> & { items?: readonly ExpectedItem[] } = {}): RecordMatch {
  return {
    id,
    rule: 'reference',
    because: ['reference', 'amount'],
    entries: [],
    items: items.map(({ key }) => key),
    postings: postingsOf(id, items.flatMap(onItsWay)),
    at: new Date(someTime.getTime() + 5_000),
    ...changes,
  };
}

/** What is on its way to the bank when an item was settled whole. */
export function onItsWay({ gateway, direction, amount }: ExpectedItem): Posting[] {
  return settlementReported({ gateway, direction, gross: amount, feeMinor: 0n });
}

export function someBreak(changes: Partial<Break> = {}): Break {
  const about = unique();
  return {
    id: orderedId(),
    key: `MISSING ${about}`,
    kind: 'MISSING',
    between: 'ledgerAndBank',
    subject: { item: about },
    place: `place-${unique().slice(0, 8)}`,
    brand: 'lucky',
    field: 'entry',
    expected: 'CRDT 10.00 EUR',
    atRisk: { minor: 1_000n, currency: 'EUR' },
    suggestion: 'raised',
    happenedOn: '2026-11-22',
    dueOn: '2026-11-29',
    openedAt: someTime,
    ...changes,
  };
}

export function breakAct(breakId: string, changes: Partial<BreakAct> = {}): BreakAct {
  return {
    id: orderedId(),
    breakId,
    subject: 'anna',
    kind: 'commented',
    reason: 'looking',
    comment: 'Bank "gefragt" 👋',
    at: new Date(someTime.getTime() + 9_000),
    ...changes,
  };
}

/** How one person's proposal and another one's word end a break. */
export async function agreed(
  statements: StatementStore,
  breakId: string,
  resolution: BreakResolution,
): Promise<RecordBreakAct & { readonly end: { readonly resolution: BreakResolution } }> {
  const proposal = breakAct(breakId, { kind: 'proposed', detail: resolution });
  await statements.recordBreakAct({ act: proposal });
  return { act: confirmationOf(proposal), end: { resolution } };
}

/** Another person's word. */
export function confirmationOf({ id, breakId }: BreakAct): BreakAct {
  return breakAct(breakId, { kind: 'confirmed', subject: 'bert', endsProposal: id });
}

/** A column of each table, by which a change would be seen; where none is named, `kind`. */
export const firstStatementColumns: Readonly<Record<string, string>> = {
  statement_file: 'source',
  statement_file_part: 'bytes',
  statement_file_end: 'state',
  statement_entry: 'direction',
  statement_entry_details: 'facts',
  statement_entry_reference: 'entry_key',
  statement_entry_told: 'line',
  expected_item_reference: 'item_key',
  reconciliation_match: 'because',
  statement_entry_claim: 'owner',
  match_entry: 'match_id',
  match_item: 'match_id',
  break_subject: 'break_id',
  break_end: 'resolution',
  break_proposal_end: 'ended_by',
  reconciled_posting: 'posted_by',
};
