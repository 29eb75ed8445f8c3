/** The parts of the house that have certificates: what each was opened with, where its files are, and how it takes others. */
import type { OpenGateway } from '../gateways/configured.ts';
import type { KeptPart } from '../pki/certificate-keeper.ts';
import { type PartFiles, type PartRefusal, partRefusal } from '../pki/certificate-set.ts';
import type { ListFinding, RevocationLists } from '../pki/revocation-lists.ts';
import type { Purpose } from '../pki/certificate-check.ts';
import { type CertificateSource, sourceReader } from '../config/certificates.ts';
import type { Config } from '../config/config.ts';
import type { Doors } from './doors.ts';

/** What takes other certificates while it is open. */
export interface Renewing {
  /** They are built after the parts. */
  readonly doors: () => Pick<Doors, 'renew' | 'dismissStrangers'>;
  readonly gateways: ReadonlyMap<string, Pick<OpenGateway, 'renew'>>;
  readonly lists: Pick<RevocationLists, 'load'>;
  readonly clock: { now(): Date };
  /** Told of a list, by its place, that no authority of a partner has signed. */
  readonly listOfNobody: (place: string) => void;
}

type How = Pick<KeptPart, 'served' | 'refusal' | 'apply'>;

export function certificateParts(config: Config, renewing: Renewing): readonly KeptPart[] {
  const { sources, variables } = config.certificates;
  const references = { home: config.home, env: variables };
  return sources.map((source) => ({
    name: source.part,
    read: sourceReader(source, references, renewing.clock),
    ...howOf(source, config, renewing),
  }));
}

function howOf({ part }: CertificateSource, config: Config, renewing: Renewing): How {
  const { publicUrl, certificates } = config;
  const { developmentAllowed } = certificates;
  if (part === 'revocationLists') return ofLists(config, renewing);
  const [kind = '', ...rest] = part.split('.');
  const name = rest.join('.');
  const purpose: Purpose = kind === 'doors' ? 'serverAuth' : 'clientAuth';
  const publicHost = part === 'doors.soap' && publicUrl !== undefined && { publicHost: hostOf(publicUrl) };
  const refusal: KeptPart['refusal'] = (files, served, look) =>
    partRefusal(files, served, { purpose, developmentAllowed, ...publicHost, ...look });
  const how = kind === 'doors' ? ofDoor(name, config, renewing) : ofGateway(name, config, renewing);
  return { refusal, ...how };
}

/** As a certificate has it: an address without its brackets. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

function ofDoor(name: string, config: Config, { doors }: Renewing): Omit<How, 'refusal'> {
  const { soap, public: open, internal } = config;
  const identity = { soap, public: open, internal }[name]?.identity;
  return {
    served: identity === undefined ? {} : { identity },
    apply(files) {
      if (files.identity !== undefined) doors().renew(name, files.identity);
      return undefined;
    },
  };
}

function ofGateway(name: string, config: Config, { gateways }: Renewing): Omit<How, 'refusal'> {
  const tls = config.gateways.find((gateway) => gateway.name === name)?.tls;
  const { identity, authorities = [] } = tls ?? {};
  return {
    served: { ...(identity && { identity }), authorities },
    apply(files: PartFiles) {
      gateways.get(name)?.renew({
        ...(tls?.servername !== undefined && { servername: tls.servername }),
        ...(files.identity && { identity: files.identity }),
        authorities: files.authorities ?? [],
      });
      return undefined;
    },
  };
}

/**
 * The lists of revoked certificates, as one part. It is refused where one list is; the others count all the same. Lists that
 * are bad at the start are a part that has nothing yet: the first look tells of them.
 */
function ofLists({ certificates: { revocationLists } }: Config, renewing: Renewing): How {
  const { lists, doors, clock, listOfNobody } = renewing;
  const isBad = refusalOf(lists.load(revocationLists, clock.now())) !== undefined;
  return {
    served: isBad ? {} : { revocationLists },
    refusal: () => undefined,
    apply(files) {
      const findings = lists.load(files.revocationLists ?? [], clock.now());
      for (const { code, at } of findings) if (code === 'listIssuerUnknown') listOfNobody(placeOf(at));
      doors().dismissStrangers();
      return refusalOf(findings);
    },
  };
}

/** So many findings are told at once. */
const findingsMax = 5;

/** A list of nobody is told of and refuses nothing: its partner may have gone, or be on his way. */
function refusalOf(all: readonly ListFinding[]): PartRefusal | undefined {
  const findings = all.filter(({ code }) => code !== 'listIssuerUnknown');
  const [first] = findings;
  const detail = findings.slice(0, findingsMax).map(({ code, at }) => `${placeOf(at)} ${code}`);
  return first && { reason: first.code, detail: detail.join(', ') };
}

const placeOf = (at: number): string => `revocationLists/${at}`;
