import { openAuthorityFolder } from '../pki/authority-folder.ts';
import type { InventoryEntry } from '../pki/authority-record.ts';
import { systemClock } from '../platform/clock.ts';
import { folderFrom, folderOptions, partnerIdFrom } from './certs-terms.ts';
import { certificateView } from './certs-told.ts';
import { readArgs, type Terminal } from './command.ts';
import { table } from './table.ts';

const options = { ...folderOptions, partner: { type: 'string' } } as const;

/** Every certificate of an authority's record, oldest first: `certs list`. */
export async function listCertificates(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const partnerId = partnerIdFrom(values.partner);
  const entries = openAuthorityFolder(folderFrom(values))
    .inventory()
    .filter((entry) => partnerId === undefined || entry.partnerId === partnerId);
  const now = systemClock.now();
  if (values.json === true) {
    for (const entry of entries) {
      const view = {
        ...certificateView(entry),
        issuedAt: entry.issuedAt.toISOString(),
        state: stateOf(entry, now),
      };
      await terminal.out(JSON.stringify(view));
    }
    return 0;
  }
  const rows = entries.map((entry) => [
    entry.serialNumber,
    entry.role,
    entry.partnerId ?? '',
    entry.how,
    entry.names.join(', '),
    entry.notAfter.toISOString().slice(0, 10),
    stateOf(entry, now),
  ]);
  await terminal.out(table(['serial number', 'role', 'partner', 'how', 'names', 'until', 'state'], rows));
  return 0;
}

function stateOf({ revoked, notAfter }: InventoryEntry, now: Date): string {
  if (revoked !== undefined) return `revoked: ${revoked.reason}`;
  return notAfter < now ? 'ended' : 'valid';
}
