/** Identities for tests of rotation: one authority, and as many leaves as are asked for. */
import { X509Certificate } from 'node:crypto';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';

const dayMs = 86_400_000;

/** What a home of this machine is called; a certificate with fewer of them takes the place of none. */
export const loopbackNames = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;

export interface Issuing {
  readonly authority: Authority;
  /** For `localhost` and 127.0.0.1; current unless told otherwise, in days from now. */
  server(validity?: Validity): Promise<Credential>;
  /** With this SAN URI. */
  client(uri?: string, validity?: Validity): Promise<Credential>;
}

interface Validity {
  readonly from?: number;
  readonly to?: number;
}

/** An authority of its own, with EC keys because they are quick; below another one where there is one. */
export async function issuing(name = 'Rotation CA', issuer?: Authority): Promise<Issuing> {
  const authority = await makeAuthority({
    name: `CN=${name}`,
    keyKind: 'ec-p256',
    notBefore: daysFromNow(-400),
    notAfter: daysFromNow(400),
    ...(issuer && { issuer }),
  });
  const leaf = { keyKind: 'ec-p256', issuer: authority } as const;
  return {
    authority,
    server: (validity) =>
      issueLeaf({
        ...leaf,
        name: 'CN=localhost',
        usages: ['serverAuth'],
        altNames: loopbackNames,
        ...spanOf(validity),
      }),
    client: (uri = 'urn:cagebridge:gateway-client', validity) =>
      issueLeaf({
        ...leaf,
        name: 'CN=client',
        usages: ['clientAuth'],
        altNames: [{ type: 'url', value: uri }],
        ...spanOf(validity),
      }),
  };
}

/** The SHA-256 of a certificate (of a chain, its first), as the configuration writes it. */
export function fingerprint({ certificate }: Pick<Credential, 'certificate'>): string {
  return fingerprintOf(new X509Certificate(certificate));
}

function spanOf({ from = -1, to = 90 }: Validity = {}) {
  return { notBefore: daysFromNow(from), notAfter: daysFromNow(to) };
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}
