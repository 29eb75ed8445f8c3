/**
 * Environment and file to a frozen Config. Everything is checked here, once, so that nobody behind has to ask again; an
 * error names the place and the rule, never a value.
 */
import { join, resolve } from 'node:path';
import { amountLimitFrom } from './config/amount-limits.ts';
import { isDevelopment, withSandboxes } from './config/development.ts';
import { configProblems } from './config/problems.ts';
import { type ReconciliationConfig, reconciliationFrom } from './config/reconciliation.ts';
import { readSettings, type Settings } from './config/settings.ts';
import { gatewayFrom, type GatewaySettings, routeFrom } from './gateways/configured.ts';
import { partnersFrom } from './inbound/configured-partners.ts';
import type { LedgerPatienceLimits } from './inbound/ledger-patience.ts';
import type { InternalDoorLimits } from './inbound/rest/limits.ts';
import { internalToken } from './inbound/rest/token.ts';
import type { DoorLimits } from './inbound/soap/door-limits.ts';
import type { PublicDoorLimits } from './inbound/webhooks/limits.ts';
import type { JobLimits } from './jobs/limits.ts';
import type { Books } from './ledger/accounting-date.ts';
import type { Partner } from './payments/partners.ts';
import type { AmountLimit } from './payments/people/limits.ts';
import type { PaymentLimits, Route } from './payments/world.ts';
import { readLedgerUrl } from './store/ledger-url.ts';
import type { LedgerLimits } from './store/limits.ts';
import { developmentCertificates } from './pki/development.ts';
import { deepFreeze } from './platform/json.ts';
import type { LogLevel } from './platform/log.ts';
import { Misconfigured } from './platform/misconfigured.ts';
import { type Environment, type ReadReference, resolveReference, variable } from './platform/references.ts';
import { tlsIdentity } from './platform/tls-identity.ts';
import type { TlsIdentity } from './platform/tls.ts';

export interface Config extends LedgerConfig {
  /** How partners reach the SOAP door; without it, by its bound address, which is no wildcard then. */
  readonly publicUrl?: string;
  readonly soap: Address & { readonly identity: TlsIdentity };
  /** For gateways' webhooks; closed where it has no certificate. */
  readonly public?: Address & { readonly identity: TlsIdentity };
  /** Without an identity it speaks plain HTTP, on loopback only. */
  readonly internal: Address & { readonly hosts: readonly string[]; readonly identity?: TlsIdentity };
  readonly partners: readonly Partner[];
  /** SHA-256 fingerprints of certificates that are refused whatever else holds. */
  readonly revoked: readonly string[];
  readonly gateways: readonly GatewaySettings[];
  readonly routes: readonly Route[];
  readonly amountLimits: readonly AmountLimit[];
  readonly brands: Readonly<Record<string, Books>>;
  readonly reconciliation: ReconciliationConfig;
  readonly log: { readonly level: LogLevel };
  readonly limits: {
    readonly soapDoor: DoorLimits;
    readonly publicDoor: PublicDoorLimits;
    readonly internalDoor: InternalDoorLimits;
    readonly payments: PaymentLimits;
    readonly jobs: JobLimits;
    readonly ledger: LedgerLimits;
    readonly ledgerAway: LedgerPatienceLimits;
    readonly stop: StopLimits;
  };
}

/** What is enough to look into the ledger. */
export interface LedgerConfig {
  /** The directory of the bridge's state: embedded ledger, development certificates, token. */
  readonly home: string;
  readonly ledger: {
    readonly url: string;
    /** Of the user in the URL, where the ledger is on SQL Server. */
    readonly password?: string;
    /** Only in development: elsewhere a ledger that is not there is one that was lost. */
    readonly createIfEmpty: boolean;
  };
}

export interface Address {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** How long a stop takes at most, step by step and altogether. */
export interface StopLimits {
  /** The large part: a caller waits at a door for as long as his payment is carried, and one that is cut off sends again. */
  readonly doorsWithinMs: number;
  /** For payments whose callers have gone. */
  readonly paymentsWithinMs: number;
  readonly totalMs: number;
}

const problemsMax = 10;

/**
 * The whole configuration: config/default.json; over it config/development.json where CAGEBRIDGE_DEV is 1, whose
 * certificates are made if they are not there; over it the file that CAGEBRIDGE_CONFIG names; over all of it the environment.
 * @throws Misconfigured
 */
export async function readConfig(env: Environment, clock: { now(): Date }): Promise<Config> {
  const ledgerConfig = readLedgerConfig(env);
  const { home } = ledgerConfig;
  const settings = readSettings(env);
  if (isDevelopment(env)) await makeDevelopmentFiles(home, clock);

  const surroundings = { home, env: isDevelopment(env) ? withSandboxes(env) : env };
  const read: ReadReference = (reference, at, kind) =>
    resolveReference({ reference, at, ...(kind && { kind }) }, surroundings);
  const { doors, partners, gateways, routes, amountLimits, reconciliation, ...asWritten } = settings;
  const { soap, public: open, internal } = doors;
  const config: Config = {
    ...asWritten,
    ...ledgerConfig,
    soap: { host: soap.host, port: soap.port, identity: tlsIdentity(soap, '/doors/soap', read) },
    ...publicDoorFrom(open, read),
    internal: internalDoorFrom(internal, read),
    partners: partnersFrom(partners, read),
    gateways: gateways.map((gateway, index) => gatewayFrom(gateway, `/gateways/${index}`, read)),
    routes: routes.map((route, index) => routeFrom(route, `/routes/${index}`)),
    amountLimits: amountLimits.map((limit, index) => amountLimitFrom(limit, `/amountLimits/${index}`)),
    reconciliation: reconciliationFrom(reconciliation, (path) => resolve(home, path)),
  };
  const problems = configProblems(config, isDevelopment(env));
  if (problems.length > 0) throw new Misconfigured(problems.slice(0, problemsMax));
  return deepFreeze(config);
}

/** What config/development.json refers to. */
async function makeDevelopmentFiles(home: string, clock: { now(): Date }): Promise<void> {
  await developmentCertificates(join(home, 'certs'), { clock });
  await internalToken(home);
}

/** A certificate opens it: without one there is no door that a gateway could speak to. */
function publicDoorFrom(
  { host, port, certificate, key }: Settings['doors']['public'],
  read: ReadReference,
): Pick<Config, 'public'> {
  if (certificate === undefined || key === undefined) return {};
  return { public: { host, port, identity: tlsIdentity({ certificate, key }, '/doors/public', read) } };
}

/** The schema has settled that there are both of certificate and key, or neither. */
function internalDoorFrom(
  { host, port, hosts, certificate, key }: Settings['doors']['internal'],
  read: ReadReference,
): Config['internal'] {
  if (certificate === undefined || key === undefined) return { host, port, hosts };
  return { host, port, hosts, identity: tlsIdentity({ certificate, key }, '/doors/internal', read) };
}

/** Where the ledger is: for commands that need nothing else. @throws Misconfigured */
export function readLedgerConfig(env: Environment): LedgerConfig {
  const home = resolve(variable(env, 'CAGEBRIDGE_HOME') ?? 'var');
  const url = variable(env, 'LEDGER_URL') ?? `sqlite:${join(home, 'ledger.sqlite')}`;
  const createIfEmpty = isDevelopment(env);
  const address = readLedgerUrl(url);
  if (address.engine === 'sqlite')
    return { home, ledger: { url: `sqlite:${resolve(address.file)}`, createIfEmpty } };
  return { home, ledger: { url, password: readLedgerPassword(env, home), createIfEmpty } };
}

/** By reference, so that it stands in no list of processes and in no configuration. @throws Misconfigured */
function readLedgerPassword(env: Environment, home: string): string {
  const at = 'LEDGER_PASSWORD';
  const reference = variable(env, at);
  if (reference === undefined) throw new Misconfigured([`${at}: is not set; write env:NAME or file:PATH`]);
  // Editors and `echo` end a file with a line break, and no password does.
  return resolveReference({ reference, at, kind: 'secret' }, { env, home }).replace(/\r?\n$/, '');
}
