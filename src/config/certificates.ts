/** Where the certificates of the running bridge are: the references of the configuration, to be read again while it runs. */
import type { GatewaySeed } from '../gateways/configured.ts';
import type { PartFiles } from '../pki/certificate-set.ts';
import { isLoopback } from '../platform/hosts.ts';
import {
  type Environment,
  referenceStamp,
  type References,
  resolveReference,
  variable,
} from '../platform/references.ts';

export interface CertificatesSeed {
  /** How often the files are looked at. */
  readonly watchMs: number;
  /** References to lists of revoked certificates, PEM or DER. */
  readonly revocationLists: readonly string[];
}

export interface CertificatesConfig {
  readonly watchMs: number;
  /** Whether every door is on loopback, where certificates for development may be. */
  readonly developmentAllowed: boolean;
  readonly sources: readonly CertificateSource[];
  /** The lists of revoked certificates as they were at the start. */
  readonly revocationLists: readonly string[];
  /** The variables that the sources name: the environment of a process does not change, and the rest of it is nobody's business here. */
  readonly variables: Environment;
}

/** What one part of the bridge is served by, as references. */
export interface CertificateSource {
  /** `doors.NAME`, `gateways.NAME` or `revocationLists`. */
  readonly part: string;
  /** Its place in the configuration. */
  readonly at: string;
  /** Both or neither, as the schema has settled. */
  readonly certificate?: string;
  readonly key?: string;
  readonly authorities?: readonly string[];
  readonly revocationLists?: readonly string[];
}

/** The sources of everything that has a certificate. @throws Misconfigured where a list cannot be read */
export function certificatesFrom(
  { watchMs, revocationLists }: CertificatesSeed,
  { doors, gateways }: { readonly doors: Doors; readonly gateways: readonly GatewaySeed[] },
  references: References,
): CertificatesConfig {
  const open = openDoors(doors);
  const lists: CertificateSource = { part: 'revocationLists', at: '/certificates', revocationLists };
  const sources: CertificateSource[] = [
    ...open.flatMap(([name, { certificate, key }]) =>
      certificate === undefined || key === undefined
        ? []
        : [{ part: `doors.${name}`, at: `/doors/${name}`, certificate, key }],
    ),
    ...gateways.map(({ name, certificate, key, authorities }, index) => ({
      part: `gateways.${name}`,
      at: `/gateways/${index}`,
      authorities,
      ...(certificate !== undefined && { certificate }),
      ...(key !== undefined && { key }),
    })),
    ...(revocationLists.length === 0 ? [] : [lists]),
  ];
  return {
    watchMs,
    developmentAllowed: open.every(([, { host }]) => isLoopback(host)),
    sources,
    revocationLists: readSource(lists, references).revocationLists ?? [],
    variables: variablesOf(sources, references.env),
  };
}

/** The files of a source as they are now. @throws Misconfigured, naming the place and the reference */
export function readSource(
  { at, certificate, key, authorities, revocationLists }: CertificateSource,
  references: References,
): PartFiles {
  const read = (reference: string, place: string, kind?: 'secret' | 'bytes'): string =>
    resolveReference({ reference, at: `${at}/${place}`, ...(kind && { kind }) }, references);
  const all = (name: string, list: readonly string[], kind?: 'bytes'): string[] =>
    list.map((reference, index) => read(reference, `${name}/${index}`, kind));
  return {
    ...(certificate !== undefined &&
      key !== undefined && {
        identity: { certificate: read(certificate, 'certificate'), key: read(key, 'key', 'secret') },
      }),
    ...(authorities && { authorities: all('authorities', authorities) }),
    ...(revocationLists && { revocationLists: all('revocationLists', revocationLists, 'bytes') }),
  };
}

/**
 * Reads a source, and again once one of its files has changed: the same object as long as none has. A list of revoked
 * certificates may be long, and it is looked at every other second.
 */
export function sourceReader(
  source: CertificateSource,
  references: References,
  clock: { now(): Date },
): () => PartFiles {
  let last: { readonly stamp: string; readonly files: PartFiles } | undefined;
  return () => {
    const stamps = referencesOf(source).map((one) => referenceStamp(one, references.home, clock.now()));
    const stamp = stamps.includes(undefined) ? undefined : stamps.join();
    if (stamp !== undefined && stamp === last?.stamp) return last.files;
    const files = readSource(source, references);
    last = stamp === undefined ? undefined : { stamp, files };
    return files;
  };
}

function referencesOf({
  certificate,
  key,
  authorities = [],
  revocationLists = [],
}: CertificateSource): string[] {
  return [certificate, key, ...authorities, ...revocationLists].flatMap((reference) => reference ?? []);
}

interface Door {
  readonly host: string;
  readonly certificate?: string;
  readonly key?: string;
}

type Doors = Readonly<Record<'soap' | 'public' | 'internal', Door>>;

/** The public door is there only where it has a certificate; the internal one may be without. */
function openDoors({ public: open, ...others }: Doors): [string, Door][] {
  return Object.entries({ ...others, ...(open.certificate !== undefined && { public: open }) });
}

function variablesOf(sources: readonly CertificateSource[], env: Environment): Environment {
  const names = sources
    .flatMap(referencesOf)
    .filter((reference) => reference.startsWith('env:'))
    .map((it) => it.slice(4));
  return Object.fromEntries(names.map((name) => [name, variable(env, name)]));
}
