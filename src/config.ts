/**
 * Environment and file to a frozen Config. Everything is checked here, once, so that nobody behind has to ask again; an
 * error names the place and the rule, never a value.
 */
import { join, resolve } from 'node:path';
import {
  gatewayFrom,
  gatewayProblems,
  type GatewaySeed,
  type GatewaySettings,
  routeFrom,
  routeProblems,
  type RouteSeed,
} from './gateways/configured.ts';
import { gatewayTimeProblems, longestRouteMs } from './gateways/times.ts';
import { partnerProblems, partnersFrom, type PartnerSeed } from './inbound/configured-partners.ts';
import type { InternalDoorLimits } from './inbound/rest/limits.ts';
import type { DoorLimits } from './inbound/soap/door-limits.ts';
import type { Books } from './ledger/accounting-date.ts';
import type { Partner } from './payments/partners.ts';
import type { PaymentLimits, Route } from './payments/world.ts';
import { readLedgerUrl } from './store/ledger-url.ts';
import type { LedgerLimits } from './store/limits.ts';
import { developmentCertificates, isDevelopmentCertificate } from './pki/development.ts';
import { isLoopback, isWildcard, readPort } from './platform/hosts.ts';
import {
  deepFreeze,
  isJsonObject,
  type Json,
  type JsonObject,
  overlay,
  readJsonFile,
} from './platform/json.ts';
import { compileJsonSchema } from './platform/json-schema.ts';
import type { LogLevel } from './platform/log.ts';
import { Misconfigured } from './platform/misconfigured.ts';
import { type Environment, type ReadReference, resolveReference, variable } from './platform/references.ts';
import { tlsIdentity } from './platform/tls-identity.ts';
import type { TlsIdentity } from './platform/tls.ts';

export interface Config extends LedgerConfig {
  /** How partners reach the SOAP door; without it, by its bound address, which is no wildcard then. */
  readonly publicUrl?: string;
  readonly soap: Address & { readonly identity: TlsIdentity };
  readonly internal: Address & { readonly hosts: readonly string[] };
  readonly partners: readonly Partner[];
  /** SHA-256 fingerprints of certificates that are refused whatever else holds. */
  readonly revoked: readonly string[];
  readonly gateways: readonly GatewaySettings[];
  readonly routes: readonly Route[];
  readonly brands: Readonly<Record<string, Books>>;
  readonly log: { readonly level: LogLevel };
  readonly limits: {
    readonly soapDoor: DoorLimits;
    readonly internalDoor: InternalDoorLimits;
    readonly payments: PaymentLimits;
    readonly ledger: LedgerLimits;
    readonly stop: StopLimits;
  };
}

/** What is enough to look into the ledger. */
export interface LedgerConfig {
  /** The directory of the bridge's state: embedded ledger, development certificates, token. */
  readonly home: string;
  readonly ledger: {
    readonly url: string;
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

/** The document as the schema accepts it. */
type Settings = Pick<Config, 'publicUrl' | 'revoked' | 'brands' | 'log' | 'limits'> & {
  readonly doors: {
    readonly soap: Address & { readonly certificate: string; readonly key: string };
    readonly internal: Config['internal'];
  };
  readonly partners: readonly PartnerSeed[];
  readonly gateways: readonly GatewaySeed[];
  readonly routes: readonly RouteSeed[];
};

const shipped = new URL('../config/', import.meta.url);
const problemsMax = 10;

/** Where `npm run sandbox` puts the bank, unless the environment says otherwise; the path may be left out. */
const sandboxBank = { url: 'https://127.0.0.1:8453', path: '/bank/v1' };

/**
 * The whole configuration: config/default.json; over it config/development.json where CAGEBRIDGE_DEV is 1, whose
 * certificates are made if they are not there; over it the file that CAGEBRIDGE_CONFIG names; over all of it the environment.
 * @throws Misconfigured
 */
export async function readConfig(env: Environment, clock: { now(): Date }): Promise<Config> {
  const ledgerConfig = readLedgerConfig(env);
  const { home } = ledgerConfig;
  const settings = checked(settingsFrom(env));
  if (isDevelopment(env)) await developmentCertificates(join(home, 'certs'), { clock });

  const surroundings = { home, env: isDevelopment(env) ? withSandboxBank(env) : env };
  const read: ReadReference = (reference, at, kind) =>
    resolveReference({ reference, at, ...(kind && { kind }) }, surroundings);
  const { doors, partners, gateways, routes, ...asWritten } = settings;
  const { certificate, key, ...soapAddress } = doors.soap;
  const config: Config = {
    ...asWritten,
    ...ledgerConfig,
    soap: { ...soapAddress, identity: tlsIdentity({ certificate, key }, '/doors/soap', read) },
    internal: doors.internal,
    partners: partnersFrom(partners, read),
    gateways: gateways.map((gateway, index) => gatewayFrom(gateway, `/gateways/${index}`, read)),
    routes: routes.map((route, index) => routeFrom(route, `/routes/${index}`)),
  };
  const known = { brands: Object.keys(config.brands), partners: config.partners.map(({ id }) => id) };
  const problems = [
    ...addressProblems(config, env),
    ...partnerProblems(config.partners, known.brands),
    ...gatewayProblems(config.gateways),
    ...gatewayTimeProblems(config.gateways),
    ...timeProblems(config),
    ...routeProblems(config.routes, { ...known, gateways: config.gateways.map(({ name }) => name) }),
    ...zoneProblems(config),
  ];
  if (problems.length > 0) throw new Misconfigured(problems.slice(0, problemsMax));
  return deepFreeze(config);
}

/** Where the ledger is: for commands that need nothing else. @throws Misconfigured */
export function readLedgerConfig(env: Environment): LedgerConfig {
  const home = resolve(variable(env, 'CAGEBRIDGE_HOME') ?? 'var');
  const url = variable(env, 'LEDGER_URL');
  const file = url === undefined ? join(home, 'ledger.sqlite') : resolve(readLedgerUrl(url));
  return { home, ledger: { url: `sqlite:${file}`, createIfEmpty: isDevelopment(env) } };
}

/** Set by `npm start`, `npm run demo` and `npm run sandbox` alone: development certificates and sandboxes, only on loopback. */
export function isDevelopment(env: Environment): boolean {
  return env['CAGEBRIDGE_DEV'] === '1';
}

function withSandboxBank(env: Environment): Environment {
  const url = variable(env, 'CAGEBRIDGE_BANK_URL') ?? sandboxBank.url;
  const isBare = URL.canParse(url) && new URL(url).pathname === '/';
  return { ...env, CAGEBRIDGE_BANK_URL: isBare ? new URL(sandboxBank.path, url).href : url };
}

function settingsFrom(env: Environment): JsonObject {
  const file = variable(env, 'CAGEBRIDGE_CONFIG');
  const layers = [
    readJsonFile(new URL('default.json', shipped), 'config/default.json'),
    ...(isDevelopment(env)
      ? [readJsonFile(new URL('development.json', shipped), 'config/development.json')]
      : []),
    ...(file === undefined ? [] : [readJsonFile(resolve(file), 'CAGEBRIDGE_CONFIG')]),
    environmentLayer(env),
  ];
  return layers.reduce((below, above) => overlay(below, above), {});
}

/** The variables that stand for a place of the document. */
function environmentLayer(env: Environment): JsonObject {
  const door = (name: string): JsonObject => ({
    ...given(env, `CAGEBRIDGE_${name}_HOST`, (host) => ({ host })),
    ...given(env, `CAGEBRIDGE_${name}_PORT`, (port) => ({ port: portFrom(port, `CAGEBRIDGE_${name}_PORT`) })),
  });
  return {
    doors: { soap: door('SOAP'), internal: door('INTERNAL') },
    ...given(env, 'CAGEBRIDGE_LOG_LEVEL', (level) => ({ log: { level } })),
  };
}

function given(
  env: Environment,
  name: string,
  layer: (value: string) => Record<string, Json>,
): Record<string, Json> {
  const value = variable(env, name);
  return value === undefined ? {} : layer(value);
}

function portFrom(text: string, name: string): number {
  const port = readPort(text);
  if (port === undefined) throw new Misconfigured([`${name}: is not a port`]);
  return port;
}

function checked(document: JsonObject): Settings {
  const missing = whatIsMissing(document);
  if (missing.length > 0) {
    throw new Misconfigured([
      `the bridge needs ${missing.join(', ')} in the file that CAGEBRIDGE_CONFIG names; ` +
        'to try it on this machine with development certificates and a sandbox bank, run "npm start"',
    ]);
  }
  const schema = readJsonFile(new URL('schema.json', shipped), 'config/schema.json');
  const violations = compileJsonSchema(schema, { violationsMax: problemsMax })(document);
  if (violations.length === 0) return document as unknown as Settings;
  throw new Misconfigured(
    violations.map(
      ({ path, message, member }) => `${path}: ${message}${member === undefined ? '' : ` (${member})`}`,
    ),
  );
}

/** The parts that nobody can guess, so that an empty configuration reads as one sentence. */
function whatIsMissing({ doors, ...lists }: JsonObject): string[] {
  const soap = isJsonObject(doors) && isJsonObject(doors['soap']) ? doors['soap'] : {};
  const parts = ['partners', 'gateways', 'routes'].filter((name) => isEmptyList(lists[name]));
  return soap['certificate'] === undefined ? ['a server certificate (doors.soap)', ...parts] : parts;
}

function isEmptyList(list: Json | undefined): boolean {
  return Array.isArray(list) && list.length === 0;
}

/** Who may listen where (design 3). */
function addressProblems(
  { publicUrl, soap, internal, partners, gateways }: Config,
  env: Environment,
): string[] {
  const certificates = [
    soap.identity.certificate,
    ...partners.flatMap(({ issuers }) => issuers),
    ...gateways.flatMap(({ tls }) => [tls.identity.certificate, ...tls.authorities]),
  ];
  const forDevelopment = isDevelopment(env) || certificates.some(isDevelopmentCertificate);
  return [
    ...(isLoopback(internal.host)
      ? []
      : ['/doors/internal/host: is not loopback; elsewhere this door needs TLS and configured clients']),
    ...(isLoopback(soap.host) || !forDevelopment
      ? []
      : [
          '/doors/soap/host: is not loopback, and development (CAGEBRIDGE_DEV=1, or one of its certificates) is for loopback only',
        ]),
    ...(publicUrl !== undefined || !isWildcard(soap.host)
      ? []
      : ['/publicUrl: is missing, and nobody can call the wildcard that /doors/soap/host is']),
  ];
}

/** Bounds that hold one another: whoever waits is patient enough for what he waits for. */
function timeProblems({ routes, gateways, limits: { soapDoor, payments, ledger, stop } }: Config): string[] {
  const recordMs =
    payments.recordTriesMax * ledger.commandTimeoutMs +
    (payments.recordTriesMax - 1) * payments.recordPauseMs;
  const waitMs = Math.max(
    longestRouteMs(routes, gateways, recordMs),
    payments.copyWaitMs,
    payments.statusAskMs,
  );
  const paymentMs = ledger.commandTimeoutMs + waitMs;
  // The ledger's queue and its writer have that time each.
  const stopMs = stop.doorsWithinMs + stop.paymentsWithinMs + 2 * ledger.closeTimeoutMs;
  return [
    ...(paymentMs < soapDoor.answerTimeoutMs
      ? []
      : [`/limits/soapDoor/answerTimeoutMs: is not more than the ${paymentMs} that a payment may take`]),
    ...(stopMs <= stop.totalMs
      ? []
      : [`/limits/stop/totalMs: is less than the ${stopMs} of doors, payments and ledger`]),
  ];
}

function zoneProblems({ brands }: Config): string[] {
  return Object.entries(brands)
    .filter(([, { zone }]) => !isZone(zone))
    .map(([brand]) => `/brands/${brand}/zone: unknown time zone`);
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
