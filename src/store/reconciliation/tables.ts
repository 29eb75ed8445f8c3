/**
 * The tables that rows are only added to, in the order in which they are written: what a row refers to comes before it.
 * Both engines make their statements from this; what a column is, SQL Server has to be told when it takes rows up.
 */

type Kind = 'uuid' | 'name' | 'word' | 'key' | 'currency' | 'instant' | 'integer' | 'text' | 'note';

interface Claim {
  /** The owner's column in the table, and the row's own that must be equal. */
  readonly owner: string;
  readonly by: string;
  readonly refusal: 'taken' | 'stale';
  /** The table that is looked at, where the row itself is not inserted. */
  readonly in?: string;
}

export interface AddedTableShape {
  readonly columns: Readonly<Record<string, Kind>>;
  /** By which a row is there already: then it is left as it is. */
  readonly key: readonly string[];
  /** A row with that key that another one owns refuses the whole command. */
  readonly claim?: Claim;
  /** A further condition in SQL, over the row's columns as `of` names them. */
  readonly only?: (of: (column: string) => string) => string;
}

const addedTables = {
  statement_file: {
    columns: {
      id: 'uuid',
      sha256: 'key',
      name: 'text',
      source: 'word',
      size_bytes: 'integer',
      received_at: 'instant',
    },
    key: ['sha256'],
  },
  statement_file_part: {
    columns: { file_id: 'uuid', ordinal: 'integer', bytes: 'text' },
    key: ['file_id', 'ordinal'],
  },
  account_statement: {
    columns: {
      id: 'uuid',
      file_id: 'uuid',
      account_key: 'key',
      account: 'name',
      kind: 'word',
      closed_on: 'word',
      ends_on: 'word',
      facts: 'text',
    },
    key: ['id'],
  },
  statement_entry: {
    columns: {
      entry_key: 'key',
      fingerprint: 'key',
      file_id: 'uuid',
      statement_id: 'uuid',
      account_key: 'key',
      account: 'name',
      status: 'word',
      direction: 'word',
      amount_minor: 'integer',
      currency: 'currency',
      booked_on: 'word',
      facts: 'text',
    },
    key: ['entry_key'],
  },
  statement_entry_details: {
    columns: { entry_key: 'key', statement_id: 'uuid', details: 'integer', facts: 'text' },
    key: ['entry_key'],
  },
  statement_entry_reference: {
    columns: { reference: 'key', entry_key: 'key' },
    key: ['reference', 'entry_key'],
  },
  // Who told it first is in the entry.
  statement_entry_told: {
    columns: { entry_key: 'key', statement_id: 'uuid', line: 'integer' },
    key: ['entry_key', 'statement_id'],
    only: (of) =>
      `exists (select 1 from statement_entry as e where e.entry_key = ${of('entry_key')} and e.statement_id <> ${of('statement_id')})`,
  },
  statement_file_end: {
    columns: { file_id: 'uuid', state: 'word', facts: 'text', remarks: 'text', ended_at: 'instant' },
    key: ['file_id'],
  },
  // Only of one that nobody's account was named for when it came.
  statement_taken_up: {
    columns: { statement_id: 'uuid', account: 'name', taken_up_at: 'instant' },
    key: ['statement_id'],
    only: (of) =>
      `exists (select 1 from account_statement as s where s.id = ${of('statement_id')} and s.account is null)`,
  },
  expected_item: {
    columns: {
      item_key: 'key',
      expected_in: 'word',
      gateway: 'name',
      brand: 'name',
      direction: 'word',
      amount_minor: 'integer',
      currency: 'currency',
      kind: 'word',
      payment_id: 'uuid',
      effective_at: 'instant',
      due_on: 'word',
      refs: 'text',
      reverses: 'key',
    },
    key: ['item_key'],
  },
  expected_item_reference: {
    columns: { reference: 'key', item_key: 'key' },
    key: ['reference', 'item_key'],
  },
  reconciliation_match: {
    columns: { id: 'uuid', rule_name: 'key', because: 'text', group_id: 'key', matched_at: 'instant' },
    key: ['id'],
  },
  // The owner is the match, or `details` where each detail has a match of its own.
  statement_entry_claim: {
    columns: { entry_key: 'key', owner: 'uuid' },
    key: ['entry_key'],
    claim: { owner: 'owner', by: 'owner', refusal: 'taken' },
  },
  match_entry: {
    columns: { entry_key: 'key', detail: 'integer', match_id: 'uuid' },
    key: ['entry_key', 'detail'],
    claim: { owner: 'match_id', by: 'match_id', refusal: 'taken' },
  },
  match_item: {
    columns: { item_key: 'key', match_id: 'uuid' },
    key: ['item_key'],
    claim: { owner: 'match_id', by: 'match_id', refusal: 'taken' },
  },
  reconciliation_break: {
    columns: {
      id: 'uuid',
      break_key: 'key',
      kind: 'word',
      place: 'name',
      facts: 'text',
      opened_at: 'instant',
    },
    key: ['break_key'],
  },
  // Of a break that was there before, nothing is added.
  break_subject: {
    columns: { subject: 'key', break_id: 'uuid' },
    key: ['subject', 'break_id'],
    only: (of) => `exists (select 1 from reconciliation_break as b where b.id = ${of('break_id')})`,
  },
  // Nobody but this act has ended it.
  break_open: {
    columns: { break_id: 'uuid', act_id: 'uuid' },
    key: ['break_id'],
    claim: { owner: 'ended_by', by: 'act_id', refusal: 'stale', in: 'break_end' },
  },
  break_act: {
    columns: {
      id: 'uuid',
      break_id: 'uuid',
      subject: 'name',
      kind: 'word',
      reason: 'note',
      comment: 'text',
      detail: 'text',
      assignee: 'name',
      ends_proposal: 'uuid',
      recorded_at: 'instant',
    },
    key: ['id'],
  },
  break_end: {
    columns: { break_id: 'uuid', resolution: 'word', ended_by: 'uuid', ended_at: 'instant' },
    key: ['break_id'],
  },
  break_proposal_end: {
    columns: { act_id: 'uuid', ended_by: 'uuid' },
    key: ['act_id'],
    claim: { owner: 'ended_by', by: 'ended_by', refusal: 'stale' },
  },
  reconciled_posting: {
    columns: { posting_key: 'key', posted_by: 'uuid' },
    key: ['posting_key'],
  },
  books_close: {
    columns: {
      id: 'uuid',
      brand: 'name',
      currency: 'currency',
      closed_day: 'word',
      edition: 'integer',
      sha256: 'key',
      document: 'text',
      closed_at: 'instant',
    },
    key: ['brand', 'currency', 'closed_day', 'edition'],
    claim: { owner: 'id', by: 'id', refusal: 'taken' },
  },
  close_act: {
    columns: {
      id: 'uuid',
      close_id: 'uuid',
      subject: 'name',
      kind: 'word',
      reason: 'note',
      comment: 'text',
      ends_proposal: 'uuid',
      recorded_at: 'instant',
    },
    key: ['id'],
  },
  books_reopened: {
    columns: { close_id: 'uuid', reopened_by: 'uuid', reopened_at: 'instant' },
    key: ['close_id'],
    claim: { owner: 'reopened_by', by: 'reopened_by', refusal: 'stale' },
  },
  close_proposal_end: {
    columns: { act_id: 'uuid', ended_by: 'uuid' },
    key: ['act_id'],
    claim: { owner: 'ended_by', by: 'ended_by', refusal: 'stale' },
  },
  partner_revision: {
    columns: {
      partner_id: 'name',
      revision: 'integer',
      id: 'uuid',
      document: 'text',
      origin: 'word',
      subject: 'name',
      reason: 'note',
      recorded_at: 'instant',
    },
    key: ['partner_id', 'revision'],
    claim: { owner: 'id', by: 'id', refusal: 'stale' },
  },
  certificate_denial: {
    columns: {
      denied: 'key',
      id: 'uuid',
      reason: 'word',
      comment: 'text',
      subject: 'name',
      recorded_at: 'instant',
    },
    key: ['denied'],
    claim: { owner: 'id', by: 'id', refusal: 'taken' },
  },
  certificate_act: {
    columns: {
      id: 'uuid',
      kind: 'word',
      subject: 'name',
      reason: 'note',
      partner_id: 'name',
      fingerprint256: 'name',
      serial_number: 'name',
      recorded_at: 'instant',
    },
    key: ['id'],
  },
  revocation_list_met: {
    columns: { authority: 'name', version: 'key', met_at: 'instant' },
    key: ['authority', 'version'],
  },
} as const satisfies Readonly<Record<string, AddedTableShape>>;

export type AddedTable = keyof typeof addedTables;

/** The shapes as both engines read them. */
export const shapes: Readonly<Record<AddedTable, AddedTableShape>> = addedTables;

export const tableNames = Object.keys(addedTables) as readonly AddedTable[];

/** A row of a table: every column of it. */
export type AddedRow = Readonly<Record<string, string | bigint | null>>;

type Of<K> = K extends 'integer' ? bigint : string;

/** The columns of one table, each of which may be null. */
export type RowOf<Table extends AddedTable> = {
  readonly [Column in keyof (typeof addedTables)[Table]['columns']]: Of<
    (typeof addedTables)[Table]['columns'][Column]
  > | null;
};
