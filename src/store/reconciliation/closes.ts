import type { Knex } from 'knex';
import type {
  BooksClose,
  CloseAct,
  CloseFilter,
  CloseStore,
  RecordCloseAct,
  RecordedClose,
} from '../../reconciliation/close-store.ts';
import type { After } from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import type { Told } from '../told.ts';
import type { RunWrite } from '../writes.ts';
import { runClaim } from './claims.ts';
import { allHeard, having, paged } from './pages.ts';
import type { Ask } from './statements-over.ts';
import { addRowsWrite, type AddRowsWrite } from './writes.ts';

/** Closes of the books, as rows of the schema and back. */

export type CloseQuestions = Omit<CloseStore, 'recordClose' | 'recordCloseAct'>;

export function closeQuestions(ask: Ask): CloseQuestions {
  return {
    closes: (filter, page) => ask((over) => listCloses(over, filter, page)),
    lastClose: (brand, currency) => ask((over) => lastClose(over, brand, currency)),
    closeDocument: (closeId) => ask((over) => documentOf(over, closeId)),
    closeActs: (closeId, limit) => ask((over) => listCloseActs(over, closeId, limit)),
  };
}

export function closesOver(run: RunWrite, ask: Ask): CloseStore {
  return {
    ...closeQuestions(ask),
    async recordClose(close) {
      return (await runClaim(run, closeWrite(close))).kind === 'added' ? 'recorded' : 'taken';
    },
    async recordCloseAct(command) {
      return (await runClaim(run, closeActWrite(command))).kind === 'added' ? 'recorded' : 'stale';
    },
  };
}

export function closeWrite(close: BooksClose): AddRowsWrite {
  const { id, brand, currency, day, edition, sha256, document, closedAt } = close;
  const row = { id, brand, currency, closed_day: day, edition: BigInt(edition), sha256, document };
  return addRowsWrite({ books_close: [{ ...row, closed_at: closedAt.toISOString() }] });
}

export function closeActWrite({ act, reopens }: RecordCloseAct): AddRowsWrite {
  const { id, closeId, subject, kind, reason, comment, endsProposal, at } = act;
  const recorded_at = at.toISOString();
  const ends_proposal = endsProposal ?? null;
  return addRowsWrite({
    close_act: [{ id, close_id: closeId, subject, kind, reason, comment, ends_proposal, recorded_at }],
    ...(reopens && { books_reopened: [{ close_id: closeId, reopened_by: id, reopened_at: recorded_at }] }),
    ...(endsProposal !== undefined && { close_proposal_end: [{ act_id: endsProposal, ended_by: id }] }),
  });
}

interface CloseView {
  readonly id: string;
  readonly brand: string;
  readonly currency: string;
  readonly closed_day: string;
  readonly edition: bigint;
  readonly sha256: string;
  readonly closed_at: string;
  readonly reopened_at: string | null;
}

function closesIn({ knex }: Lists): Knex.QueryBuilder {
  const its = ['id', 'brand', 'currency', 'closed_day', 'edition', 'sha256', 'closed_at'];
  return knex('books_close as c')
    .leftJoin('books_reopened as r', 'r.close_id', 'c.id')
    .select(...its.map((column) => `c.${column}`), 'r.reopened_at');
}

function closeFrom({
  closed_day,
  edition,
  closed_at,
  reopened_at,
  ...facts
}: Told<CloseView>): RecordedClose {
  return {
    ...facts,
    day: closed_day,
    edition: Number(edition),
    closedAt: new Date(closed_at),
    ...(reopened_at !== null && { reopenedAt: new Date(reopened_at) }),
  };
}

async function listCloses(over: Lists, filter: CloseFilter, page: After): Promise<readonly RecordedClose[]> {
  const { closeId, brand, currency, day, ...left } = filter;
  allHeard(left);
  const query = closesIn(over);
  having(query, { 'c.id': closeId, 'c.brand': brand, 'c.currency': currency, 'c.closed_day': day });
  return (await over.rows<Told<CloseView>>(paged(query, 'c.id', page))).map(closeFrom);
}

async function lastClose(over: Lists, brand: string, currency: string): Promise<RecordedClose | undefined> {
  const query = closesIn(over)
    .where('c.brand', brand)
    .where('c.currency', currency)
    .whereNull('r.close_id')
    .orderBy('c.closed_day', 'desc')
    .limit(1);
  const [row] = await over.rows<Told<CloseView>>(query);
  return row && closeFrom(row);
}

async function documentOf({ knex, rows }: Lists, closeId: string): Promise<string | undefined> {
  const query = knex('books_close').select('document').where('id', closeId);
  const [row] = await rows<{ readonly document: string }>(query);
  return row?.document;
}

interface ActView {
  readonly id: string;
  readonly close_id: string;
  readonly subject: string;
  readonly kind: string;
  readonly reason: string;
  readonly comment: string;
  readonly ends_proposal: string | null;
  readonly recorded_at: string;
}

async function listCloseActs(
  { knex, rows }: Lists,
  closeId: string,
  limit: number,
): Promise<readonly CloseAct[]> {
  const query = knex('close_act').select('*').where('close_id', closeId).orderBy('id', 'desc').limit(limit);
  const found = await rows<ActView>(query);
  return found.toReversed().map(({ id, subject, kind, reason, comment, ends_proposal, recorded_at }) => ({
    id,
    closeId,
    subject,
    kind: kind as CloseAct['kind'],
    reason,
    comment,
    ...(ends_proposal !== null && { endsProposal: ends_proposal }),
    at: new Date(recorded_at),
  }));
}
