/** Whether a running bridge may show a certificate: what is wrong with it, and what its callers would lose by it. */
import { isIP } from 'node:net';
import { type TlsIdentity, tlsRefusal } from '../platform/tls.ts';
import { altNamesOf, sameName } from './alt-names.ts';
import {
  certificatesFrom,
  checkIdentity,
  type Finding,
  type FindingCode,
  isIssuedBy,
  profileCodes,
  type Purpose,
} from './certificate-check.ts';

/** Why a part may not be served by these files. */
export interface PartRefusal {
  /** A stable word, for the log, the metric and the API: docs/certificates.md says what to do about each. */
  readonly reason: string;
  /** More, without any value: a place of the configuration, which certificate of a chain, OpenSSL's code. */
  readonly detail?: string;
}

export interface IdentityRules {
  /** What the identity is for. */
  readonly purpose: Purpose;
  /** The host by which everybody calls, where it is known: a certificate for another one lets nobody in. */
  readonly publicHost?: string;
  /** Words that a person has read and says are meant. */
  readonly accepted: readonly string[];
  readonly now: Date;
}

/** What a person may say is meant: the certificate serves all the same, but not as the one before it did. */
export const acceptableReasons = [...profileCodes, 'namesLost'] as const;

/** What is odd about an identity and serves all the same: for a start, which has nothing to hold it against. */
export function toleratedFindings(
  identity: TlsIdentity,
  rules: Pick<IdentityRules, 'purpose' | 'now'>,
): PartRefusal[] {
  return checkIdentity(identity, rules).filter(isProfile).map(refusalOf);
}

/** The first reason against an identity; `served` is what it would take the place of. */
export function identityRefusal(
  identity: TlsIdentity,
  served: TlsIdentity | undefined,
  rules: IdentityRules,
): PartRefusal | undefined {
  const accepted: readonly string[] = acceptableReasons.filter((reason) => rules.accepted.includes(reason));
  const isNew = newTo(served, identity, rules);
  const reasons = [
    ...checkIdentity(identity, rules).filter(isNew).map(refusalOf),
    ...(served === undefined ? [] : lossRefusals(identity, served, rules)),
  ];
  return reasons.find(({ reason }) => !accepted.includes(reason)) ?? servingRefusal(identity, rules);
}

function refusalOf({ code, at }: Finding): PartRefusal {
  return { reason: code, detail: `certificate ${at} of the chain` };
}

function isProfile({ code }: Finding): boolean {
  return (profileCodes as readonly FindingCode[]).includes(code);
}

/** Whether a finding counts: what the served ones have too is no reason to keep them. */
function newTo(served: TlsIdentity | undefined, identity: TlsIdentity, rules: IdentityRules) {
  if (served === undefined) return () => true;
  const known = new Set(checkIdentity(served, rules).filter(isProfile).map(kindOf));
  const chain = certificatesFrom(identity.certificate) ?? [];
  const before =
    served.certificate === identity.certificate ? [] : (certificatesFrom(served.certificate) ?? []);
  return (finding: Finding): boolean => {
    if (known.has(kindOf(finding))) return false;
    // An issuer that has ended and is still sent along: whoever calls has done without it until now.
    const issuer = finding.at === 0 ? undefined : chain[finding.at];
    return (
      finding.code !== 'expired' || !before.some(({ raw }) => issuer !== undefined && raw.equals(issuer.raw))
    );
  };
}

/** At the leaf or above it: a chain may be longer the next time. */
function kindOf({ code, at }: Finding): string {
  return `${code} ${at === 0 ? 'leaf' : 'issuer'}`;
}

/** What the served one had and this one has not. */
function lossRefusals(identity: TlsIdentity, served: TlsIdentity, { purpose }: IdentityRules): PartRefusal[] {
  const lost = purpose === 'serverAuth' ? namesLost(identity, served) : 0;
  return [
    ...(lacksIntermediate(identity, served) ? [{ reason: 'chainIncomplete' }] : []),
    ...(lost > 0 ? [{ reason: 'namesLost', detail: `${lost} of the names by which it is called` }] : []),
  ];
}

/** What makes it useless, whatever anybody says. */
function servingRefusal(identity: TlsIdentity, { publicHost }: IdentityRules): PartRefusal | undefined {
  if (publicHost !== undefined && !covers(identity.certificate, publicHost))
    return { reason: 'publicNameMissing' };
  const code = tlsRefusal(identity);
  return code === undefined ? undefined : { reason: 'refusedByTls', detail: code };
}

/** How many hosts of the served certificate nobody could reach by this one. */
function namesLost({ certificate }: TlsIdentity, served: TlsIdentity): number {
  const isReadable = [certificate, served.certificate].every((pem) => certificatesFrom(pem) !== undefined);
  if (!isReadable) return 0;
  const names = altNamesOf(certificate);
  return altNamesOf(served.certificate).filter(
    (name) =>
      name.type !== 'url' && !covers(certificate, name.value) && !names.some((one) => sameName(one, name)),
  ).length;
}

/** Whether a caller finds this host in the certificate. A common name counts for nobody any more. */
function covers(certificate: string, host: string): boolean {
  const [leaf] = certificatesFrom(certificate) ?? [];
  if (leaf === undefined) return false;
  return (isIP(host) === 0 ? leaf.checkHost(host, { subject: 'never' }) : leaf.checkIP(host)) !== undefined;
}

/** Nobody here knows whom the other side trusts; but what the chain needed until now, it needs further on. */
function lacksIntermediate({ certificate }: TlsIdentity, served: TlsIdentity): boolean {
  const last = certificatesFrom(certificate)?.at(-1);
  const [, ...before] = certificatesFrom(served.certificate) ?? [];
  return (
    last !== undefined && last.subject !== last.issuer && before.some((issuer) => isIssuedBy(last, issuer))
  );
}
