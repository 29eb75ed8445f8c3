import { randomUUID } from 'node:crypto';
import type {
  ClaimJob,
  RecordBreakAct,
  RecordEntries,
  RecordMatch,
  StatementStore,
} from '../../reconciliation/statement-store.ts';
import type { Lists } from '../engine.ts';
import type { RunWrite } from '../writes.ts';
import { breakActWrite, breakRows, endRows } from './break-rows.ts';
import { listBreakActs, listBreakProposals, listBreaks } from './break-questions.ts';
import { runClaim } from './claims.ts';
import { countAdded, listStatementEntries } from './entry-questions.ts';
import { leaseOf } from './job-questions.ts';
import { listUnexpected, sumAccount } from './ledger-questions.ts';
import { listByReference, listExpected, listMatches } from './match-questions.ts';
import { itemRows, matchWrite } from './match-rows.ts';
import {
  bytesOf,
  countFingerprints,
  listFiles,
  listLastStatements,
  listRemarks,
  listStatements,
  receptionOf,
} from './statement-questions.ts';
import { endRow, entryRows, fileRow, partRow, statementRow, takenUpRows } from './statement-rows.ts';
import { listPostedBy, listTellings } from './telling-questions.ts';
import { addRowsWrite, type AddRowsWrite, type RowsByTable } from './writes.ts';

type Commands =
  | 'receiveFile'
  | 'keepBytes'
  | 'recordStatements'
  | 'recordEntries'
  | 'takeUpStatements'
  | 'endFile'
  | 'recordExpected'
  | 'recordMatch'
  | 'openBreaks'
  | 'endBreaks'
  | 'recordBreakAct'
  | 'claimJob'
  | 'releaseJob';

/** The port's questions: nothing of it that writes. */
export type StatementQuestions = Omit<StatementStore, Commands>;

/** Asks the engine past the queue; what it throws carries its code and never its text. */
export type Ask = <Answer>(work: (over: Lists) => Promise<Answer>) => Promise<Answer>;

export function statementQuestions(ask: Ask): StatementQuestions {
  return {
    fileById: async (id) => (await ask((over) => listFiles(over, { id }, { limit: 1 })))[0],
    files: (filter, page) => ask((over) => listFiles(over, filter, page)),
    bytesOf: (fileId) => bytesOf(ask, fileId),
    remarksOf: (fileId, limit) => ask((over) => listRemarks(over, fileId, limit)),
    statements: (filter, page) => ask((over) => listStatements(over, filter, page)),
    lastStatements: (accountKey, until, limit) =>
      ask((over) => listLastStatements(over, { accountKey, until, limit })),
    fingerprintCounts: (fingerprints, told) => ask((over) => countFingerprints(over, fingerprints, told)),
    statementEntries: (filter, page) => ask((over) => listStatementEntries(over, filter, page)),
    tellings: (entryKey, limit) => ask((over) => listTellings(over, entryKey, limit)),
    postedBy: (id, limit) => ask((over) => listPostedBy(over, id, limit)),
    unexpectedEntries: (after, limit) => ask((over) => listUnexpected(over, after, limit)),
    expected: (filter, page) => ask((over) => listExpected(over, filter, page)),
    expectedByReference: (references, limit) => ask((over) => listByReference(over, references, limit)),
    matches: (filter, page) => ask((over) => listMatches(over, filter, page)),
    breaks: (filter, page) => ask((over) => listBreaks(over, filter, page)),
    breakActs: (breakId, limit) => ask((over) => listBreakActs(over, breakId, limit)),
    openBreakProposals: (page) => ask((over) => listBreakProposals(over, page)),
    heldOn: (account, currency) => ask((over) => sumAccount(over, account, currency)),
  };
}

/** The port over the ledger's queue and its reads. */
export function statementsOver(run: RunWrite, ask: Ask): StatementStore {
  return {
    ...statementQuestions(ask),
    async receiveFile(file) {
      await add({ statement_file: [fileRow(file)] });
      const reception = await ask((over) => receptionOf(over, file));
      if (reception === undefined) throw new Error('a file that was committed is not there');
      return reception;
    },
    keepBytes: (part) => add({ statement_file_part: [partRow(part)] }),
    recordStatements: ({ statements }) => add({ account_statement: statements.map(statementRow) }),
    recordEntries,
    takeUpStatements: (command) => add(takenUpRows(command)),
    endFile: (end) => add({ statement_file_end: [endRow(end)] }),
    recordExpected: (items) => add(itemRows(items)),
    recordMatch,
    openBreaks: (breaks) => add(breakRows(breaks)),
    endBreaks: (ends) => add(endRows(ends)),
    recordBreakAct,
    claimJob,
    async releaseJob({ name, fence, dueAt }) {
      const write = { name, fence: BigInt(fence), dueAt: dueAt?.toISOString() ?? null };
      return (await run({ kind: 'releaseJob', ...write })).kind;
    },
  };

  async function add(rows: RowsByTable): Promise<void> {
    const write = addRowsWrite(rows);
    if (write.tables.length > 0) await run(write);
  }

  async function recordEntries(command: RecordEntries): Promise<{ readonly added: number }> {
    await add(entryRows(command));
    const keys = command.entries.map(({ key }) => key);
    return { added: await ask((over) => countAdded(over, command.statementId, keys)) };
  }

  async function recordMatch(match: RecordMatch): Promise<'recorded' | 'taken'> {
    const kind = await claim(matchWrite(match));
    // Nothing of a match is ever stale.
    return kind === 'stale' ? 'taken' : kind;
  }

  function recordBreakAct(command: RecordBreakAct): Promise<'recorded' | 'stale' | 'taken'> {
    return claim(breakActWrite(command));
  }

  async function claim(write: AddRowsWrite): Promise<'recorded' | 'stale' | 'taken'> {
    const { kind } = await runClaim(run, write);
    return kind === 'added' ? 'recorded' : kind;
  }

  async function claimJob({ name, now, leaseUntil, onlyDue = false }: ClaimJob) {
    const claimId = randomUUID();
    const times = { now: now.toISOString(), leaseUntil: leaseUntil.toISOString() };
    await run({ kind: 'leaseJob', name, claimId, ...times, onlyDue });
    return ask((over) => leaseOf(over, name, claimId));
  }
}
