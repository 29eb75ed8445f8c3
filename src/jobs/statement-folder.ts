/** The watched folder: files that are laid in it are imported, one after another, and moved on. */
import { randomUUID } from 'node:crypto';
import { access, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerUnavailable } from '../payments/ledger-store.ts';
import { makeDirectory } from '../platform/directory.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { fileOriginal } from '../reconciliation/importing/from-disk.ts';
import { importStatement, type Imported } from '../reconciliation/importing/import-statement.ts';
import type { ImportingWorld, ImportRefusal } from '../reconciliation/importing/world.ts';
import { type Job, keepRounds } from './rounds.ts';

export interface FolderRounds {
  readonly importing: ImportingWorld;
  readonly log: Log;
  /** Absent where no folder is watched. */
  readonly folder?: { readonly path: string; readonly csvProfile?: string };
  readonly limits: { readonly folderPollMs: number; readonly folderFilesMax: number };
  readonly signal: AbortSignal;
}

/** Looks into the folder again and again, if there is one. Ends with the signal. */
export async function keepStatementFolder({
  importing,
  log,
  folder,
  limits,
  signal,
}: FolderRounds): Promise<void> {
  if (folder === undefined) return;
  const job = statementFolderJob({ importing, log, ...folder, filesMax: limits.folderFilesMax });
  await keepRounds([job], {
    clock: importing.clock,
    pollMs: limits.folderPollMs,
    signal,
    onFailure(name, error) {
      const isClosed = error instanceof LedgerUnavailable && error.trouble === 'closed';
      if (!isClosed) log.error('job.failed', { job: name, ...errorFields(error) });
    },
  });
}

export interface StatementFolder {
  readonly importing: ImportingWorld;
  readonly path: string;
  readonly csvProfile?: string;
  /** Files that are taken in one round. */
  readonly filesMax: number;
  readonly log: Log;
}

/**
 * A file is taken when it is as it was in the round before, so that nobody's half a file is read; who writes in it renames it at the
 * end, or gives it a name that is left alone until then: with a dot in front, or `.part` or `.tmp` behind. What was read goes to
 * `done/` beside it, what was refused to `refused/`; what another import kept from its turn stays.
 */
export function statementFolderJob({ importing, path, csvProfile, filesMax, log }: StatementFolder): Job {
  let seen = new Map<string, string>();

  async function round(signal: AbortSignal): Promise<void> {
    for (const directory of [path, join(path, 'done'), join(path, 'refused')]) makeDirectory(directory);
    const standing = await standingIn(path);
    const complete = [...standing].filter(([name, stamp]) => seen.get(name) === stamp).map(([name]) => name);
    seen = standing;
    for (const name of complete.toSorted().slice(0, filesMax)) {
      if (signal.aborted) return;
      const order = { source: 'folder', signal, ...(csvProfile !== undefined && { csvProfile }) } as const;
      const outcome = await importedOrTold(join(path, name), order);
      if (outcome === undefined) continue;
      tell(log, outcome);
      if (outcome.outcome === 'imported' || outcome.outcome === 'known') await moveOn(path, name, 'done');
      if (outcome.outcome === 'refused') await moveOn(path, name, 'refused');
    }
  }

  /** A file that cannot be read holds up none of those behind it; a ledger that is away holds up all. */
  async function importedOrTold(
    file: string,
    order: Parameters<typeof importStatement>[2],
  ): Promise<Imported | ImportRefusal | undefined> {
    try {
      return await importStatement(importing, fileOriginal(file), order);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      log.warn('statement.postponed', { source: 'folder', effect: 'unreadable', ...errorFields(error) });
      return undefined;
    }
  }

  return { name: 'statementFolder', run: round };
}

/** The files of a folder, each with what changes when somebody writes to it. */
async function standingIn(path: string): Promise<Map<string, string>> {
  const inside = await readdir(path, { withFileTypes: true });
  const files = inside.filter((entry) => entry.isFile() && !/^\.|\.(part|tmp)$/i.test(entry.name));
  const standing = new Map<string, string>();
  for (const { name } of files) {
    // Another process may have moved it on.
    const found = await stat(join(path, name), { bigint: true }).catch(() => undefined);
    if (found !== undefined) standing.set(name, `${found.ino} ${found.size} ${found.mtimeNs}`);
  }
  return standing;
}

/** No file is written over: a second one of a name gets another. */
async function moveOn(path: string, name: string, to: 'done' | 'refused'): Promise<void> {
  const there = join(path, to, name);
  const isTaken = await access(there).then(
    () => true,
    () => false,
  );
  try {
    await rename(join(path, name), isTaken ? `${there}.${randomUUID()}` : there);
  } catch (error) {
    // Another process of this folder was quicker.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** What became of it, without its name: a bank's name of a file may tell of an account. */
function tell(log: Log, outcome: Imported | ImportRefusal): void {
  switch (outcome.outcome) {
    case 'imported':
    case 'known':
      log.info('statement.imported', { source: 'folder', effect: outcome.outcome, count: outcome.added });
      return;
    case 'refused':
      log.warn('statement.refused', { source: 'folder', refusal: outcome.rule });
      return;
    case 'busy':
    case 'stopped':
      log.info('statement.postponed', { source: 'folder', effect: outcome.outcome });
  }
}
