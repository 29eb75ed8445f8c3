/** The three doors, built from what stands behind them. */
import { isIPv6 } from 'node:net';
import type { Config } from '../config/config.ts';
import type { CertificateDesk } from '../inbound/certificate-desk.ts';
import {
  answerAlarm,
  internalDoorTelemetry,
  publicDoorTelemetry,
  soapDoorTelemetry,
} from '../inbound/door-telemetry.ts';
import { type HealthParts, healthEndpoints } from '../inbound/health.ts';
import type { Instruments } from '../inbound/instruments.ts';
import type { LedgerDirectory } from '../inbound/ledger-directory.ts';
import type { AnswerWithin } from '../inbound/ledger-patience.ts';
import { authoritiesOf } from '../inbound/partner-roster.ts';
import { apiEndpoints } from '../inbound/rest/api.ts';
import { clientsOf } from '../inbound/rest/clients.ts';
import { type InternalDoor, openInternalDoor } from '../inbound/rest/listener.ts';
import { operatorRoster } from '../inbound/rest/operators.ts';
import type { ReportDoor } from '../inbound/rest/reports.ts';
import type { StatementDoor } from '../inbound/rest/statements.ts';
import { soapCodec } from '../inbound/soap/codec.ts';
import { type ContractReader, contractReader } from '../inbound/soap/contract.ts';
import { openSoapDoor, type SoapDoor } from '../inbound/soap/door-listener.ts';
import { openPublicDoor, type PublicDoor } from '../inbound/webhooks/listener.ts';
import type { Gateway } from '../payments/gateways.ts';
import type { LedgerStore } from '../payments/ledger-store.ts';
import type { PartnerDirectory } from '../payments/partners.ts';
import type { Payments } from '../payments/payments.ts';
import type { Clock, Ids } from '../payments/ports.ts';
import type { CrashAt } from '../platform/crash-points.ts';
import type { RevocationStandings } from '../pki/revocation-lists.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import type { TlsIdentity } from '../platform/tls.ts';
import type { CloseWorld } from '../reconciliation/reports/close-day.ts';
import type { Reconciliation } from '../reconciliation/open.ts';
import type { Siblings } from './siblings.ts';
import { tellProfiles } from './served-profiles.ts';

/** What comes from outside the house. */
export interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Told where the bridge can write no payment down any more and must end. */
  readonly onLedgerGone?: () => void;
  /** The other processes of this bridge. */
  readonly siblings?: Siblings;
  /** The recovery point at which a test ends the process. */
  readonly crashAt?: CrashAt;
}

/** The public door is there only where it has a certificate. */
export interface BoundPorts {
  readonly soap: number;
  readonly public?: number;
  readonly internal: number;
}

/** What the doors are built from. */
export interface Built {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly instruments: Instruments;
  readonly directory: LedgerDirectory;
  readonly certificates: CertificateDesk;
  readonly lists: RevocationStandings;
  readonly ledger: LedgerStore;
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly payments: Payments;
  readonly answerWithin: AnswerWithin;
  readonly health: HealthParts;
  readonly homeToken: string | undefined;
  readonly statements: StatementDoor;
  readonly reports: ReportDoor;
  readonly closing: CloseWorld;
  readonly reconciliation: Reconciliation;
}

export interface Doors {
  open(): Promise<BoundPorts>;
  close(withinMs: number): Promise<void>;
  /** Shows another certificate at the door of that name. @throws where OpenSSL refuses it */
  renew(name: string, identity: TlsIdentity): void;
  /** Closes the connections of those who are nobody any more. */
  dismissStrangers(): void;
}

/** The doors as one: opened one after another, closed together. */
export function doorsOf(built: Built): Doors {
  const { config, surroundings } = built;
  const [soapDoor, publicDoor, internalDoor] = [
    soapDoorOf(built),
    publicDoorOf(built),
    internalDoorOf(built),
  ];
  const isDenied: PartnerDirectory['isDenied'] = (certificate) => built.directory.isDenied(certificate);
  built.directory.onChange(() => {
    for (const door of [soapDoor, publicDoor, internalDoor]) door?.leaveOld(isDenied);
  });
  return {
    async open() {
      tellProfiles(config, surroundings);
      const soap = await soapDoor.open();
      const open = config.public && (await publicDoor?.listen(config.public.host, config.public.port));
      const internal = await internalDoor.listen(config.internal.host, config.internal.port);
      return { soap, ...(open !== undefined && { public: open }), internal };
    },
    renew(name, identity) {
      const door = { soap: soapDoor, public: publicDoor, internal: internalDoor }[name];
      door?.renew({ identity });
      door?.leaveOld(isDenied);
    },
    dismissStrangers: () => soapDoor.dismissStrangers(),
    async close(withinMs) {
      const open = [soapDoor, publicDoor, internalDoor].flatMap((door) => door ?? []);
      await Promise.all(open.map((door) => door.close(withinMs)));
    },
  };
}

function soapDoorOf({
  config,
  surroundings,
  instruments,
  directory,
  certificates,
  lists,
  payments,
  answerWithin,
}: Built): Omit<SoapDoor, 'listen'> & { open(): Promise<number> } {
  const { host, port, identity } = config.soap;
  let contract: ContractReader | undefined;
  const door = openSoapDoor(
    {
      ...surroundings,
      directory,
      lists,
      codec: soapCodec(answerAlarm(instruments)),
      payments,
      answerWithin,
      contract: (query) => contract?.(query),
      events: soapDoorTelemetry(instruments),
      seen: (certificate, partnerId) => certificates.sightings.seen(certificate, partnerId),
      limits: config.limits.soapDoor,
    },
    identity,
  );
  directory.onChange(() => {
    // Whoever is nobody any more is sent away whatever TLS says of the others' authorities.
    try {
      door.renew({ authorities: authoritiesOf(directory.partners()) });
    } catch (error) {
      instruments.metrics.alarm('certificatesRefused');
      instruments.log.error('authorities.refused', { door: 'soap', ...errorFields(error) });
    } finally {
      door.dismissStrangers();
    }
  });
  return {
    close: (withinMs) => door.close(withinMs),
    renew: (renewed) => door.renew(renewed),
    leaveOld: (denied) => door.leaveOld(denied),
    dismissStrangers: () => door.dismissStrangers(),
    async open() {
      const bound = await door.listen(host, port);
      contract = contractReader(config.publicUrl ?? `https://${isIPv6(host) ? `[${host}]` : host}:${bound}`);
      return bound;
    },
  };
}

function publicDoorOf({
  config,
  surroundings,
  instruments,
  gateways,
  payments,
  answerWithin,
}: Built): PublicDoor | undefined {
  if (config.public === undefined) return undefined;
  const events = publicDoorTelemetry(instruments);
  const limits = config.limits.publicDoor;
  return openPublicDoor(
    { ...surroundings, gateways, payments, answerWithin, events, limits },
    config.public.identity,
  );
}

function internalDoorOf({ config, surroundings, instruments, ...built }: Built): InternalDoor {
  const { internal } = config;
  const operators = operatorRoster(built.ledger, surroundings.clock);
  const limits = config.limits.internalDoor;
  const door = openInternalDoor(
    {
      ...surroundings,
      openEndpoints: healthEndpoints(built.health),
      endpoints: apiEndpoints({ ...built, certificates: built.certificates.door, limits }),
      answerWithin: built.answerWithin,
      hosts: internal.hosts,
      directory: built.directory,
      clientOf: clientsOf(built.directory, built.homeToken, () => operators.known()),
      operators,
      events: internalDoorTelemetry(instruments),
      limits,
    },
    internal.identity,
  );
  built.directory.onChange(() => door.dismissStrangers());
  return door;
}
