/**
 * Certificates for a developer's machine: `npm start` and `npm run demo` make them, nobody else. certs/README.md says
 * what each is for. They carry a mark, so that the bridge can refuse to listen beyond loopback with one of them.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Credential, type LeafOptions, issueLeaf, makeAuthority } from './authority.ts';
import { type DevelopmentSecrets, makeMissingSecrets } from './development-secrets.ts';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { withDirectoryLock } from './files.ts';
import { dayMs } from '../platform/clock.ts';

const names = [
  'ca',
  'server',
  'public',
  'partner-a',
  'partner-b',
  'stranger',
  'expired',
  'bank',
  'psp',
  'gateway-client',
] as const;

export type DevelopmentName = (typeof names)[number];

/** A credential with the places of its files, for messages and for calls to paste. */
export interface DevelopmentCredential extends Credential {
  readonly certificatePath: string;
  readonly keyPath: string;
}

export type DevelopmentCertificates = Readonly<Record<DevelopmentName, DevelopmentCredential>>;

export interface DevelopmentOptions {
  readonly clock: { now(): Date };
  /** Certificates that end sooner than this are made anew. */
  readonly remainingMsMin?: number;
}

/** The organisation in the name of every development certificate; no real one may carry it. */
const mark = 'Cagebridge development only';

const lifetimeMs = 90 * dayMs;
const lock = { waitMsMax: 30_000, staleMs: 60_000 };

/** The SAN URI by which the configuration names a development partner. */
export function developmentPartnerUri(partnerId: string): string {
  return `urn:cagebridge:partner:${partnerId}`;
}

/** Tells whether a certificate (PEM) is one of ours for development, or was issued by such an authority. */
export function isDevelopmentCertificate(certificate: string): boolean {
  const { subject, issuer } = new X509Certificate(certificate);
  return [subject, issuer].some((name) => name.split('\n').includes(`O=${mark}`));
}

/** The secrets of `directory`, which `developmentCertificates` makes too; made here where they are missing. */
export async function developmentSecrets(directory: string): Promise<DevelopmentSecrets> {
  return withDirectoryLock(directory, lock, () => makeMissingSecrets(directory));
}

/**
 * Reads the development certificates of `directory`, or makes all of them anew when one is missing, foreign or near
 * its end, and the secrets beside them where they are missing. The directory is 0700, keys are 0600; two processes that start together end with the same set.
 */
export async function developmentCertificates(
  directory: string,
  { clock, remainingMsMin = 7 * dayMs }: DevelopmentOptions,
): Promise<DevelopmentCertificates> {
  return withDirectoryLock(directory, lock, async () => {
    await chmod(directory, 0o700);
    await makeMissingSecrets(directory);
    const found = await readSet(directory);
    const now = clock.now().getTime();
    if (found !== undefined && isUsable(found, now, remainingMsMin)) return found;
    const made = await makeSet(now);
    for (const name of names) {
      await writeFileAtomically(keyPath(directory, name), made[name].key, 0o600);
      await writeFileAtomically(certificatePath(directory, name), made[name].certificate, 0o644);
    }
    return withPaths(directory, made);
  });
}

async function makeSet(now: number): Promise<Record<DevelopmentName, Credential>> {
  // A machine whose clock is a little behind must not find them "not yet valid".
  const validity = { notBefore: new Date(now - dayMs), notAfter: new Date(now + lifetimeMs) };
  const [authority, nobody] = await Promise.all([
    makeAuthority({ name: nameOf('Development CA'), ...validity }),
    makeAuthority({ name: nameOf('A CA that nobody trusts'), ...validity }),
  ]);
  const leaf = async (name: string, options: Partial<LeafOptions>): Promise<Credential> =>
    issueLeaf({
      name: nameOf(name),
      ...validity,
      usages: ['clientAuth'],
      altNames: [],
      issuer: authority,
      ...options,
    });
  const partner = async (name: string, id: string, options: Partial<LeafOptions> = {}): Promise<Credential> =>
    leaf(name, { altNames: [{ type: 'url', value: developmentPartnerUri(id) }], ...options });
  const ended = { notBefore: new Date(now - 30 * dayMs), notAfter: new Date(now - dayMs) };

  const [server, open, a, b, stranger, expired, bank, psp, gatewayClient] = await Promise.all([
    leaf('localhost', { usages: ['serverAuth'], altNames: loopback }),
    leaf('public door', { usages: ['serverAuth'], altNames: loopback }),
    partner('partner-a', 'partner-a'),
    partner('partner-b', 'partner-b'),
    // These two bear partner-a's name, so that it can only be their authority or their dates that are refused.
    partner('stranger', 'partner-a', { issuer: nobody }),
    partner('expired', 'partner-a', ended),
    leaf('bank sandbox', { usages: ['serverAuth'], altNames: loopback }),
    leaf('psp sandbox', { usages: ['serverAuth'], altNames: loopback }),
    leaf('gateway-client', { altNames: [{ type: 'url', value: 'urn:cagebridge:gateway-client' }] }),
  ]);
  const ca = { certificate: authority.certificate, key: authority.key };
  return {
    ca,
    server,
    public: open,
    'partner-a': a,
    'partner-b': b,
    stranger,
    expired,
    bank,
    psp,
    'gateway-client': gatewayClient,
  };
}

const loopback: LeafOptions['altNames'] = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
];

function nameOf(commonName: string): string {
  return `O=${mark}, CN=${commonName}`;
}

/** Undefined unless every file is there and no key can be read by anybody else. */
async function readSet(directory: string): Promise<DevelopmentCertificates | undefined> {
  const read: Partial<Record<DevelopmentName, Credential>> = {};
  for (const name of names) {
    try {
      const certificate = await readFile(certificatePath(directory, name), 'utf8');
      const key = await readFile(keyPath(directory, name), 'utf8');
      const { mode } = await stat(keyPath(directory, name));
      if ((mode & 0o077) !== 0) return undefined;
      read[name] = { certificate, key };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }
  return withPaths(directory, read as Record<DevelopmentName, Credential>);
}

function isUsable(found: DevelopmentCertificates, now: number, remainingMsMin: number): boolean {
  try {
    const ca = new X509Certificate(found.ca.certificate);
    return names.every((name) => {
      const certificate = new X509Certificate(found[name].certificate);
      const isOurs = name === 'stranger' || (certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
      const endsAt = certificate.validToDate.getTime();
      const inDate = name === 'expired' ? endsAt < now : endsAt - now >= remainingMsMin;
      const begun = certificate.validFromDate.getTime() <= now;
      return isOurs && inDate && begun && certificate.checkPrivateKey(createPrivateKey(found[name].key));
    });
  } catch {
    // A file that is no certificate or no key: the whole set is made anew.
    return false;
  }
}

function withPaths(
  directory: string,
  set: Readonly<Record<DevelopmentName, Credential>>,
): DevelopmentCertificates {
  const entries = names.map((name) => [
    name,
    { ...set[name], certificatePath: certificatePath(directory, name), keyPath: keyPath(directory, name) },
  ]);
  return Object.fromEntries(entries) as DevelopmentCertificates;
}

function certificatePath(directory: string, name: DevelopmentName): string {
  return join(directory, `${name}.pem`);
}

function keyPath(directory: string, name: DevelopmentName): string {
  return join(directory, `${name}.key`);
}
