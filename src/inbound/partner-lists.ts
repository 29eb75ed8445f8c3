/** How the lists of revoked certificates stand of those partners who want one, and what the ledger remembers of lists. */
import type { PartnerStore } from '../payments/partner-store.ts';
import type { Partner } from '../payments/partners.ts';
import type { Clock } from '../payments/ports.ts';
import type { KnownList, RevocationLists } from '../pki/revocation-lists.ts';
import { type PartnerAuthority, partnerAuthorities } from './partner-authorities.ts';

/** The list of one authority of a partner. */
export interface AuthorityList extends KnownList {
  readonly issuerFingerprint256: string;
}

/** A partner whose policy asks for a list. */
export interface ListedPartner {
  readonly partnerId: string;
  /** Why a certificate of his may be refused, or let in with an alarm; absent where all is well. */
  readonly trouble?: 'listMissing' | 'listStale';
}

type Lists = Pick<RevocationLists, 'listOf'>;

/** The lists of all authorities of partners who may come in, each once; those that have none are left out. */
export function authorityLists(
  partners: readonly Partner[],
  lists: Lists,
  now: Date,
): readonly AuthorityList[] {
  const authorities = authoritiesOfPartners(partners);
  const once = new Map(authorities.map((authority) => [authority.fingerprint256, authority]));
  return Array.from(once.values(), (authority) => listOf(authority, lists, now)).filter(
    ({ standing }) => standing !== 'missing',
  );
}

/** Every partner who may come in and whose policy asks for a list. */
export function listedPartners(
  partners: readonly Partner[],
  lists: Lists,
  now: Date,
): readonly ListedPartner[] {
  const listed = partners.filter(({ enabled, crl }) => enabled && crl !== 'notRequired');
  return listed.map((partner) => ({ partnerId: partner.id, ...troubleOf(partner, lists, now) }));
}

/** As the door judges: one above another may publish none, and a stale one counts wherever it is. */
function troubleOf(partner: Partner, lists: Lists, now: Date): Pick<ListedPartner, 'trouble'> {
  const authorities = partnerAuthorities(partner);
  const standings = authorities.map((authority) => {
    const { standing } = lists.listOf(authority, now);
    const isAbove = authorities.some(({ above }) => above.includes(authority));
    return standing === 'missing' && isAbove ? 'good' : standing;
  });
  if (standings.includes('missing')) return { trouble: 'listMissing' };
  return standings.includes('stale') ? { trouble: 'listStale' } : {};
}

/** The authorities of partners who may come in. */
export function authoritiesOfPartners(partners: readonly Partner[]): readonly PartnerAuthority[] {
  return partners.filter(({ enabled }) => enabled).flatMap(partnerAuthorities);
}

function listOf(authority: PartnerAuthority, lists: Lists, now: Date): AuthorityList {
  return { issuerFingerprint256: authority.fingerprint256, ...lists.listOf(authority, now) };
}

/** So many are written at once: each authority has one. */
const notedMax = 1_000;

/** Tells this process what others have met, and them what it has. @throws LedgerUnavailable */
export async function shareMetLists(
  store: Pick<PartnerStore, 'newestRevocationLists' | 'noteRevocationLists'>,
  lists: Pick<RevocationLists, 'remember' | 'unremembered'>,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  lists.remember(await store.newestRevocationLists());
  const news = lists.unremembered().slice(0, notedMax);
  if (news.length === 0) return;
  await store.noteRevocationLists(news, clock.now());
  lists.remember(news);
}
