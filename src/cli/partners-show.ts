/** `partners show`: one partner, from which authorities and by which certificates he comes in, and who said so and why. */
import { partnerAuthorities } from '../inbound/partner-authorities.ts';
import type { PartnerRevision } from '../payments/partner-store.ts';
import { systemClock } from '../platform/clock.ts';
import { readArgs, type Terminal } from './command.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import { nobodyOfThisId } from './onboarding/partner-acts.ts';
import { dayOf, identityCells, identityHeadings, type PartnerView, partnerView } from './partners-view.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const options = { json: { type: 'boolean', default: false } } as const;
const revisionsMax = 50;

/** 1 where the ledger has nobody of this id. */
export async function showPartner(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const id = partnerIdFrom(positionals);
  const [revisions, sightings] = await withLedger(terminal, async ({ partners }) => [
    await partners.revisionsOf(id, revisionsMax),
    await partners.sightings(),
  ]);
  const [newest] = revisions;
  if (newest === undefined) {
    terminal.err(`cagebridge: ${nobodyOfThisId}`);
    return 1;
  }
  const view = partnerView(newest, sightings, systemClock.now());
  const history = revisions.map(({ revision, at, subject, origin, reason, partner }) => ({
    revision,
    at,
    subject,
    origin,
    reason,
    enabled: partner.enabled,
  }));
  const authorities = authorityViews(newest);
  await terminal.out(
    values.json ? JSON.stringify({ ...view, authorities, history }) : page(view, authorities, history),
  );
  return 0;
}

interface AuthorityView {
  readonly fingerprint256: string;
  readonly notAfter: Date;
}

/** From which his certificates may come: he who wants another list has to know the present one. */
function authorityViews({ partner, unreadable }: PartnerRevision): readonly AuthorityView[] {
  if (unreadable === true) return [];
  return partnerAuthorities(partner).map(({ fingerprint256, certificate }) => ({
    fingerprint256,
    notAfter: certificate.validToDate,
  }));
}

type Past = Pick<PartnerRevision, 'revision' | 'at' | 'subject' | 'origin' | 'reason'> & { enabled: boolean };

function page(view: PartnerView, authorities: readonly AuthorityView[], history: readonly Past[]): string {
  const limits = Object.entries(view.amountMax).map(([currency, value]) => `${value} ${currency}`);
  const told: readonly (readonly [string, string])[] = [
    ['partner', view.id],
    ['state', view.enabled ? 'enabled' : 'disabled'],
    ['operations', view.operations.join(', ')],
    ['brands', `${view.brands.join(', ')} (${view.defaultBrand} where he names none)`],
    ['currencies', view.currencies.join(', ')],
    ['at most', limits.join(', ')],
    ['TLS', `${view.tlsFloor} at least`],
    ['CRL', view.crl],
    ['tokens', String(view.tokens)],
  ];
  return [
    ...told.map(([name, value]) => `${name.padEnd(12)}${value}`.trimEnd()),
    '',
    table(identityHeadings, view.identities.map(identityCells)),
    '',
    ...(authorities.length === 0
      ? []
      : [
          table(
            ['authority', 'until'],
            authorities.map(({ fingerprint256, notAfter }) => [fingerprint256, dayOf(notAfter)]),
          ),
          '',
        ]),
    table(
      ['revision', 'at', 'by', 'state', 'reason'],
      history.map(({ revision, at, subject, enabled, reason }) => [
        String(revision),
        at.toISOString(),
        subject,
        enabled ? 'enabled' : 'disabled',
        reason,
      ]),
      ['revision'],
    ),
  ].join('\n');
}
