import type { Config } from '../config.ts';
import { gatewayProblems, routeProblems } from '../gateways/configured.ts';
import { gatewayTimeProblems, longestRouteMs } from '../gateways/times.ts';
import { partnerProblems } from '../inbound/configured-partners.ts';
import { isDevelopmentCertificate } from '../pki/development.ts';
import { isLoopback, isWildcard } from '../platform/hosts.ts';

/** What no schema can see: parts of the configuration that contradict one another, by their places. */
export function configProblems(config: Config, isDevelopment: boolean): string[] {
  const known = { brands: Object.keys(config.brands), partners: config.partners.map(({ id }) => id) };
  return [
    ...addressProblems(config, isDevelopment),
    ...partnerProblems(config.partners, known.brands),
    ...gatewayProblems(config.gateways),
    ...gatewayTimeProblems(config.gateways),
    ...timeProblems(config),
    ...routeProblems(config.routes, { ...known, gateways: config.gateways.map(({ name }) => name) }),
    ...zoneProblems(config),
  ];
}

/** Who may listen where (design 3). */
function addressProblems(
  { publicUrl, soap, internal, partners, gateways }: Config,
  isDevelopment: boolean,
): string[] {
  const certificates = [
    soap.identity.certificate,
    ...(internal.identity ? [internal.identity.certificate] : []),
    ...partners.flatMap(({ issuers }) => issuers),
    ...gateways.flatMap(({ tls }) => [
      ...(tls.identity ? [tls.identity.certificate] : []),
      ...tls.authorities,
    ]),
  ];
  const forDevelopment = isDevelopment || certificates.some(isDevelopmentCertificate);
  return [
    ...(isLoopback(internal.host) || (internal.identity && hasClients(partners))
      ? []
      : [
          '/doors/internal/host: is not loopback; elsewhere this door needs TLS (certificate and key) and a partner with tokens',
        ]),
    ...Object.entries({ soap, internal })
      .filter(([, { host }]) => forDevelopment && !isLoopback(host))
      .map(([door]) => `/doors/${door}/host: is not loopback, and ${development} is for loopback only`),
    ...(publicUrl !== undefined || !isWildcard(soap.host)
      ? []
      : ['/publicUrl: is missing, and nobody can call the wildcard that /doors/soap/host is']),
  ];
}

const development = 'development (CAGEBRIDGE_DEV=1, or one of its certificates)';

function hasClients(partners: Config['partners']): boolean {
  return partners.some(({ enabled, tokenDigests }) => enabled && tokenDigests.length > 0);
}

/** Bounds that hold one another: whoever waits is patient enough for what he waits for. */
function timeProblems({ routes, gateways, limits }: Config): string[] {
  const { soapDoor, internalDoor, payments, ledger, stop } = limits;
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
    ...Object.entries({ soapDoor, internalDoor })
      .filter(([, { answerTimeoutMs }]) => paymentMs >= answerTimeoutMs)
      .map(
        ([door]) =>
          `/limits/${door}/answerTimeoutMs: is not more than the ${paymentMs} that a payment may take`,
      ),
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
