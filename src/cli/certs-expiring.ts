/** `certs expiring`: what ends soon, of an authority's inventory and of files. */
import { resolve } from 'node:path';
import type { X509Certificate } from 'node:crypto';
import { isAuthorityFolder, openAuthorityFolder } from '../pki/authority-folder.ts';
import type { InventoryEntry } from '../pki/authority-record.ts';
import { certificateView } from '../pki/inspection.ts';
import { systemClock } from '../platform/clock.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { fileAt, filePasswordFrom, filesOf, unreadableSentences } from './certs-files.ts';
import { daysFrom } from './certs-terms.ts';
import { readArgs, type Terminal } from './command.ts';
import { table } from './table.ts';

const options = {
  days: { type: 'string' },
  ca: { type: 'string' },
  passphrase: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const dayMs = 86_400_000;
/** The first of the days on which the running bridge warns. */
const warnedDays = { or: 30, max: 3_653 };

interface Expiring {
  /** The file, or `inventory`. */
  readonly where: string;
  readonly role?: string;
  readonly partnerId?: string;
  readonly serialNumber: string;
  readonly fingerprint256: string;
  readonly names: readonly string[];
  readonly notAfter: Date;
}

/** 0 where nothing ends within the days; what has ended counts too, unless a newer one is in its place. */
export async function expiring(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const days = daysFrom(values.days, '--days', warnedDays);
  const now = systemClock.now();
  const until = new Date(now.getTime() + days * dayMs);
  const password = filePasswordFrom(values.passphrase, terminal);
  const files = filesOf(positionals).flatMap((file) => expiringIn(file, until, password));
  const all = [...inventoryEntries(values.ca, positionals.length > 0, until), ...files];
  const found = all.toSorted((one, other) => one.notAfter.getTime() - other.notAfter.getTime());
  if (values.json === true) await terminal.out(JSON.stringify({ days, until, expiring: found }));
  else await terminal.out(report(found, { days, now }));
  return found.length === 0 ? 0 : 1;
}

/** The folder that is named; where none is and there are no files, the one under this directory. */
function inventoryEntries(folder: string | undefined, hasFiles: boolean, until: Date): Expiring[] {
  if (folder === undefined && hasFiles) return [];
  const directory = resolve(folder ?? 'ca');
  if (folder === undefined && !isAuthorityFolder(directory)) {
    throw new Misconfigured([`${directory}: holds no authority; say --ca DIR, or the files`]);
  }
  const living = openAuthorityFolder(directory)
    .inventory()
    .filter(({ revoked }) => revoked === undefined);
  return living
    .filter((entry) => entry.notAfter <= until && !living.some((other) => replaces(other, entry, until)))
    .map((entry) => ({ where: 'inventory', ...factsOf(entry) }));
}

function factsOf({
  role,
  partnerId,
  serialNumber,
  fingerprint256,
  names,
  notAfter,
}: InventoryEntry): Omit<Expiring, 'where'> {
  return {
    role,
    ...(partnerId !== undefined && { partnerId }),
    serialNumber,
    fingerprint256,
    names,
    notAfter,
  };
}

/** Another one of the same name that lives on: whoever has it needs the old one no more. */
function replaces(other: InventoryEntry, entry: InventoryEntry, until: Date): boolean {
  const isSame = other.role === entry.role && other.partnerId === entry.partnerId;
  return isSame && other.notAfter > until && other.names.toString() === entry.names.toString();
}

function expiringIn(file: string, until: Date, password: string | undefined): Expiring[] {
  const found = fileAt(file, password);
  if (typeof found === 'string') throw new Misconfigured([`${file}: ${unreadableSentences[found]}`]);
  return found.certificates
    .filter(({ validToDate }) => validToDate <= until)
    .map((certificate: X509Certificate) => {
      const { serialNumber, fingerprint256, names, notAfter } = certificateView(certificate);
      return { where: file, serialNumber, fingerprint256, names, notAfter };
    });
}

function report(found: readonly Expiring[], { days, now }: { days: number; now: Date }): string {
  if (found.length === 0) return `nothing ends within ${days} days`;
  const rows = found.map(({ where, role = '', partnerId = '', serialNumber, names, notAfter }) => [
    notAfter.toISOString(),
    remaining(notAfter, now),
    role,
    partnerId,
    serialNumber,
    where,
    names.join(', '),
  ]);
  return table(['ends', 'days', 'role', 'partner', 'serial', 'where', 'names'], rows, ['days']);
}

function remaining(notAfter: Date, now: Date): string {
  return notAfter <= now ? 'ended' : String(Math.floor((notAfter.getTime() - now.getTime()) / dayMs));
}
