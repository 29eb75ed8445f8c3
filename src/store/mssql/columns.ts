import { textAt } from './carried-text.ts';

/**
 * The rows of a command on their way to SQL Server: one JSON text holds those of a whole group, table variables take
 * them up, and everything after that is sets.
 */

/** Column names and their types, in the order of the schema. */
export type Columns = Readonly<Record<string, string>>;

const uuid = 'varchar(36)';
const name = 'varchar(64)';
const word = 'varchar(32)';
const account = 'varchar(160)';
const key = 'varchar(200)';
const currency = 'varchar(3)';
const instant = 'varchar(27)';
const text = 'nvarchar(max)';
const note = 'nvarchar(255)';
const integer = 'bigint';

/** The types by the names that the tables of reconciliation have for them. */
export const kindTypes = {
  uuid,
  name,
  word,
  key,
  currency,
  instant,
  integer,
  text,
  note,
} as const;

/** Which command of the group a row belongs to, from 0. */
export const ofCommand: Columns = { n: 'int' };

export const paymentColumns: Columns = {
  id: uuid,
  partner_id: name,
  partner_reference: name,
  direction: word,
  brand: name,
  player_id: name,
  amount_minor: integer,
  currency,
  method: word,
  instruction: text,
  fingerprint: key,
  accepted_at: instant,
  version: integer,
  state: word,
  attempt_ordinal: integer,
  state_detail: text,
};

export const attemptColumns: Columns = {
  payment_id: uuid,
  ordinal: integer,
  gateway: name,
  instr_id: name,
  intended_at: instant,
  send_before: instant,
  answer_before: instant,
};

export const versionColumns: Columns = {
  payment_id: uuid,
  version: integer,
  state: word,
  reason_code: word,
  reason_information: note,
  recorded_at: instant,
};

export const answerColumns: Columns = {
  answer_id: uuid,
  payment_id: uuid,
  attempt_ordinal: integer,
  kind: word,
  source: word,
  effect: word,
  detail: note,
  made_version: integer,
  recorded_at: instant,
};

export const transcriptColumns: Columns = {
  answer_id: uuid,
  operation: word,
  duration_ms: integer,
  transcript: text,
};

export const caseColumns: Columns = {
  id: uuid,
  payment_id: uuid,
  kind: word,
  evidence: note,
  suspense_minor: integer,
  suspense_currency: word,
  opened_at: instant,
};

export const holdColumns: Columns = {
  id: uuid,
  payment_id: uuid,
  account,
  currency,
  amount_minor: integer,
  created_at: instant,
};

export const entryColumns: Columns = {
  posting_key: key,
  group_id: key,
  payment_id: uuid,
  brand: name,
  debit: account,
  credit: account,
  amount_minor: integer,
  currency,
  reason: name,
  recorded_at: instant,
  effective_at: instant,
  accounting_date: word,
  reverses_posting_key: key,
};

export const balanceColumns: Columns = {
  account,
  currency,
  posted_minor: integer,
  held_minor: integer,
};

export const changeColumns: Columns = { account, currency, posted: integer, held: integer };

export const transferColumns: Columns = {
  transfer_id: name,
  command_id: uuid,
  fingerprint: key,
  brand: name,
  player_id: name,
  direction: word,
  amount_minor: integer,
  currency,
  transferred_at: instant,
};

/** A check, but for who claimed it. */
export const checkColumns: Columns = {
  payment_id: uuid,
  gateway: name,
  due_at: instant,
  made: integer,
  not_found: integer,
  not_found_at: instant,
};

export const caseEndColumns: Columns = { case_id: uuid, resolution: word, ended_at: instant };

export const actColumns: Columns = {
  id: uuid,
  payment_id: uuid,
  case_id: uuid,
  subject: name,
  kind: word,
  reason: note,
  comment: text,
  detail: text,
  payment_version: integer,
  ends_proposal: uuid,
  recorded_at: instant,
};

export const returnColumns: Columns = {
  id: uuid,
  payment_id: uuid,
  kind: word,
  gateway: name,
  reference: note,
  return_key: key,
  amount_minor: integer,
  currency,
  reason_code: word,
  reason_information: note,
  receivable_minor: integer,
  returned_at: instant,
};

export const refundColumns: Columns = { payment_id: uuid, original_id: uuid, amount_minor: integer };

export const limitColumns: Columns = {
  exceeded: word,
  scope: word,
  partner_id: name,
  brand: name,
  player_id: name,
  direction: word,
  currency,
  since: instant,
  max_minor: integer,
};

export const webhookColumns: Columns = {
  id: uuid,
  gateway: name,
  event_id: key,
  text,
  received_at: instant,
};

export const operatorColumns: Columns = {
  id: name,
  roles: name,
  token_digests: key,
  created_at: instant,
  disabled_at: instant,
};

export const sightingColumns: Columns = {
  fingerprint256: name,
  serial_number: name,
  issuer_hash: word,
  partner_id: name,
  not_after: instant,
  first_seen_at: instant,
  last_seen_at: instant,
};

/** What a claim asks for: rows that are due by `now`, under a lease. */
export const claimColumns: Columns = { now: instant, lease_until: instant, row_limit: 'int' };

/** What a row that can be claimed says of its claims, behind its other columns. */
export const leaseColumns: Columns = { lease_until: instant, fence: integer };

/** Free text, which travels in a list of its own. */
export function isText(columns: Columns, column: string): boolean {
  return columns[column]?.startsWith('nvarchar') === true;
}

/** `a, b, c`, or `t.a, t.b, t.c`. */
export function list(columns: Columns, of?: string): string {
  return Object.keys(columns)
    .map((column) => (of === undefined ? column : `${of}.${column}`))
    .join(', ');
}

/** A table variable that compares byte for byte, as the tables do: without saying so it would compare as the database does. */
export function declareTable(table: string, columns: Columns, primaryKey: string): string {
  const keys = primaryKey.split(', ');
  const lines = Object.entries(columns).map(([column, type]) => {
    const collation = type.startsWith('varchar') ? ' collate Latin1_General_BIN2' : '';
    return `  ${column} ${type}${collation} ${keys.includes(column) ? 'not null' : 'null'},`;
  });
  return [`declare @${table} table (`, ...lines, `  primary key (${primaryKey})`, ');'].join('\n');
}

/** A table variable and the rows that the JSON text of the group has under the same name. */
export function readTable(table: string, columns: Columns, primaryKey: string): string {
  const lines = Object.entries(columns).map(([column, type]) => `  ${column} ${inJson(type)} '$.${column}'`);
  return [
    declareTable(table, columns, primaryKey),
    `insert into @${table} (${list(columns)})`,
    `select ${Object.entries(columns).map(taken).join(', ')}`,
    `from openjson(@rows, '$.${table}') with (`,
    lines.join(',\n'),
    ') as j;',
  ].join('\n');
}

/** A text is a place in the list of texts. Identifiers are read wider than they may be: JSON cuts, and an insert refuses. */
function inJson(type: string): string {
  if (type.startsWith('nvarchar')) return 'int';
  return type.startsWith('varchar') ? 'varchar(8000)' : type;
}

function taken([column, type]: [string, string]): string {
  return type.startsWith('nvarchar') ? textAt(`j.${column}`) : `j.${column}`;
}
