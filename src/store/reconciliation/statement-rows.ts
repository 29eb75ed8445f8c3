import { endOf } from '../../reconciliation/importing/sequence.ts';
import type {
  FileEnd,
  FilePart,
  KeyedEntry,
  ReceivedFile,
  RecordedFile,
  RecordedStatement,
  RecordedStatementEntry,
  RecordEntries,
  StatementFacts,
  TakeUpStatements,
} from '../../reconciliation/statement-store.ts';
import type { EntryDetail, Remark } from '../../reconciliation/statements/statement.ts';
import { decode, encode } from '../json.ts';
import type { Told } from '../told.ts';
import { keyOf, referencesOf } from './keys.ts';
import type { RowOf } from './tables.ts';
import type { RowsByTable } from './writes.ts';

/** Files, statements and their entries as rows of the schema, and back. What is not searched by is JSON of the port's own shape. */

export function fileRow(file: ReceivedFile): RowOf<'statement_file'> {
  return {
    id: file.id,
    sha256: file.sha256,
    name: file.name,
    source: file.source,
    size_bytes: BigInt(file.sizeBytes),
    received_at: file.receivedAt.toISOString(),
  };
}

export function partRow({ fileId, ordinal, gzip }: FilePart): RowOf<'statement_file_part'> {
  return { file_id: fileId, ordinal: BigInt(ordinal), bytes: Buffer.from(gzip).toString('base64') };
}

export function endRow({ fileId, remarks, ...facts }: FileEnd): RowOf<'statement_file_end'> {
  return {
    file_id: fileId,
    state: facts.state,
    facts: encode(facts),
    remarks: encode({ remarks }),
    ended_at: facts.endedAt.toISOString(),
  };
}

export interface FileView {
  readonly id: string;
  readonly sha256: string;
  readonly name: string;
  readonly source: string;
  readonly size_bytes: bigint;
  readonly received_at: string;
  readonly end_facts: string | null;
}

export function fileFrom(row: Told<FileView>): RecordedFile {
  const { end_facts } = row;
  return {
    id: row.id,
    sha256: row.sha256,
    name: row.name,
    source: row.source as RecordedFile['source'],
    sizeBytes: Number(row.size_bytes),
    receivedAt: new Date(row.received_at),
    // `endRow` took it apart.
    ...(end_facts !== null && { end: decode(end_facts) as unknown as NonNullable<RecordedFile['end']> }),
  };
}

export function remarksFrom(text: string): readonly Remark[] {
  return decode(text)['remarks'] as readonly Remark[];
}

export function statementRow(facts: StatementFacts): RowOf<'account_statement'> {
  const { id, fileId, accountKey, account, header, closing } = facts;
  return {
    id,
    file_id: fileId,
    account_key: keyOf(accountKey),
    account: account ?? null,
    kind: header.kind,
    closed_on: closing?.on ?? null,
    ends_on: endOf(facts) ?? null,
    facts: encode(facts),
  };
}

export interface StatementView {
  readonly facts: string;
  readonly received_at: string;
  readonly taken_up: string | null;
}

export function statementFrom({ facts, received_at, taken_up }: StatementView): RecordedStatement {
  return {
    ...(decode(facts) as unknown as StatementFacts),
    ...(taken_up !== null && { account: taken_up }),
    receivedAt: new Date(received_at),
  };
}

export function takenUpRows({ account, statements, at }: TakeUpStatements): RowsByTable {
  const taken_up_at = at.toISOString();
  return { statement_taken_up: statements.map((statement_id) => ({ statement_id, account, taken_up_at })) };
}

/** Everything that telling of entries adds: details that were not told before, and who tells of it beside the first. */
export function entryRows(command: RecordEntries): RowsByTable {
  const { statementId: statement_id, entries } = command;
  return {
    statement_entry: entries.map((entry) => entryRow(command, entry)),
    statement_entry_details: entries
      .filter(({ entry }) => entry.details.length > 0)
      .map(({ key, entry: { details } }) => ({
        entry_key: key,
        statement_id,
        details: BigInt(details.length),
        facts: encode({ details }),
      })),
    statement_entry_reference: entries.flatMap(({ key: entry_key, entry }) =>
      referencesOf(entry).map((reference) => ({ reference, entry_key })),
    ),
    statement_entry_told: entries.map(({ key, entry }) => ({
      entry_key: key,
      statement_id,
      line: BigInt(entry.line),
    })),
  };
}

function entryRow(
  { fileId, statementId, accountKey, account }: RecordEntries,
  { key, fingerprint, entry: told }: KeyedEntry,
): RowOf<'statement_entry'> {
  const { details: _, ...entry } = told;
  return {
    entry_key: key,
    fingerprint,
    file_id: fileId,
    statement_id: statementId,
    account_key: keyOf(accountKey),
    account: account ?? null,
    status: entry.status,
    direction: entry.direction,
    amount_minor: entry.amount.minor,
    currency: entry.amount.currency,
    booked_on: entry.bookedOn ?? null,
    facts: encode({ accountKey, entry }),
  };
}

export interface EntryView {
  readonly id: bigint;
  readonly entry_key: string;
  readonly file_id: string;
  readonly statement_id: string;
  readonly account: string | null;
  readonly facts: string;
  readonly details: string | null;
  readonly match_id: string | null;
}

export function entryFrom(row: Told<EntryView>, matchedDetails: readonly number[]): RecordedStatementEntry {
  const { account, details, match_id: matchId } = row;
  const { accountKey, entry } = decode(row.facts) as unknown as Pick<
    RecordedStatementEntry,
    'accountKey' | 'entry'
  >;
  return {
    id: row.id.toString(),
    key: row.entry_key,
    fileId: row.file_id,
    statementId: row.statement_id,
    accountKey,
    ...(account !== null && { account }),
    entry,
    details: details === null ? [] : (decode(details)['details'] as readonly EntryDetail[]),
    ...(matchId !== null && { matchId }),
    matchedDetails,
  };
}
