/** What a rotation makes of a partner's certificates. Pure. At no instant is there a partner without one who had one. */
import type { Partner, PartnerIdentity } from '../../payments/partners.ts';
import { type HisCertificate, identityOf } from './his-certificate.ts';
import type { Change } from './partner-acts.ts';

function isOver({ notAfter }: PartnerIdentity, now: Date): boolean {
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
  readonly until: Date;
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
  const identity = identityOf(next, sanUri);
  if (typeof identity === 'string') return identity;
  const named = present.find((one) =>
    one.fingerprint256 === undefined
      ? one.sanUri !== undefined && next.sanUris.includes(one.sanUri)
      : one.fingerprint256 === next.fingerprint256,
  );
  const issuers = [...new Set([...partner.issuers.map(trimmed), ...next.issuers.map(trimmed)])];
  const hasNewIssuer = issuers.length > new Set(partner.issuers.map(trimmed)).size;
  if (named !== undefined && !hasNewIssuer)
    return 'this certificate counts already: nothing is to be rotated';
  if (next.notAfter <= from) return 'the next certificate ends before it is to count';
  if (present.length > 0 && present.every(({ notAfter }) => notAfter !== undefined && notAfter < from)) {
    return 'the present certificate ends before the next one is to count (--from)';
  }
  const ending = present.map((one) => ({ ...one, notAfter: earlier(one.notAfter, until) }));
  const identities = named === undefined ? [...ending, { ...identity, notBefore: from }] : partner.identities;
  return { partner: { ...partner, issuers, identities } };
}

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
  return { partner: { ...partner, identities } };
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

function isSame(one: PartnerIdentity, other: PartnerIdentity): boolean {
  return one.fingerprint256 === other.fingerprint256 && one.sanUri === other.sanUri;
}

function startOf({ notBefore }: PartnerIdentity): number {
  return notBefore?.getTime() ?? 0;
}

function earlier(one: Date | undefined, other: Date): Date {
  return one !== undefined && one < other ? one : other;
}

function trimmed(pem: string): string {
  return `${pem.trim()}\n`;
}
