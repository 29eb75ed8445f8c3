/** `certs expiring`: what ends soon, of an authority's inventory, of files, and of partners as the ledger has them. */
import { resolve } from 'node:path';
import type { X509Certificate } from 'node:crypto';
import type { EndsBy } from '../inbound/partner-certificates.ts';
import { isAuthorityFolder, openAuthorityFolder } from '../pki/authority-folder.ts';
import type { InventoryEntry } from '../pki/authority-record.ts';
import { certificateView } from '../pki/inspection.ts';
import { dayMs, systemClock } from '../platform/clock.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { fileAt, filePasswordFrom, filesOf, unreadableSentences } from './certs-files.ts';
import { hasLedger } from './certs-audit.ts';
import { type PartnerEnding, partnerEndings } from './certs-expiring-partners.ts';
import { daysFrom } from './certs-terms.ts';
import { readArgs, type Terminal } from './command.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const options = {
  days: { type: 'string' },
  ca: { type: 'string' },
  passphrase: { type: 'string' },
  'no-ledger': { type: 'boolean', default: false },
  json: { type: 'boolean' },
} as const;

/** The first of the days on which the running bridge warns. */
const warnedDays = { or: 30, max: 3_653 };

interface Expiring {
  /** The file, `inventory` or `ledger`. */
  readonly where: string;
  readonly role?: string;
  readonly partnerId?: string;
  readonly serialNumber: string;
  readonly fingerprint256: string;
  readonly names: readonly string[];
  readonly notAfter: Date;
  /** Of a partner's: its own end, or that of the window in which it stands for him. */
  readonly endsBy?: EndsBy;
  readonly lastSeenAt?: Date;
}

/** 0 where nothing ends within the days; what has ended counts too, unless a newer one is in its place. */
export async function expiring(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const days = daysFrom(values.days, '--days', warnedDays);
  const now = systemClock.now();
  const until = new Date(now.getTime() + days * dayMs);
  const password = filePasswordFrom(values.passphrase, terminal);
  const files = filesOf(positionals).flatMap((file) => expiringIn(file, until, password));
  const hasFiles = positionals.length > 0;
  const isAsked = !hasFiles && !values['no-ledger'] && hasLedger(terminal.env);
  const ofPartners = isAsked ? await endingsIn(terminal, { until, now }) : [];
  const inventory = inventoryEntries(values.ca, hasFiles || isAsked, until);
  // What the ledger says of a certificate is the better word: it knows of windows, and who was seen.
  const known = new Set(ofPartners.map(({ fingerprint256 }) => fingerprint256));
  const ours = inventory.filter(({ fingerprint256 }) => !known.has(fingerprint256));
  const found = [...ofPartners, ...ours, ...files].toSorted(
    (one, other) => one.notAfter.getTime() - other.notAfter.getTime(),
  );
  if (values.json === true) await terminal.out(JSON.stringify({ days, until, expiring: found }));
  else await terminal.out(report(found, { days, now }));
  return found.length === 0 ? 0 : 1;
}

function endingsIn(
  terminal: Terminal,
  when: { readonly until: Date; readonly now: Date },
): Promise<readonly PartnerEnding[]> {
  return withLedger(terminal, ({ partners }) => partnerEndings(partners, when));
}

/** The folder that is named; where none is, the one under this directory, which has to be there where nothing else is asked. */
function inventoryEntries(folder: string | undefined, isElsewhere: boolean, until: Date): Expiring[] {
  const directory = resolve(folder ?? 'ca');
  if (folder === undefined && !isAuthorityFolder(directory)) {
    if (isElsewhere) return [];
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
  const rows = found.map((one) => [
    one.notAfter.toISOString(),
    remaining(one.notAfter, now),
    one.endsBy ?? 'certificate',
    one.role ?? '',
    one.partnerId ?? '',
    one.serialNumber,
    one.where,
    one.where === 'ledger' ? seenOf(one) : one.names.join(', '),
  ]);
  return table(['ends', 'days', 'by its', 'role', 'partner', 'serial', 'where', 'names, or seen'], rows, [
    'days',
  ]);
}

function seenOf({ role, lastSeenAt }: Expiring): string {
  if (role !== 'partner') return '';
  return lastSeenAt === undefined ? 'never seen' : `seen ${lastSeenAt.toISOString().slice(0, 10)}`;
}

function remaining(notAfter: Date, now: Date): string {
  return notAfter <= now ? 'ended' : String(Math.floor((notAfter.getTime() - now.getTime()) / dayMs));
}
