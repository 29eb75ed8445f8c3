/** The configuration's word on partners, said to the ledger at a start. */
import { isDeepStrictEqual } from 'node:util';
import type { PartnerRevision, PartnerStore } from '../payments/partner-store.ts';
import type { Partner } from '../payments/partners.ts';
import type { Clock, Ids } from '../payments/ports.ts';

export interface Seeding {
  readonly store: Pick<PartnerStore, 'partners' | 'addRevision'>;
  /** The partners of the configuration. */
  readonly partners: readonly Partner[];
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  /** Told of each partner whom a person has changed since, so that the configuration's word about him does not count. */
  readonly differs: (partnerId: string) => void;
}

/** What one look at the ledger leaves to be done. */
interface Unsaid {
  readonly revisions: readonly Omit<PartnerRevision, 'id' | 'at'>[];
  /** Whom a person has changed, and the configuration has otherwise. */
  readonly overruled: readonly string[];
}

/** Bridges that start together say the same: whoever is late looks again. */
const triesMax = 5;

/**
 * Adds the revisions after which the ledger has what the configuration says, where the configuration said it last: somebody
 * new, somebody changed, and, for whoever is no longer named, that he is disabled. What a person said stands.
 * @throws LedgerUnavailable
 */
export async function seedPartners({ store, partners, clock, ids, differs }: Seeding): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { revisions, overruled } = unsaid(partners, await store.partners());
    const added = await Promise.all(
      revisions.map((revision) => store.addRevision({ ...revision, id: ids.uuid(), at: clock.now() })),
    );
    if (!added.includes('stale')) return overruled.forEach(differs);
    if (tries === triesMax) throw new Error('partners change faster than they can be seeded');
  }
}

export function unsaid(configured: readonly Partner[], known: readonly PartnerRevision[]): Unsaid {
  const newest = new Map(known.map((revision) => [revision.partner.id, revision]));
  const named = new Set(configured.map(({ id }) => id));
  const overruled: string[] = [];
  const said = configured.flatMap((partner) => {
    const before = newest.get(partner.id);
    if (before !== undefined && isDeepStrictEqual(plain(before.partner), plain(partner))) return [];
    if (before?.origin !== 'person') return [revisionAfter(before, partner, 'configured')];
    overruled.push(partner.id);
    return [];
  });
  const gone = known
    .filter(({ partner, origin }) => origin === 'configuration' && partner.enabled && !named.has(partner.id))
    .map((before) => revisionAfter(before, { ...before.partner, enabled: false }, 'no longer configured'));
  return { revisions: [...said, ...gone], overruled };
}

function revisionAfter(
  before: PartnerRevision | undefined,
  partner: Partner,
  reason: string,
): Omit<PartnerRevision, 'id' | 'at'> {
  const revision = (before?.revision ?? 0) + 1;
  return { partner, revision, origin: 'configuration', subject: 'configuration', reason };
}

/**
 * Without members that are there and undefined, because a text keeps none; nor what is known of a certificate, because a
 * configuration names it and has it not.
 */
function plain(partner: Partner): Partner {
  return structuredClone({
    ...partner,
    identities: partner.identities.map((identity) =>
      Object.fromEntries(
        Object.entries(identity).filter(([key, value]) => value !== undefined && key !== 'certificate'),
      ),
    ),
  });
}
