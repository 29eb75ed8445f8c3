/**
 * Environment and file to a frozen Config. Everything is checked here, once, so that nobody behind has to ask again; an
 * error names the place and the rule, never a value.
 */
import { join, resolve } from 'node:path';
import { amountLimitFrom } from './config/amount-limits.ts';
import { certificatesFrom } from './config/certificates.ts';
import { closeKeyFrom } from './config/close-key.ts';
import type { Config, LedgerConfig } from './config/config.ts';
import { isDevelopment, withSandboxes } from './config/development.ts';
import { configProblems } from './config/problems.ts';
import { reconciliationFrom } from './config/reconciliation.ts';
import { readSettings, type Settings } from './config/settings.ts';
import { gatewayFrom, routeFrom } from './gateways/configured.ts';
import { partnersFrom } from './inbound/configured-partners.ts';
import { internalToken } from './inbound/rest/token.ts';
import { readLedgerUrl } from './store/ledger-url.ts';
import { developmentCertificates } from './pki/development.ts';
import { deepFreeze } from './platform/json.ts';
import { Misconfigured } from './platform/misconfigured.ts';
import { type Environment, type ReadReference, resolveReference, variable } from './platform/references.ts';
import { tlsIdentity } from './platform/tls-identity.ts';

const problemsMax = 10;

/**
 * The whole configuration: config/default.json; over it config/development.json where CAGEBRIDGE_DEV is 1, whose
 * certificates are made if they are not there; over it the file that CAGEBRIDGE_CONFIG names; over all of it the environment.
 * One of several processes reads the development certificates `asTheyAre`: it would make those anew that the others serve by.
 * @throws Misconfigured
 */
export async function readConfig(
  env: Environment,
  clock: { now(): Date },
  developmentFiles: 'made' | 'asTheyAre' = 'made',
): Promise<Config> {
  const ledgerConfig = readLedgerConfig(env);
  const { home } = ledgerConfig;
  const settings = readSettings(env);
  if (isDevelopment(env) && developmentFiles === 'made') await makeDevelopmentFiles(home, clock);

  const surroundings = { home, env: isDevelopment(env) ? withSandboxes(env) : env };
  const read: ReadReference = (reference, at, kind) =>
    resolveReference({ reference, at, ...(kind && { kind }) }, surroundings);
  const { doors, certificates, partners, gateways, routes, amountLimits, reconciliation, ...asWritten } =
    settings;
  const { soap, public: open, internal } = doors;
  const config: Config = {
    ...asWritten,
    ...ledgerConfig,
    soap: { host: soap.host, port: soap.port, identity: tlsIdentity(soap, '/doors/soap', read) },
    ...publicDoorFrom(open, read),
    internal: internalDoorFrom(internal, read),
    certificates: certificatesFrom(certificates, settings, surroundings),
    partners: partnersFrom(partners, read),
    gateways: gateways.map((gateway, index) => gatewayFrom(gateway, `/gateways/${index}`, read)),
    routes: routes.map((route, index) => routeFrom(route, `/routes/${index}`)),
    amountLimits: amountLimits.map((limit, index) => amountLimitFrom(limit, `/amountLimits/${index}`)),
    reconciliation: reconciliationFrom(reconciliation, (path) => resolve(home, path)),
    ...closePacksFrom(reconciliation, home, read),
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

/** The bridge has the key only where it closes days itself. */
function closePacksFrom(
  { close, closeKey }: Settings['reconciliation'],
  home: string,
  read: ReadReference,
): Pick<Config, 'closePacks'> {
  if (close === undefined || closeKey === undefined) return {};
  return { closePacks: { key: closeKeyFrom(closeKey, read), directory: join(home, 'closes') } };
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
