/** What a rotation makes of a partner's certificates. Pure. At no instant is there a partner without one who had one. */
import type { Partner, PartnerIdentity } from '../../payments/partners.ts';
import { issuersOf, joined } from './authorities.ts';
import { type HisCertificate, identityOf } from './his-certificate.ts';
import type { Change } from './partner-acts.ts';

export function isOver({ notAfter }: PartnerIdentity, now: Date): boolean {
  return notAfter !== undefined && notAfter <= now;
}

/** At most two certificates at a time: who has a next one already ends the older first. */
export function rotationUnderWay({ identities }: Partner, now: Date): string | undefined {
  return identities.filter((identity) => !isOver(identity, now)).length > 1
    ? 'a rotation is under way: partners rotate ID --finish ends the older certificate, --abandon the next one'
    : undefined;
}

export interface Rotation {
  readonly from: Date;
  /** When the present one ends; undefined where it goes on until somebody has tried the next one. */
  readonly until: Date | undefined;
  readonly now: Date;
  readonly sanUri: string | undefined;
}

/** The present one ends when it would anyway, or at the end of the overlap, whichever comes first. */
export function rotated(
  partner: Partner,
  next: HisCertificate,
  { from, until, now, sanUri }: Rotation,
): Change {
  const present = partner.identities.filter((identity) => !isOver(identity, now));
  const identity = identityOf(partner.id, next, sanUri);
  if (typeof identity === 'string') return identity;
  const named = present.find((one) => stands(one, next));
  const issuers = joined(partner.issuers, next.issuers);
  if (named !== undefined && issuers.length === partner.issuers.length)
    return 'this certificate counts already: nothing is to be rotated';
  if (next.notAfter <= from) return 'the next certificate ends before it is to count';
  if (present.length > 0 && present.every(({ notAfter }) => notAfter !== undefined && notAfter < from)) {
    return 'the present certificate ends before the next one is to count (--from)';
  }
  if (named !== undefined) {
    const taken = { ...named, ...takenUnderBoth(named, identity) };
    const identities = partner.identities.map((one) => (one === named ? taken : one));
    return { partner: { ...partner, issuers, identities } };
  }
  const identities = [...present.map((one) => endingBy(one, until)), { ...identity, notBefore: from }];
  return { partner: { ...partner, issuers, identities } };
}

/** Gives every other certificate than the next one its end: the next one has been tried. */
export function switched(partner: Partner, next: HisCertificate, until: Date): Change {
  if (!partner.identities.some((one) => stands(one, next))) return notHisAnyMore;
  const identities = partner.identities.map((one) => (stands(one, next) ? one : endingBy(one, until)));
  return { partner: { ...partner, identities } };
}

/** As everything was before the next certificate came, which ends now: nobody was let in by it. */
export function takenBack(
  partner: Partner,
  before: Pick<Partner, 'issuers' | 'identities'>,
  { next, now }: { readonly next: HisCertificate; readonly now: Date },
): Change {
  const added = partner.identities.find((one) => stands(one, next));
  if (added === undefined) return notHisAnyMore;
  const { issuers } = before;
  // Who is known by a URI has got no identity by it, only an authority.
  const isNew = !before.identities.some((one) => isSame(one, added));
  const identities = [...before.identities, ...(isNew ? [{ ...added, notAfter: now }] : [])];
  return { partner: { ...partner, issuers, identities } };
}

const notHisAnyMore =
  'the next certificate is not his any more: somebody has changed his certificates meanwhile';

/** The older one ends now; not where the next one is denied, because he would have none. */
export function finished(
  partner: Partner,
  now: Date,
  isDenied: (fingerprint256: string) => boolean = () => false,
): Change {
  const { present, newest } = underWay(partner, now);
  if (newest === undefined) return noRotation;
  if (newest.fingerprint256 !== undefined && isDenied(newest.fingerprint256)) {
    return 'the next certificate is revoked: partners rotate ID --abandon lets the older one count on';
  }
  if (startOf(newest) > now.getTime()) return 'the next certificate does not count yet: he would have none';
  const identities = present.map((one) => (one === newest ? one : { ...one, notAfter: now }));
  const left = issuersOf(partner.issuers, [newest]);
  return { partner: { ...partner, identities, issuers: left.issuers }, notes: left.notes };
}

/**
 * The next one ends now, and everything else is as it was before it came. `before` are the partner's earlier revisions,
 * newest first.
 */
export function abandoned(partner: Partner, before: readonly Partner[], now: Date): Change {
  const { newest } = underWay(partner, now);
  if (newest === undefined) return noRotation;
  const without = before.find(({ identities }) => !identities.some((one) => isSame(one, newest)));
  if (without === undefined) return 'no earlier revision is without the next certificate';
  // One that never counted leaves nothing behind.
  const ended = startOf(newest) > now.getTime() ? [] : [{ ...newest, notAfter: now }];
  const { issuers } = without;
  return { partner: { ...partner, issuers, identities: [...without.identities, ...ended] } };
}

const noRotation = 'no rotation is under way';

function underWay({ identities }: Partner, now: Date) {
  const present = identities.filter((identity) => !isOver(identity, now));
  const [newest] = present.toSorted((a, b) => startOf(b) - startOf(a));
  return { present, ...(present.length > 1 && { newest }) };
}

/** Whether a certificate stands for him by an identity that he has. */
function stands({ fingerprint256, sanUri }: PartnerIdentity, next: HisCertificate): boolean {
  if (fingerprint256 !== undefined) return fingerprint256 === next.fingerprint256;
  return sanUri !== undefined && next.sanUris.includes(sanUri);
}

/** Known by a URI he goes on under his former authorities until somebody says which are to stay. */
function takenUnderBoth(
  { certificate: former }: PartnerIdentity,
  { certificate: latter }: PartnerIdentity,
): Pick<PartnerIdentity, 'certificate'> {
  if (former === undefined || latter === undefined) return {};
  const authorities = [...new Set([...former.authorities, ...latter.authorities])];
  return { certificate: { ...latter, authorities } };
}

function isSame(one: PartnerIdentity, other: PartnerIdentity): boolean {
  return one.fingerprint256 === other.fingerprint256 && one.sanUri === other.sanUri;
}

function startOf({ notBefore }: PartnerIdentity): number {
  return notBefore?.getTime() ?? 0;
}

function endingBy(one: PartnerIdentity, until: Date | undefined): PartnerIdentity {
  if (until === undefined) return one;
  return { ...one, notAfter: one.notAfter !== undefined && one.notAfter < until ? one.notAfter : until };
}
