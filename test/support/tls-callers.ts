/** The callers that a door has to tell apart, each with a certificate that differs in one thing from the right one. */
import type { CertificateName, Partner, PartnerDirectory } from '../../src/payments/partners.ts';
import {
  type Authority,
  type Credential,
  issueLeaf,
  type LeafOptions,
  makeAuthority,
} from '../../src/pki/authority.ts';
import { asVersion1 } from './tls-version1.ts';

const dayMs = 86_400_000;

export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}

const current = { notBefore: daysFromNow(-1), notAfter: daysFromNow(30) };

export function partnerUri(id: string): string {
  return `urn:cagebridge:partner:${id}`;
}

/** What `acme`, issued by acme's authority, shows, with what the options change. */
async function acmeLeaf(
  issuer: Authority | undefined,
  changes: Partial<LeafOptions> = {},
): Promise<Credential> {
  return issueLeaf({
    name: 'CN=acme',
    usages: ['clientAuth'],
    altNames: [{ type: 'url', value: partnerUri('acme') }],
    ...current,
    ...(issuer === undefined ? {} : { issuer }),
    ...changes,
  });
}

/** Makes every certificate of the matrix. Takes about a second, so a test file does it once. */
export async function makeCallers() {
  const authority = async (name: string, issuer?: Authority) =>
    makeAuthority({ name: `CN=${name}`, ...current, ...(issuer === undefined ? {} : { issuer }) });
  const [acmeCa, birchCa, nobodyCa] = await Promise.all([
    authority('Acme CA'),
    authority('Birch CA'),
    authority('Nobody CA'),
  ]);
  const acmeSubCa = await authority('Acme Sub CA', acmeCa);
  const named = async (id: string, issuer: Authority) =>
    acmeLeaf(issuer, { name: `CN=${id}`, altNames: [{ type: 'url', value: partnerUri(id) }] });
  const leaves = await settled({
    server: issueLeaf({
      name: 'CN=localhost',
      usages: ['serverAuth'],
      altNames: [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ],
      ...current,
      issuer: acmeCa,
    }),
    acme: acmeLeaf(acmeCa),
    acmeNext: acmeLeaf(acmeCa),
    acmeEc: acmeLeaf(acmeCa, { keyKind: 'ec-p256' }),
    birch: named('birch', birchCa),
    notConfigured: named('nobody-configured-me', acmeCa),
    selfSigned: acmeLeaf(undefined),
    unknownCa: acmeLeaf(nobodyCa),
    sameNameOtherCa: acmeLeaf(birchCa),
    subCa: acmeLeaf(acmeSubCa),
    expired: acmeLeaf(acmeCa, { notBefore: daysFromNow(-3), notAfter: daysFromNow(-1) }),
    notYetValid: acmeLeaf(acmeCa, { notBefore: daysFromNow(1) }),
    serverOnly: acmeLeaf(acmeCa, { usages: ['serverAuth'] }),
    noUsage: acmeLeaf(acmeCa, { usages: [] }),
    rsa1024: acmeLeaf(acmeCa, { keyKind: 'rsa-1024' }),
    nameInSubjectOnly: acmeLeaf(acmeCa, { altNames: [] }),
    nameAsDns: acmeLeaf(acmeCa, { altNames: [{ type: 'dns', value: partnerUri('acme') }] }),
    nameWithMore: acmeLeaf(acmeCa, { altNames: [{ type: 'url', value: `${partnerUri('acme')}, URI:x` }] }),
    otherCase: acmeLeaf(acmeCa, { altNames: [{ type: 'url', value: partnerUri('ACME') }] }),
  });
  const { certificate: chainOnly, key } = leaves.subCa;
  const subCaWithChain = { certificate: chainOnly + acmeSubCa.certificate, key };
  const version1 = asVersion1(leaves.acme, acmeCa);
  return { acmeCa, acmeSubCa, birchCa, nobodyCa, ...leaves, subCaWithChain, version1 };
}

export type Callers = Awaited<ReturnType<typeof makeCallers>>;

async function settled<K extends string>(
  made: Record<K, Promise<Credential>>,
): Promise<Record<K, Credential>> {
  const entries = Object.entries<Promise<Credential>>(made).map(
    async ([name, leaf]) => [name, await leaf] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as Record<K, Credential>;
}

export function partner(id: string, issuer: Credential, changes: Partial<Partner> = {}): Partner {
  return {
    id,
    enabled: true,
    issuers: [issuer.certificate],
    tokenDigests: [],
    identities: [{ sanUri: partnerUri(id) }],
    tlsFloor: 'TLSv1.2',
    crl: 'notRequired',
    operations: ['deposit', 'withdrawal', 'status'],
    brands: ['brand-1'],
    defaultBrand: 'brand-1',
    currencies: ['EUR'],
    amountMax: [],
    ...changes,
  };
}

/** A directory that a test can change while connections are open. */
export interface ChangingDirectory extends PartnerDirectory {
  set(partners: readonly Partner[]): void;
  revoke(fingerprint256: string): void;
  revokeSerial(certificate: Omit<CertificateName, 'fingerprint256'>): void;
}

export function changingDirectory(partners: readonly Partner[]): ChangingDirectory {
  let present = partners;
  const revoked = new Set<string>();
  return {
    partners: () => present,
    isDenied: ({ fingerprint256, serialNumber, issuerHash }) =>
      revoked.has(fingerprint256) || revoked.has(`${issuerHash} ${serialNumber}`),
    refreshed: () => Promise.resolve(),
    set: (next) => {
      present = next;
    },
    revoke: (fingerprint256) => revoked.add(fingerprint256),
    revokeSerial: ({ issuerHash, serialNumber }) => revoked.add(`${issuerHash} ${serialNumber}`),
  };
}
