/** The certificates that one part of a running bridge is served by, and what must hold before it may serve by others. */
import { createHash } from 'node:crypto';
import type { TlsIdentity } from '../platform/tls.ts';
import { isInDate } from './certificate.ts';
import { certificatesFrom } from './certificate-check.ts';
import { isDevelopmentCertificate } from './development.ts';
import { identityRefusal, type IdentityRules, type PartRefusal } from './identity-refusal.ts';

export type { PartRefusal } from './identity-refusal.ts';

/** What the files of a part hold; what it has none of is absent. */
export interface PartFiles {
  readonly identity?: TlsIdentity;
  /** Who is believed at the other end, a file each (PEM). */
  readonly authorities?: readonly string[];
  /** Lists of revoked certificates, a file each (PEM). */
  readonly revocationLists?: readonly string[];
}

export interface PartRules extends IdentityRules {
  /** Whether every door is on loopback: elsewhere a certificate for development is refused. */
  readonly developmentAllowed: boolean;
}

/** Tells contents apart, without keeping a key. */
export function digestOf({ identity, authorities, revocationLists }: PartFiles): string {
  const digest = createHash('sha256');
  const lists = [
    [identity?.certificate ?? '', identity?.key ?? ''],
    authorities ?? [],
    revocationLists ?? [],
  ];
  for (const texts of lists) {
    // Where one text ends and the next begins is part of it.
    digest.update(`${texts.length}:${texts.map(({ length }) => length).join()};`);
    for (const text of texts) digest.update(text);
  }
  return digest.digest('hex');
}

/**
 * The first reason against the files, as a whole; `served` is what they would take the place of. At a start, and whenever
 * nothing has changed, the two are the same: then a profile is no reason, and an end is.
 */
export function partRefusal(files: PartFiles, served: PartFiles, rules: PartRules): PartRefusal | undefined {
  const { identity, authorities } = files;
  return (
    (identity && identityRefusal(identity, served.identity, rules)) ??
    (authorities && authoritiesRefusal(authorities, rules.now)) ??
    developmentRefusal(files, rules)
  );
}

function authoritiesRefusal(authorities: readonly string[], now: Date): PartRefusal | undefined {
  const read = authorities.map((pem) => certificatesFrom(pem));
  const unreadable = read.findIndex((certificates) => certificates === undefined);
  if (unreadable !== -1) return { reason: 'authoritiesUnreadable', detail: `authorities/${unreadable}` };
  const isAnyInDate = read.some((certificates) => certificates?.some((one) => isInDate(one, now)));
  return isAnyInDate ? undefined : { reason: 'authoritiesOutOfDate' };
}

function developmentRefusal(
  { identity, authorities = [] }: PartFiles,
  { developmentAllowed }: PartRules,
): PartRefusal | undefined {
  const certificates = [...(identity === undefined ? [] : [identity.certificate]), ...authorities];
  const isOurs = !developmentAllowed && certificates.some(isDevelopmentCertificate);
  return isOurs ? { reason: 'developmentCertificate' } : undefined;
}
