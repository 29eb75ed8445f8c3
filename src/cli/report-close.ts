import { readdir, readFile } from 'node:fs/promises';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { readLedgerConfig } from '../config.ts';
import { closeKeyFrom } from '../config/close-key.ts';
import { reconciliationFrom } from '../config/reconciliation.ts';
import { isDevelopment } from '../config/development.ts';
import { readSettings } from '../config/settings.ts';
import { developmentSecrets } from '../pki/development.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import type { Environment } from '../platform/references.ts';
import { resolveReference } from '../platform/references.ts';
import { closeDay, type CloseWorld } from '../reconciliation/reports/close-day.ts';
import { publicKeyOf, verifyPack } from '../reconciliation/reports/close-pack.ts';
import { keepPack } from '../reconciliation/reports/keep-pack.ts';
import { openStores } from '../store/open.ts';
import { type Terminal, UsageError } from './command.ts';

export interface WantedClose {
  readonly brand: string;
  /** Every currency that the brand's books have, where none is named. */
  readonly currency?: string;
  readonly day: string;
  /** Under CAGEBRIDGE_HOME where none is named. */
  readonly out?: string;
}

/** 0 where every one of them is closed and its pack is written. */
export async function closeAndWrite(terminal: Terminal, wanted: WantedClose): Promise<number> {
  const { home, ledger: location } = readLedgerConfig(terminal.env);
  const { brands, reconciliation } = readSettings(terminal.env);
  const key = await signingKey(terminal.env);
  const { brand, day, out = join(home, 'closes') } = wanted;
  const clock = systemClock;
  const { ledger, statements, reports, closes } = await openStores(location);
  try {
    const { accounts, limits } = reconciliationFrom(reconciliation, (path) => path);
    const books = new Map(Object.entries(brands));
    const world: CloseWorld = {
      reports: { sums: reports, ledger, statements, accounts, books, limits },
      closes,
      jobs: statements,
      clock,
      ids: createIds({ clock }),
      limits,
    };
    const all = (await reports.groupSums({ brand })).map(({ currency }) => currency);
    const currencies = wanted.currency === undefined ? [...new Set(all)].toSorted() : [wanted.currency];
    let refusals = 0;
    for (const currency of currencies) {
      const closed = await closeDay(world, { brand, currency }, day);
      if ('refused' in closed) {
        refusals += 1;
        terminal.err(`cagebridge: ${brand} ${currency} ${day}: ${refused[closed.refused]}`);
        continue;
      }
      const directory = await keepPack(closed, key, out);
      await terminal.out(`${directory}  ${closed.sha256}`);
    }
    return refusals === 0 ? 0 : 1;
  } finally {
    await ledger.close();
  }
}

const refused = {
  BRAND_UNKNOWN: 'no brand has this name',
  DAY_NOT_OVER: 'the day is not over, or not for long enough',
  LATER_DAY_CLOSED: 'a later day is closed already',
  DAY_BEFORE_OPEN: 'the day before it is still open: close that first',
  REPORT_INCOMPLETE: 'more is open than a report may look through (reportRowsMax)',
  BUSY: 'another close or reopening of these books is under way',
} as const;

/** 0 where nothing in the directory is other than it was signed. */
export async function verifyDirectory(terminal: Terminal, directory: string): Promise<number> {
  const key = publicKeyOf(await signingKey(terminal.env));
  const names = await readdir(directory).catch(() => undefined);
  if (names === undefined) throw new UsageError('--verify: there is no such directory');
  if (names.length > filesMax) throw new UsageError('--verify: that is no pack of a close');
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(directory, name))] as const),
  );
  const findings = verifyPack(new Map(files), key);
  for (const finding of findings) {
    terminal.err(`cagebridge: ${finding.kind}${'file' in finding ? ` ${finding.file}` : ''}`);
  }
  if (findings.length === 0) await terminal.out('the pack is as it was signed');
  return findings.length === 0 ? 0 : 1;
}

/** More do not belong to a pack. */
const filesMax = 20;

/** @throws Misconfigured where no key is named, or what is named is none */
async function signingKey(env: Environment): Promise<KeyObject> {
  const { home } = readLedgerConfig(env);
  if (isDevelopment(env)) await developmentSecrets(join(home, 'certs'));
  return closeKeyFrom(readSettings(env).reconciliation.closeKey, (reference, at, kind) =>
    resolveReference({ reference, at, ...(kind && { kind }) }, { env, home }),
  );
}
