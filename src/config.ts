/**
 * Environment and file to a frozen Config. Everything is checked here, once, so that nobody behind has to ask again; an
 * error names the place and the rule, never a value.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import {
  gatewayFrom,
  type GatewaySeed,
  type GatewaySettings,
  routeFrom,
  type RouteSeed,
} from './gateways/configured.ts';
import { partnersFrom, type PartnerSeed } from './inbound/configured-partners.ts';
import type { InternalDoorLimits } from './inbound/rest/limits.ts';
import type { DoorLimits } from './inbound/soap/door-limits.ts';
import type { Books } from './ledger/accounting-date.ts';
import { minorDigits } from './ledger/currencies.ts';
import type { Partner } from './payments/partners.ts';
import type { PaymentLimits, Route } from './payments/world.ts';
import type { LedgerLimits } from './store/limits.ts';
import { developmentCertificates, isDevelopmentCertificate } from './pki/development.ts';
import { deepFreeze, isJsonObject, type Json, type JsonObject, overlay } from './platform/json.ts';
import { compileJsonSchema } from './platform/json-schema.ts';
import type { LogLevel } from './platform/log.ts';
import { Misconfigured } from './platform/misconfigured.ts';
import { type Environment, resolveReference } from './platform/references.ts';
import { tlsIdentity } from './platform/tls-identity.ts';
import type { TlsIdentity } from './platform/tls.ts';

export interface Config extends LedgerConfig {
  /** How partners reach the SOAP door; without it, by its bound address. */
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
  readonly doorsWithinMs: number;
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

/** Where `npm run sandbox` puts the bank, unless the environment says otherwise. */
const developmentDefaults = { CAGEBRIDGE_BANK_URL: 'https://127.0.0.1:8453/bank/v1' };

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

  const surroundings = { home, env: isDevelopment(env) ? { ...developmentDefaults, ...env } : env };
  const read = (reference: string, at: string): string => resolveReference(reference, at, surroundings);
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
  const problems = [...addressProblems(config), ...nameProblems(config)];
  if (problems.length > 0) throw new Misconfigured(problems.slice(0, problemsMax));
  return deepFreeze(config);
}

/** Where the ledger is: for commands that need nothing else. LEDGER_PASSWORD is a reference, LEDGER_URL holds none. */
export function readLedgerConfig(env: Environment): LedgerConfig {
  const home = resolve(env['CAGEBRIDGE_HOME'] ?? 'var');
  const [, scheme, place = ''] =
    /^(sqlite|mssql):(.+)$/s.exec(env['LEDGER_URL'] ?? `sqlite:${join(home, 'ledger.sqlite')}`) ?? [];
  if (scheme === undefined) {
    throw new Misconfigured(['LEDGER_URL: is neither sqlite:FILE nor mssql://user@host:port/database']);
  }
  if (scheme === 'mssql' && new URL(`mssql:${place}`).password !== '') {
    throw new Misconfigured(['LEDGER_URL: holds a password; LEDGER_PASSWORD is a reference to it']);
  }
  const password = env['LEDGER_PASSWORD'];
  return {
    home,
    ledger: {
      url: scheme === 'sqlite' ? `sqlite:${resolve(place)}` : `mssql:${place}`,
      createIfEmpty: isDevelopment(env),
      ...(password !== undefined && {
        password: resolveReference(password, 'LEDGER_PASSWORD', { env, home }),
      }),
    },
  };
}

/** Set by `npm start` and `npm run demo` alone: development certificates and sandboxes, only on loopback. */
export function isDevelopment(env: Environment): boolean {
  return env['CAGEBRIDGE_DEV'] === '1';
}

function settingsFrom(env: Environment): JsonObject {
  const file = env['CAGEBRIDGE_CONFIG'];
  const layers = [
    readJsonFile(new URL('default.json', shipped)),
    ...(isDevelopment(env) ? [readJsonFile(new URL('development.json', shipped))] : []),
    ...(file === undefined ? [] : [readJsonFile(resolve(file))]),
    environmentLayer(env),
  ];
  return layers.reduce((below, above) => overlay(below, above), {});
}

function readJsonFile(path: string | URL): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Misconfigured([`CAGEBRIDGE_CONFIG: the file cannot be read (${code})`]);
  }
  try {
    const document: unknown = JSON.parse(text);
    if (isJsonObject(document)) return document;
  } catch {
    // The parser's message quotes the text.
  }
  throw new Misconfigured(['CAGEBRIDGE_CONFIG: the file is no JSON object']);
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
  const value = env[name];
  return value === undefined || value === '' ? {} : layer(value);
}

function portFrom(text: string, name: string): number {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535)
    throw new Misconfigured([`${name}: is not a port`]);
  return Number(text);
}

function checked(document: JsonObject): Settings {
  const missing = whatIsMissing(document);
  if (missing.length > 0) {
    throw new Misconfigured([
      `the bridge needs ${missing.join(', ')} in the file that CAGEBRIDGE_CONFIG names; ` +
        'to try it on this machine with development certificates and a sandbox bank, run "npm start"',
    ]);
  }
  const schema = readJsonFile(new URL('schema.json', shipped));
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
  const { soap = {} } = doors as { soap?: JsonObject };
  const parts = ['partners', 'gateways', 'routes'].filter(
    (name) => (lists[name] as readonly Json[]).length === 0,
  );
  return soap['certificate'] === undefined ? ['a server certificate (doors.soap)', ...parts] : parts;
}

/** Who may listen where (design 3). */
function addressProblems({ soap, internal, partners }: Config): string[] {
  const certificates = [soap.identity.certificate, ...partners.flatMap(({ issuers }) => issuers)];
  return [
    ...(isLoopback(internal.host)
      ? []
      : ['/doors/internal/host: is not loopback; elsewhere this door needs TLS and configured clients']),
    ...(isLoopback(soap.host) || !certificates.some(isDevelopmentCertificate)
      ? []
      : ['/doors/soap/host: is not loopback, and development certificates are for loopback only']),
  ];
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Names that stand for something elsewhere in the document. */
function nameProblems({ partners, gateways, routes, brands }: Config): string[] {
  const gatewayNames = gateways.map(({ name }) => name);
  const partnerIds = partners.map(({ id }) => id);
  const brandNames = Object.keys(brands);
  return [
    ...unknownIn(
      '/gateways: the same name twice',
      gatewayNames.filter((name, index) => gatewayNames.indexOf(name) < index),
      [],
    ),
    ...routes.flatMap((route, index) => [
      ...unknownIn(`/routes/${index}/gateways: unknown gateway`, route.gateways, gatewayNames),
      ...unknownIn(`/routes/${index}/partners: unknown partner`, route.partners ?? [], partnerIds),
      ...unknownIn(`/routes/${index}/brands: unknown brand`, route.brands ?? [], brandNames),
    ]),
    ...partners.flatMap((partner, index) => [
      ...unknownIn(`/partners/${index}/brands: unknown brand`, partner.brands, brandNames),
      ...currencyProblems(`/partners/${index}/currencies`, partner.currencies),
    ]),
    ...gateways.flatMap(({ capabilities }, index) =>
      currencyProblems(`/gateways/${index}/currencies`, capabilities.currencies),
    ),
    ...brandNames
      .filter((brand) => !isZone(brands[brand]?.zone ?? ''))
      .map((brand) => `/brands/${brand}/zone: unknown time zone`),
  ];
}

function unknownIn(problem: string, names: readonly string[], known: readonly string[]): string[] {
  return names.filter((name) => !known.includes(name)).map((name) => `${problem} (${name})`);
}

function currencyProblems(at: string, currencies: readonly string[]): string[] {
  return currencies
    .filter((code) => minorDigits(code) === undefined)
    .map((code) => `${at}: unknown currency (${code})`);
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
