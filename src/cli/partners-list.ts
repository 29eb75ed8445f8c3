/** `partners list` and `partners show`: who may call us, by which certificates, and when each was seen last. */
import type { PartnerIdentity } from '../payments/partners.ts';
import type { CertificateSighting, PartnerRevision } from '../payments/partner-store.ts';
import { systemClock } from '../platform/clock.ts';
import { readArgs, type Terminal } from './command.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import { partnerTold } from './onboarding/partner-acts.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const options = { json: { type: 'boolean', default: false } } as const;
const revisionsMax = 50;

export async function listPartners(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const [revisions, sightings] = await withLedger(terminal, async ({ partners }) => [
    await partners.partners(),
    await partners.sightings(),
  ]);
  const now = systemClock.now();
  const views = revisions.map((revision) => partnerView(revision, sightings, now));
  if (values.json) for (const view of views) await terminal.out(JSON.stringify(view));
  else await terminal.out(listTable(views));
  return 0;
}

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
    terminal.err('cagebridge: there is no partner of this id in the ledger');
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
  await terminal.out(values.json ? JSON.stringify({ ...view, history }) : page(view, history));
  return 0;
}

interface IdentityView extends PartnerIdentity {
  /** Whether it counts now, will, or did. */
  readonly stands: 'current' | 'next' | 'ended';
  /** The certificates that were shown for it, the latest first. */
  readonly seen: readonly Pick<CertificateSighting, 'fingerprint256' | 'lastSeenAt' | 'notAfter'>[];
}

type PartnerView = Omit<ReturnType<typeof partnerTold>, 'identities'> & {
  readonly revision: number;
  readonly origin: PartnerRevision['origin'];
  readonly subject: string;
  readonly at: Date;
  readonly identities: readonly IdentityView[];
};

function partnerView(
  { partner, revision, origin, subject, at }: PartnerRevision,
  sightings: readonly CertificateSighting[],
  now: Date,
): PartnerView {
  const { identities } = partner;
  const his = sightings.filter(({ partnerId }) => partnerId === partner.id);
  const pinned = new Set(identities.map(({ fingerprint256 }) => fingerprint256));
  return {
    ...partnerTold(partner),
    revision,
    origin,
    subject,
    at,
    identities: identities.map((identity) => ({
      ...identity,
      stands: standsOf(identity, now),
      seen: his
        .filter(({ fingerprint256 }) =>
          identity.fingerprint256 === undefined
            ? !pinned.has(fingerprint256)
            : fingerprint256 === identity.fingerprint256,
        )
        .toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
        .map(({ fingerprint256, lastSeenAt, notAfter }) => ({ fingerprint256, lastSeenAt, notAfter })),
    })),
  };
}

function standsOf({ notBefore, notAfter }: PartnerIdentity, now: Date): IdentityView['stands'] {
  if (notBefore !== undefined && now < notBefore) return 'next';
  return notAfter !== undefined && notAfter < now ? 'ended' : 'current';
}

/** A line for each certificate: who has two is in the middle of a rotation. */
function listTable(views: readonly PartnerView[]): string {
  const rows = views.flatMap((view) => {
    const state = view.enabled ? 'enabled' : 'disabled';
    const first = [view.id, state, `${view.revision} ${view.subject}`];
    if (view.identities.length === 0) return [[...first, 'by tokens', '', '', '', '']];
    return view.identities.map((identity) => [...first, ...identityCells(identity)]);
  });
  return table(['partner', 'state', 'revision', 'certificate', 'stands', 'from', 'until', 'last seen'], rows);
}

function identityCells({
  fingerprint256,
  sanUri,
  stands,
  notBefore,
  notAfter,
  seen,
}: IdentityView): string[] {
  const name = [fingerprint256?.slice(0, 16), sanUri].filter((part) => part !== undefined).join(' ');
  return [name, stands, dayOf(notBefore), dayOf(notAfter), dayOf(seen[0]?.lastSeenAt)];
}

function dayOf(at: Date | undefined): string {
  return at === undefined ? '' : `${at.toISOString().slice(0, 16)}Z`;
}

type Past = Pick<PartnerRevision, 'revision' | 'at' | 'subject' | 'origin' | 'reason'> & { enabled: boolean };

function page(view: PartnerView, history: readonly Past[]): string {
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
    ['authorities', String(view.issuers)],
    ['tokens', String(view.tokens)],
  ];
  return [
    ...told.map(([name, value]) => `${name.padEnd(12)}${value}`.trimEnd()),
    '',
    table(['certificate', 'stands', 'from', 'until', 'last seen'], view.identities.map(identityCells)),
    '',
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
