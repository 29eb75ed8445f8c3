/** `recon import`: each file by itself, so that one that is refused keeps no other out. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readLedgerConfig } from '../config.ts';
import { reconciliationFrom } from '../config/reconciliation.ts';
import { readSettings } from '../config/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { fileOriginal, spooled } from '../reconciliation/importing/from-disk.ts';
import { importStatement, type Imported } from '../reconciliation/importing/import-statement.ts';
import type { Original } from '../reconciliation/importing/original.ts';
import type { ImportingWorld, ImportProgress, ImportRefusal } from '../reconciliation/importing/world.ts';
import { openImporting } from '../reconciliation/importing/open.ts';
import { openStores } from '../store/open.ts';
import type { Terminal } from './command.ts';
import { table } from './table.ts';

interface Wanted {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** Files and directories; `-` is standard input. */
  readonly names: readonly string[];
  readonly csvProfile: string | undefined;
}

type Outcome = { readonly file: string } & (Imported | ImportRefusal);

/** 0 when every file was read, with warnings or without. */
export async function importFiles({ terminal, json, names, csvProfile }: Wanted): Promise<number> {
  const { home, ledger: location } = readLedgerConfig(terminal.env);
  const settings = reconciliationFrom(readSettings(terminal.env).reconciliation, (path) => path);
  const { ledger, statements } = await openStores(location);
  try {
    const clock = systemClock;
    const world = openImporting(settings, { statements, clock, ids: createIds({ clock }) });
    const outcomes: Outcome[] = [];
    for (const name of names) {
      for await (const outcome of outcomesOf({ world, terminal, home, csvProfile }, name)) {
        outcomes.push(outcome);
        if (json) await terminal.out(JSON.stringify(outcome));
      }
    }
    if (!json) await terminal.out(tableOf(outcomes));
    return outcomes.every(({ outcome }) => outcome === 'imported' || outcome === 'known') ? 0 : 1;
  } finally {
    await ledger.close();
  }
}

interface Importing {
  readonly world: ImportingWorld;
  readonly terminal: Terminal;
  readonly home: string;
  readonly csvProfile: string | undefined;
}

async function* outcomesOf(importing: Importing, name: string): AsyncGenerator<Outcome> {
  if (name === '-') return yield await ofStandardInput(importing);
  const paths = await pathsIn(name);
  if (paths === undefined) return yield { file: name, outcome: 'refused', rule: 'fileUnreadable' };
  for (const path of paths) {
    const { size } = await stat(path);
    yield { file: path, ...(await importOne(importing, fileOriginal(path), size)) };
  }
}

/** The file, or what lies in the directory, by name; undefined where there is neither. */
async function pathsIn(name: string): Promise<readonly string[] | undefined> {
  const found = await stat(name).catch(() => undefined);
  if (found?.isFile() === true) return [name];
  if (found?.isDirectory() !== true) return undefined;
  const inside = await readdir(name, { withFileTypes: true });
  return inside
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(name, entry.name))
    .toSorted();
}

async function ofStandardInput(importing: Importing): Promise<Outcome> {
  const { home, world } = importing;
  const { fileBytesMax: bytesMax } = world.limits;
  const spool = await spooled(process.stdin, { home, name: 'standard input', bytesMax });
  if (spool === 'tooLarge') return { file: '-', outcome: 'refused', rule: 'fileTooLarge' };
  try {
    return { file: '-', ...(await importOne(importing, spool.original, spool.sizeBytes)) };
  } finally {
    await spool.remove();
  }
}

async function importOne(
  { world, terminal, csvProfile }: Importing,
  original: Original,
  sizeBytes: number,
): Promise<Imported | ImportRefusal> {
  const bar = progressBar(terminal, original.name, sizeBytes);
  try {
    return await importStatement(world, original, {
      source: 'person',
      ...(csvProfile !== undefined && { csvProfile }),
      ...(bar && { onProgress: bar.tell }),
    });
  } catch (error) {
    // A file that cannot be read; the ledger's troubles have no such code.
    if (!isFileTrouble(error)) throw error;
    return { outcome: 'refused', rule: 'fileUnreadable' };
  } finally {
    bar?.end();
  }
}

function isFileTrouble(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

const redrawMs = 200;
const barCells = 24;

/** On a terminal alone, and only where it takes a while. */
function progressBar({ progress }: Terminal, name: string, sizeBytes: number) {
  if (progress === undefined) return undefined;
  let dueMs = performance.now() + redrawMs;
  return {
    tell: ({ step, bytes, entries }: ImportProgress): void => {
      if (performance.now() < dueMs) return;
      dueMs = performance.now() + redrawMs;
      const share = Math.min(1, bytes / Math.max(1, sizeBytes));
      const cells = Math.round(share * barCells);
      const bar = '#'.repeat(cells) + '.'.repeat(barCells - cells);
      progress(`${name}  ${step.padEnd(9)} [${bar}] ${Math.floor(share * 100)} %  ${entries} entries`);
    },
    end: () => progress(''),
  };
}

function tableOf(outcomes: readonly Outcome[]): string {
  const headings = ['file', 'outcome', 'format', 'statements', 'entries', 'new', 'remarks'];
  const rows = outcomes.map((told) => {
    if (told.outcome === 'imported' || told.outcome === 'known') {
      const { file, outcome, format = '', statements, entries, added } = told;
      return [file, outcome, format, ...[statements, entries, added].map(String), remarksOf(told)];
    }
    const why =
      told.outcome === 'refused' ? `${told.rule}${told.line === undefined ? '' : `, line ${told.line}`}` : '';
    return [told.file, told.outcome, '', '', '', '', why];
  });
  return table(headings, rows, ['statements', 'entries', 'new']);
}

function remarksOf({ unassigned, differing, gaps, repeats, notBooked, badRows, warnings }: Imported): string {
  const told: readonly [number, string][] = [
    [badRows, 'bad rows'],
    [differing, 'balances differ'],
    [gaps, 'gaps'],
    [unassigned, 'unassigned'],
    [repeats, 'told before'],
    [notBooked, 'not booked'],
    [warnings, 'warnings'],
  ];
  return told
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(', ');
}
