import type { Config } from './config.ts';
import { amountLimitProblems } from './amount-limits.ts';
import { reconciliationProblems } from './reconciliation.ts';
import { gatewayProblems, routeProblems } from '../gateways/configured.ts';
import { gatewayShareProblems } from '../gateways/shares.ts';
import { gatewayTimeProblems, longestCallMs, longestRouteMs } from '../gateways/times.ts';
import { partnerProblems } from '../inbound/configured-partners.ts';
import { certificatesFrom } from '../pki/certificate-check.ts';
import { isDevelopmentCertificate } from '../pki/development.ts';
import { isLoopback, isWildcard } from '../platform/hosts.ts';
import { unknownNames } from '../platform/misconfigured.ts';
import { tlsRefusal } from '../platform/tls.ts';

/** What no schema can see: parts of the configuration that contradict one another, by their places. */
export function configProblems(config: Config, isDevelopment: boolean): string[] {
  const known = {
    brands: Object.keys(config.brands),
    partners: config.partners.map(({ id }) => id),
    gateways: config.gateways.map(({ name }) => name),
  };
  return [
    ...addressProblems(config, isDevelopment),
    ...doorCertificateProblems(config),
    ...partnerProblems(config.partners, known.brands),
    ...gatewayProblems(config.gateways),
    ...gatewayTimeProblems(config.gateways),
    ...shareProblems(config),
    ...timeProblems(config),
    ...routeProblems(config.routes, known),
    ...amountLimitProblems(config.amountLimits, known),
    ...reconciliationProblems(config.reconciliation, known),
    ...coreListProblems(config, known.partners),
    ...zoneProblems(config),
  ];
}

/** Lists of the core speak of the payments of somebody who instructs some. */
function coreListProblems({ reconciliation: { coreList } }: Config, partners: readonly string[]): string[] {
  const { partner } = coreList;
  if (partner === undefined) return [];
  return unknownNames('/reconciliation/coreList/partner: unknown partner', [partner], partners);
}

/** Who may listen where (design 3). */
function addressProblems(config: Config, isDevelopment: boolean): string[] {
  const { publicUrl, soap, internal, partners, gateways } = config;
  const certificates = [
    soap.identity.certificate,
    ...(config.public ? [config.public.identity.certificate] : []),
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
    ...Object.entries({ soap, ...(config.public && { public: config.public }), internal })
      .filter(([, { host }]) => forDevelopment && !isLoopback(host))
      .map(([door]) => `/doors/${door}/host: is not loopback, and ${development} is for loopback only`),
    ...(publicUrl !== undefined || !isWildcard(soap.host)
      ? []
      : ['/publicUrl: is missing, and nobody can call the wildcard that /doors/soap/host is']),
  ];
}

/** What no listener opens with. Whatever else is odd about a certificate serves, and is told of by the running bridge. */
function doorCertificateProblems(config: Config): string[] {
  const doors = { soap: config.soap, public: config.public, internal: config.internal };
  return Object.entries(doors).flatMap(([door, { identity } = {}]) => {
    if (identity === undefined) return [];
    if (certificatesFrom(identity.certificate) === undefined)
      return [`/doors/${door}/certificate: holds something else than certificates in PEM`];
    const code = tlsRefusal(identity);
    return code === undefined
      ? []
      : [`/doors/${door}/certificate: TLS serves by no such certificate (${code})`];
  });
}

const development = 'development (CAGEBRIDGE_DEV=1, or one of its certificates)';

function hasClients(partners: Config['partners']): boolean {
  return partners.some(({ enabled, tokenDigests }) => enabled && tokenDigests.length > 0);
}

/** A partner may come by both doors, and each has a share for him. */
function shareProblems({ gateways, routes, limits: { soapDoor, internalDoor } }: Config): string[] {
  return gatewayShareProblems(
    gateways,
    routes,
    soapDoor.partnerRequestsMax + internalDoor.partnerRequestsMax,
  );
}

/** Bounds that hold one another: whoever waits is patient enough for what he waits for. */
function timeProblems(config: Config): string[] {
  const { soapDoor, internalDoor, payments, ledger, stop } = config.limits;
  const checkMs = longestCallMs(config.gateways) + 2 * recordingMs(config.limits);
  const paymentMs = longestUseCaseMs(config);
  // The ledger's queue and its writer have that time each.
  const stopMs = stop.doorsWithinMs + stop.paymentsWithinMs + 2 * ledger.closeTimeoutMs;
  return [
    ...Object.entries({ soapDoor, internalDoor })
      .filter(([, { answerTimeoutMs }]) => paymentMs >= answerTimeoutMs)
      .map(
        ([door]) =>
          `/limits/${door}/answerTimeoutMs: is not more than the ${paymentMs} that a payment may take`,
      ),
    ...(checkMs < payments.claimLeaseMs
      ? []
      : [`/limits/payments/claimLeaseMs: is not more than the ${checkMs} that a scheduled check may take`]),
    ...(stopMs <= stop.totalMs
      ? []
      : [`/limits/stop/totalMs: is less than the ${stopMs} of doors, payments and ledger`]),
  ];
}

/** By use case: what each asks the ledger, one after another, and what it waits for between. */
function longestUseCaseMs({ routes, gateways, limits }: Config): number {
  const { payments, ledger } = limits;
  const ledgerMs = ledger.commandTimeoutMs;
  const recordMs = recordingMs(limits);
  return Math.max(
    // A new payment: its reference is looked up, it is accepted and carried.
    2 * ledgerMs + longestRouteMs(routes, gateways, recordMs),
    // A copy that loses the race for its reference: as before, then it waits for the other one and looks again.
    3 * ledgerMs + Math.max(payments.copyWaitMs, recordMs),
    // Status: found, asked about, found again with its history.
    3 * ledgerMs + payments.statusAskMs,
    // Cancel: found, waited for, and its gateway called.
    ledgerMs + payments.copyWaitMs + longestCallMs(gateways) + recordMs,
  );
}

/** Until a word is in the ledger, or is given up. */
function recordingMs({ payments, ledger }: Pick<Config['limits'], 'payments' | 'ledger'>): number {
  return (
    payments.recordTriesMax * ledger.commandTimeoutMs + (payments.recordTriesMax - 1) * payments.recordPauseMs
  );
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
