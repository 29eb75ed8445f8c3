/** Which authorities a partner's certificates may come from: as many as he needs, and no more. Pure, but for the reading of files. */
import { resolve } from 'node:path';
import type { Partner, PartnerIdentity } from '../../payments/partners.ts';
import { certificatesFrom } from '../../pki/certificate-check.ts';
import type { ReadReference } from '../../platform/references.ts';
import { UsageError } from '../command.ts';
import { authorityName } from './his-certificate.ts';

export interface Authorities {
  /** PEM, one each. */
  readonly issuers: readonly string[];
  /** What the person who does it should know beside: a sentence each. */
  readonly notes: readonly string[];
}

/** Each authority once, however its text is written. */
export function joined(former: readonly string[], latter: readonly string[]): readonly string[] {
  const known = new Set(former.map(authorityName));
  return [...former, ...latter.filter((pem) => !known.has(authorityName(pem)))];
}

/**
 * The authorities that the certificates need which go on, and none that only an older one came from. Where it is not known
 * what one was taken in under, because a configuration has only named it, all of them stay.
 */
export function issuersOf(issuers: readonly string[], remaining: readonly PartnerIdentity[]): Authorities {
  const unknown = remaining.find(({ certificate }) => certificate === undefined);
  if (unknown !== undefined) {
    const note = `his authorities stay as they are, because under which of them ${nameOf(unknown)} was issued is not known here; partners change ID --issuer FILE ... says which are to stay`;
    return { issuers, notes: issuers.length > 1 ? [note] : [] };
  }
  const needed = new Set(remaining.flatMap(({ certificate }) => certificate?.authorities ?? []));
  const kept = issuers.filter((pem) => needed.has(authorityName(pem)));
  return { issuers: kept, notes: goneNotes(issuers, kept) };
}

/** The files of `--issuer`: the whole list, roots included. @throws UsageError, Misconfigured */
export function authoritiesFrom(paths: readonly string[], read: ReadReference): readonly string[] {
  const pems = paths.flatMap((path) => {
    const found = certificatesFrom(read(`file:${resolve(path)}`, '--issuer'));
    if (found === undefined || found.length === 0)
      throw new UsageError('--issuer is a file of certificates in PEM');
    return found.map((one) => `${one.toString().trim()}\n`);
  });
  return joined([], pems);
}

/**
 * What a person says his authorities are, all of them. A sentence where a certificate that stands for him would be let in
 * no longer: that is a rotation's business, or a revocation's.
 */
export function authoritiesSaid(
  { issuers: former, identities }: Pick<Partner, 'issuers' | 'identities'>,
  issuers: readonly string[],
  now: Date,
): (Authorities & Pick<Partner, 'identities'>) | string {
  const said = new Set(issuers.map(authorityName));
  const living = identities.filter(({ notAfter }) => notAfter === undefined || notAfter > now);
  const orphan = living.find((identity) => isOrphaned(identity, said));
  if (orphan !== undefined) {
    return `no authority of --issuer has issued the certificate for ${nameOf(orphan)}: first partners rotate ID to one of theirs`;
  }
  const notes = living
    .filter(({ certificate }) => certificate === undefined)
    .map(
      (one) =>
        `under which authority ${nameOf(one)} was issued is not known here: partners test tells whether he is let in`,
    );
  const kept = identities.map((identity) => keptUnder(identity, said));
  return { issuers, identities: kept, notes: [...goneNotes(former, issuers), ...notes] };
}

/** The first of its authorities is the one that issued it; known by a URI he may come from any. */
function isOrphaned({ fingerprint256, certificate }: PartnerIdentity, said: ReadonlySet<string>): boolean {
  if (certificate === undefined) return false;
  const [issuer = ''] = certificate.authorities;
  return fingerprint256 === undefined
    ? !certificate.authorities.some((one) => said.has(one))
    : !said.has(issuer);
}

function keptUnder(identity: PartnerIdentity, said: ReadonlySet<string>): PartnerIdentity {
  const { certificate } = identity;
  if (certificate === undefined) return identity;
  const authorities = certificate.authorities.filter((one) => said.has(one));
  return { ...identity, certificate: { ...certificate, authorities } };
}

function goneNotes(former: readonly string[], kept: readonly string[]): readonly string[] {
  const left = new Set(kept.map(authorityName));
  const gone = former.filter((pem) => !left.has(authorityName(pem))).length;
  if (gone === 0) return [];
  return [`${gone} of his authorities ${gone === 1 ? 'is' : 'are'} believed of him no longer`];
}

function nameOf({ fingerprint256, sanUri }: PartnerIdentity): string {
  return fingerprint256 ?? sanUri ?? 'a certificate without a name';
}
