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
    ...partners.flatMap(({ issuers }) => issuers),
    ...gateways.flatMap(({ tls }) => [tls.identity.certificate, ...tls.authorities]),
  ];
  const forDevelopment = isDevelopment || certificates.some(isDevelopmentCertificate);
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
