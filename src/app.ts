/**
 * The picture of the house: the one place that builds things. What is opened first is closed last, so the order of the
 * stop is the order of the start, backwards.
 */
import { type BoundPorts, type Built, type Doors, doorsOf, type Surroundings } from './app/doors.ts';
import { certificateParts } from './app/certificate-parts.ts';
import { noSiblings } from './app/siblings.ts';
import type { Config } from './config/config.ts';
import { openGateways } from './gateways/configured.ts';
import { certificateDesk, type CertificateDesk } from './inbound/certificate-desk.ts';
import { gatewayWatch } from './inbound/gateway-watch.ts';
import { ledgerPatience } from './inbound/ledger-patience.ts';
import type { Instruments } from './inbound/instruments.ts';
import { type LedgerDirectory, openLedgerDirectory } from './inbound/ledger-directory.ts';
import { authoritiesOfPartners, shareMetLists } from './inbound/partner-lists.ts';
import { seedPartners } from './inbound/partner-seeding.ts';
import { paymentTelemetry, writerDeathLine } from './inbound/payment-telemetry.ts';
import { financeDoorsOf } from './inbound/rest/finance.ts';
import { internalToken } from './inbound/rest/token.ts';
import { scrapedMetrics } from './inbound/scraped-metrics.ts';
import { keepCertificateRounds } from './jobs/certificates.ts';
import { keepNight } from './jobs/night.ts';
import type { Gateway } from './payments/gateways.ts';
import { openPayments } from './payments/open.ts';
import { unlessLedgerAway } from './payments/ledger-trouble.ts';
import type { Clock } from './payments/ports.ts';
import { type RevocationLists, revocationLists } from './pki/revocation-lists.ts';
import type { LookCause } from './pki/certificate-keeper.ts';
import { crashPoints } from './platform/crash-points.ts';
import type { MetricsSnapshot } from './platform/siblings.ts';
import { openReconciliation } from './reconciliation/open.ts';
import type { Stores } from './store/ledger.ts';
import { type LedgerOptions, openStores } from './store/open.ts';

export type { BoundPorts } from './app/doors.ts';

export interface Bridge {
  /** The ports that were bound. */
  readonly ports: BoundPorts;
  /** Reads the certificates of doors and gateways again, as a signal asks for it, or whoever asked another process. */
  reloadCertificates(cause?: LookCause): void;
  /** What was counted, for the exposition of another process. */
  metrics(): Promise<MetricsSnapshot>;
  /**
   * Stops accepting, lets what is under way end within its bounds, closes everything. A payment that is cut off stays
   * in the ledger as it is, and the next start asks about it. May be called again.
   */
  stop(): Promise<void>;
}

/** Builds the bridge and opens its doors; where one part fails, the ones before it are closed again. */
export async function startBridge(config: Config, surroundings: Surroundings): Promise<Bridge> {
  const { clock, ids, log, siblings } = surroundings;
  const { limits } = config;
  const reached = crashPoints(surroundings.crashAt);
  await using house = new AsyncDisposableStack();

  const homeToken = await homeTokenOf(config);
  // It looks the payments up only when somebody scrapes, and the ledger is open by then.
  const instruments = {
    log,
    metrics: scrapedMetrics(scrapedNamesOf(config, clock), {
      ledger: () => ledger,
      gateways: () => gateways,
      closing: () => finance.closing,
      directory: () => directory,
      certificates: (): CertificateDesk => certificates,
      answerWithin: (work) => answerWithin(work),
      ...(siblings && { siblings }),
    }),
  };
  const ledgerOptions = ledgerOptionsOf(config, surroundings, instruments);
  const stores = house.adopt(await openStores(ledgerOptions), (it) => it.ledger.close());
  const { ledger, answerWithin } = ledgerPatience(stores.ledger, limits.ledgerAway);
  house.defer(() => reached('inShutdown'));
  const directory = await directoryOf(config, surroundings, stores);
  const gateways = house.adopt(await openGateways(config.gateways, { ...surroundings, reached }), closeAll);

  const watch = gatewayWatch(gateways, paymentTelemetry(instruments), clock);
  const books = new Map(Object.entries(config.brands));
  const given = { ledger, gateways, books, clock, ids, events: watch.events, reached };
  const payments = house.adopt(openPayments({ ...paymentRulesOf(config), directory, ...given }), (it) =>
    it.drained(AbortSignal.timeout(limits.stop.paymentsWithinMs)),
  );

  const shown = { directory, stores, gateways, instruments, doors: () => doors };
  const { lists, certificates } = await openDesk(config, surroundings, shown);
  house.defer(() => certificates.flush());

  const stopping = new AbortController();
  const { signal } = stopping;
  const health = {
    ledger,
    answerWithin,
    metrics: instruments.metrics,
    gateways: watch.health,
    certificates: () => certificates.keeper.refused(),
    listed: () => certificates.listed(),
    stopping: () => signal.aborted,
  };
  const around = { books, clock, ids };
  const reconciliation = openReconciliation(config, stores, { payments, ...around });
  const finance = { ...financeDoorsOf(config, stores, around), reconciliation };
  const inside = { directory, certificates, lists, homeToken, payments };
  const known = { config, surroundings, instruments, ...inside, ...finance };
  const doors: Doors = doorsOf({ ...known, ledger, gateways, answerWithin, health });
  house.defer(() => doors.close(limits.stop.doorsWithinMs));
  house.defer(() => {
    stopping.abort();
    reached('inShutdown');
  });

  keepHouse({ ...known, gateways }, signal);
  const ports = await doors.open();
  const stop = stopOf(house.move(), clock, limits.stop.totalMs);
  return bridgeOf({ ports, certificates, ...instruments }, stop);
}

interface Open extends Instruments {
  readonly ports: BoundPorts;
  readonly certificates: Pick<CertificateDesk, 'reload'>;
}

function bridgeOf({ ports, certificates, metrics }: Open, stop: Bridge['stop']): Bridge {
  return {
    ports,
    reloadCertificates: (cause) => certificates.reload(cause),
    metrics: () => metrics.snapshot(),
    stop,
  };
}

interface Shown {
  readonly directory: LedgerDirectory;
  readonly stores: Stores;
  readonly gateways: Awaited<ReturnType<typeof openGateways>>;
  readonly instruments: Instruments;
  readonly doors: () => Doors;
}

/** What the bridge shows and what it believes of others, kept at what its files hold. */
async function openDesk(
  config: Config,
  { clock, ids, log, siblings: others }: Surroundings,
  { directory, stores, gateways, instruments, doors }: Shown,
): Promise<{ readonly lists: RevocationLists; readonly certificates: CertificateDesk }> {
  const lists = await revocationListsOf(directory, stores, clock);
  const listOfNobody = (detail: string): void => log.warn('revocation_list.unsigned', { detail });
  const parts = certificateParts(config, { doors, gateways, lists, clock, listOfNobody });
  const siblings = others ?? noSiblings;
  const kept = { parts, lists, store: stores.partners, directory, siblings, ...instruments, clock, ids };
  return { lists, certificates: certificateDesk(kept) };
}

function stopOf(house: AsyncDisposableStack, clock: Clock, totalMs: number): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= bounded(house, clock, totalMs));
}

/** What the house does of its own accord until the signal; the doors do not wait for it. */
function keepHouse(
  { config, surroundings, instruments, directory, certificates, gateways, payments, ...finance }: Kept,
  signal: AbortSignal,
): void {
  const { clock, log } = surroundings;
  const { matching } = finance.reconciliation;
  const { importing } = finance.statements;
  keepNight({
    ...config,
    ...instruments,
    ...finance,
    matching,
    clock,
    gateways,
    payments,
    importing,
    signal,
    reconciliation: config.reconciliation,
  });
  void directory.keepLooking(signal);
  void keepCertificateRounds({ ...config.certificates, ...certificates, log, clock, signal });
}

type Kept = Omit<Built, 'ledger' | 'answerWithin' | 'health' | 'homeToken' | 'reports'>;

function scrapedNamesOf({ gateways, reconciliation: { close } }: Config, clock: Clock) {
  return { gateways: gateways.map(({ name }) => name), ...(close && { close }), clock };
}

function paymentRulesOf({ routes, amountLimits, limits }: Config) {
  return { routes, amountLimits, limits: limits.payments };
}

/** The ledger's partners, after the configuration has said its own. */
async function directoryOf(
  { partners, revoked, brands }: Config,
  { clock, ids, log }: Surroundings,
  { partners: store }: Stores,
): Promise<LedgerDirectory> {
  const differs = (partnerId: string): void => log.warn('partner.overruled', { partnerId });
  const seed = (): Promise<void> => seedPartners({ store, partners, clock, ids, differs });
  const unusable = (partnerId: string, detail: string): void =>
    log.error('partner.unusable', { partnerId, detail });
  return openLedgerDirectory({
    configured: partners,
    seed,
    store,
    revoked,
    brands: Object.keys(brands),
    clock,
    unusable,
  });
}

/** What was met before is known before any list is read; without the ledger that is judged once it is back. */
async function revocationListsOf(
  directory: LedgerDirectory,
  { partners: store }: Stores,
  clock: Clock,
): Promise<RevocationLists> {
  const lists = revocationLists(() => authoritiesOfPartners(directory.partners()));
  await shareMetLists(store, lists, clock).catch(unlessLedgerAway);
  return lists;
}

function ledgerOptionsOf(
  { ledger, limits }: Config,
  { log, onLedgerGone, crashAt }: Surroundings,
  { metrics }: Instruments,
): LedgerOptions {
  return {
    ...ledger,
    limits: limits.ledger,
    ...(crashAt && { crashAt }),
    onWriterDeath: writerDeathLine(log),
    onCommit: (told) => metrics.ledgerCommit(told),
    onWriterGone() {
      log.error('writer.abandoned');
      onLedgerGone?.();
    },
  };
}

/** The key to the internal door for as long as no partner has one. */
async function homeTokenOf({ home, partners }: Config): Promise<string | undefined> {
  const hasKeys = partners.some(({ tokenDigests }) => tokenDigests.length > 0);
  return hasKeys ? undefined : internalToken(home);
}

async function closeAll(gateways: ReadonlyMap<string, Gateway>): Promise<void> {
  await Promise.all(Array.from(gateways.values(), (gateway) => gateway.close()));
}

async function bounded(house: AsyncDisposableStack, clock: Clock, totalMs: number): Promise<void> {
  const closed = new AbortController();
  const closing = house.disposeAsync().finally(() => closed.abort());
  await Promise.race([closing, clock.sleep(totalMs, closed.signal)]);
}
