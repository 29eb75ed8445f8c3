/** `recon core`: the casino core's own list of payments against the ledger. */
import { readLedgerConfig } from '../config.ts';
import { readSettings } from '../config/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { openCoreList } from '../reconciliation/core-list/open.ts';
import {
  type CoreListRefusal,
  type CoreListTaken,
  takeCoreList,
} from '../reconciliation/core-list/take-list.ts';
import { readTime } from '../reconciliation/core-list/times.ts';
import type { CoreListOrder, CoreListWorld } from '../reconciliation/core-list/world.ts';
import { fileOriginal, spooled } from '../reconciliation/importing/from-disk.ts';
import type { Original } from '../reconciliation/importing/original.ts';
import { openStores } from '../store/open.ts';
import { type Terminal, UsageError } from './command.ts';

interface Wanted {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** `-` is standard input. */
  readonly file: string;
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly madeAt: string | undefined;
  readonly partner: string | undefined;
}

type Outcome = CoreListTaken | CoreListRefusal;

/** 0 when the whole list was read and everything in it agrees, or is explained; 1 when a break stands, or rows were bad. */
export async function compareCoreList(wanted: Wanted): Promise<number> {
  const { terminal, json, file } = wanted;
  const order = orderFrom(wanted);
  const { home, ledger: location } = readLedgerConfig(terminal.env);
  const settings = readSettings(terminal.env);
  const { ledger, statements } = await openStores(location);
  try {
    const clock = systemClock;
    const parts = { ledger, statements, clock, ids: createIds({ clock }) };
    const outcome = await outcomeOf(openCoreList(settings, parts), order, { file, home });
    await terminal.out(json ? JSON.stringify({ file, ...outcome }) : inText(file, outcome));
    if (outcome.outcome !== 'compared') return 1;
    const { badRows, opened, open } = outcome;
    return badRows + opened + open === 0 ? 0 : 1;
  } finally {
    await ledger.close();
  }
}

function orderFrom({ from, until, madeAt, partner }: Wanted): CoreListOrder {
  const times = { from: timeIn(from), until: timeIn(until), madeAt: timeIn(madeAt) };
  return {
    source: 'person',
    ...(times.from && { from: times.from }),
    ...(times.until && { until: times.until }),
    ...(times.madeAt && { madeAt: times.madeAt }),
    ...(partner !== undefined && { partner }),
  };
}

/** A day stands for its first instant in UTC. */
function timeIn(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = readTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at === undefined) throw new UsageError('a time is YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss with its zone');
  return at;
}

async function outcomeOf(
  world: CoreListWorld,
  order: CoreListOrder,
  { file, home }: { readonly file: string; readonly home: string },
): Promise<Outcome> {
  if (file !== '-') return takenFrom(world, fileOriginal(file), order);
  const { bytesMax } = world.settings;
  const spool = await spooled(process.stdin, { home, name: 'standard input', bytesMax });
  if (spool === 'tooLarge') return { outcome: 'refused', rule: 'fileTooLarge' };
  try {
    return await takenFrom(world, spool.original, order);
  } finally {
    await spool.remove();
  }
}

async function takenFrom(world: CoreListWorld, original: Original, order: CoreListOrder): Promise<Outcome> {
  try {
    return await takeCoreList(world, original, order);
  } catch (error) {
    // A file that cannot be read; the ledger's troubles have no such code.
    const isFileTrouble = error instanceof Error && 'syscall' in error && 'path' in error;
    if (!isFileTrouble) throw error;
    return { outcome: 'refused', rule: 'fileUnreadable' };
  }
}

function inText(file: string, told: Outcome): string {
  if (told.outcome === 'busy') return `${file}: another list is being compared; try again`;
  if (told.outcome === 'refused') {
    const { rule, line, field } = told;
    return `${file}: refused, ${rule}${line === undefined ? '' : `, line ${line}`}${field === undefined ? '' : ` (${field})`}`;
  }
  const { partner, from, until, madeAt, rows, payments, agreeing, recent, undecided } = told;
  const { opened, open, explained, ended, badRows, remarks } = told;
  return [
    `${file}: payments of ${partner} from ${from.toISOString()} until ${until.toISOString()}, as of ${madeAt.toISOString()}`,
    `${rows} rows, ${payments} payments; ${agreeing} agree, ${recent} differ because they are recent, ${undecided} undecided for bad rows`,
    `breaks: ${opened} opened, ${open} open from before, ${explained} explained, ${ended} ended`,
    ...remarks.map(
      ({ line, rule, field }) => `${file}: line ${line}: ${rule}${field === undefined ? '' : ` (${field})`}`,
    ),
    ...(badRows > remarks.length ? [`${badRows - remarks.length} more bad rows`] : []),
  ].join('\n');
}
