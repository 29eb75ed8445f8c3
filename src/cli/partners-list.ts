/** `partners list`: who may call us, by which certificates, until when, and when each was seen last. */
import { systemClock } from '../platform/clock.ts';
import { readArgs, type Terminal } from './command.ts';
import { identityCells, identityHeadings, type PartnerView, partnerView } from './partners-view.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const options = { json: { type: 'boolean', default: false } } as const;

export async function listPartners(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const [revisions, sightings] = await withLedger(terminal, async ({ partners }) => [
    await partners.partners(),
    await partners.sightings(),
  ]);
  const now = systemClock.now();
  const views = revisions.map((revision) => partnerView(revision, sightings, now));
  if (values.json) for (const view of views) await terminal.out(JSON.stringify(view));
  else await terminal.out(views.length === 0 ? 'nobody yet: cagebridge partners add' : listTable(views));
  return 0;
}

/** A line for each certificate: who has two is in the middle of a rotation. */
function listTable(views: readonly PartnerView[]): string {
  const rows = views.flatMap((view) => {
    const state = view.enabled ? 'enabled' : 'disabled';
    const first = [view.id, state, `${view.revision} ${view.subject}`];
    if (view.identities.length === 0) return [[...first, 'by tokens', '', '', '', '', '']];
    return view.identities.map((identity) => [...first, ...identityCells(identity)]);
  });
  return table(['partner', 'state', 'revision', ...identityHeadings], rows);
}
