import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Knex } from 'knex';
import type {
  After,
  FileFilter,
  RecordedFile,
  RecordedStatement,
  Reception,
  StatementFilter,
  ToldBefore,
} from '../../reconciliation/statement-store.ts';
import type { IsoDate, Remark } from '../../reconciliation/statements/statement.ts';
import type { Lists } from '../engine.ts';
import type { Told } from '../told.ts';
import { keyOf } from './keys.ts';
import { allHeard, having, inParts, paged } from './pages.ts';
import { fileFrom, remarksFrom, statementFrom, type FileView, type StatementView } from './statement-rows.ts';

/** What was told by which file, in knex's words. */

export async function receptionOf(
  { knex, rows }: Lists,
  { id, sha256 }: { readonly id: string; readonly sha256: string },
): Promise<Reception | undefined> {
  const query = knex('statement_file as f')
    .leftJoin('statement_file_end as e', 'e.file_id', 'f.id')
    .select('f.id', 'e.state')
    .where('f.sha256', sha256);
  const [found] = await rows<{ id: string; state: string | null }>(query);
  if (found === undefined) return undefined;
  const kind = found.id === id ? 'received' : 'known';
  return { kind, fileId: found.id, ended: found.state !== null };
}

export async function listFiles(
  { knex, rows }: Lists,
  { id, state, ...left }: FileFilter & { readonly id?: string },
  page: After,
): Promise<readonly RecordedFile[]> {
  allHeard(left);
  const query = knex('statement_file as f')
    .leftJoin('statement_file_end as e', 'e.file_id', 'f.id')
    .select('f.*', 'e.facts as end_facts');
  having(query, { 'f.id': id });
  if (state === 'open') void query.whereNull('e.file_id');
  else having(query, { 'e.state': state });
  return (await rows<Told<FileView>>(paged(query, 'f.id', page))).map(fileFrom);
}

/** One part after another, unpacked beside the event loop. */
export async function* bytesOf(
  ask: <Answer>(work: (over: Lists) => Promise<Answer>) => Promise<Answer>,
  fileId: string,
): AsyncGenerator<Uint8Array> {
  for (let ordinal: string | undefined; ;) {
    const after = ordinal;
    const [part] = await ask(({ knex, rows }) => {
      const query = knex('statement_file_part').select('ordinal', 'bytes').where('file_id', fileId);
      if (after !== undefined) void query.where('ordinal', '>', after);
      return rows<Told<{ ordinal: bigint; bytes: string }>>(query.orderBy('ordinal').limit(1));
    });
    if (part === undefined) return;
    ordinal = part.ordinal.toString();
    yield await unpacked(Buffer.from(part.bytes, 'base64'));
  }
}

const unpack = promisify(gunzip);
/** A part holds at most 1 MiB of the original; what comes to more is not ours. */
const partBytesMax = 16 * 1024 * 1024;

function unpacked(gzip: Buffer): Promise<Buffer> {
  return unpack(gzip, { maxOutputLength: partBytesMax });
}

export async function listRemarks(
  { knex, rows }: Lists,
  fileId: string,
  limit: number,
): Promise<readonly Remark[]> {
  const query = knex('statement_file_end').select('remarks').where('file_id', fileId);
  const [found] = await rows<{ remarks: string }>(query);
  return found === undefined ? [] : remarksFrom(found.remarks).slice(0, limit);
}

export async function listStatements(
  { knex, rows }: Lists,
  { fileId, account, unassigned, accountKey, kind, ...left }: StatementFilter,
  page: After,
): Promise<readonly RecordedStatement[]> {
  allHeard(left);
  const query = statementsIn(knex);
  const key = accountKey === undefined ? undefined : keyOf(accountKey);
  having(query, { 's.file_id': fileId, 's.account_key': key, 's.kind': kind });
  if (account !== undefined) {
    void query.where((either) => void either.where('s.account', account).orWhere('u.account', account));
  }
  if (unassigned === true) void query.whereNull('s.account').whereNull('u.account');
  if (unassigned === false) {
    void query.where((either) => void either.whereNotNull('s.account').orWhereNotNull('u.account'));
  }
  return (await rows<StatementView>(paged(query, 's.id', page))).map(statementFrom);
}

function statementsIn(knex: Knex): Knex.QueryBuilder {
  return knex('account_statement as s')
    .join('statement_file as f', 'f.id', 's.file_id')
    .leftJoin('statement_taken_up as u', 'u.statement_id', 's.id')
    .select('s.facts', 'f.received_at', 'u.account as taken_up');
}

/** The newest `limit`, oldest first. */
export async function listLastStatements(
  { knex, rows }: Lists,
  { accountKey, until, limit }: { accountKey: string; until: IsoDate; limit: number },
): Promise<readonly RecordedStatement[]> {
  const query = statementsIn(knex)
    .join('statement_file_end as e', 'e.file_id', 's.file_id')
    .where('s.account_key', keyOf(accountKey))
    .where('s.ends_on', '<=', until)
    .where('e.state', 'read')
    .orderBy([
      { column: 's.ends_on', order: 'desc' },
      { column: 's.id', order: 'desc' },
    ])
    .limit(limit);
  return (await rows<StatementView>(query)).map(statementFrom).toReversed();
}

/** Each booking once, whoever told it first. */
export async function countFingerprints(
  over: Lists,
  fingerprints: readonly string[],
  told: ToldBefore,
): Promise<ReadonlyMap<string, number>> {
  const counted = await inParts(fingerprints, (part) => over.rows<Counted>(countOf(over, part, told)));
  return new Map(counted.map(({ fingerprint, bookings }) => [fingerprint, Number(bookings)]));
}

type Counted = Told<{ readonly fingerprint: string; readonly bookings: bigint }>;

function countOf(
  { knex }: Lists,
  fingerprints: readonly string[],
  { accountKey, closedBefore, statements }: ToldBefore,
) {
  const before = () =>
    knex('account_statement as s')
      .select('s.id')
      .where((either) => {
        void either.where((of) => {
          void of.where('s.account_key', keyOf(accountKey)).where('s.closed_on', '<', closedBefore);
        });
        if (statements.length > 0) void either.orWhereIn('s.id', statements);
      });
  const again = knex('statement_entry_told as t')
    .select('t.entry_key')
    .whereRaw('t.entry_key = e.entry_key')
    .whereExists(before().whereRaw('s.id = t.statement_id'));
  return knex('statement_entry as e')
    .select('e.fingerprint')
    .count({ bookings: '*' })
    .whereIn('e.fingerprint', fingerprints)
    .where((either) => {
      void either.whereExists(before().whereRaw('s.id = e.statement_id')).orWhereExists(again);
    })
    .groupBy('e.fingerprint');
}
