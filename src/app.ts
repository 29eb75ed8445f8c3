/**
 * The picture of the house: the one place that builds things. What is opened first is closed last, so the order of the
 * stop is the order of the start, backwards.
 */
import { isIPv6 } from 'node:net';
import type { Config } from './config/config.ts';
import { openGateways } from './gateways/configured.ts';
import {
  answerAlarm,
  internalDoorTelemetry,
  publicDoorTelemetry,
  soapDoorTelemetry,
} from './inbound/door-telemetry.ts';
import { gatewayWatch } from './inbound/gateway-watch.ts';
import { type HealthParts, healthEndpoints } from './inbound/health.ts';
import { type AnswerWithin, ledgerPatience } from './inbound/ledger-patience.ts';
import type { Instruments } from './inbound/instruments.ts';
import { type LedgerDirectory, openLedgerDirectory } from './inbound/ledger-directory.ts';
import { seedPartners } from './inbound/partner-seeding.ts';
import { authoritiesOf } from './inbound/partner-roster.ts';
import { oldestPaymentAges } from './inbound/payment-ages.ts';
import { countedFromZero, paymentTelemetry, writerDeathLine } from './inbound/payment-telemetry.ts';
import { apiEndpoints } from './inbound/rest/api.ts';
import { clientsOf } from './inbound/rest/clients.ts';
import { operatorRoster } from './inbound/rest/operators.ts';
import { type InternalDoor, openInternalDoor } from './inbound/rest/listener.ts';
import { financeDoorsOf } from './inbound/rest/finance.ts';
import type { ReportDoor } from './inbound/rest/reports.ts';
import type { StatementDoor } from './inbound/rest/statements.ts';
import { internalToken } from './inbound/rest/token.ts';
import { soapCodec } from './inbound/soap/codec.ts';
import { type ContractReader, contractReader } from './inbound/soap/contract.ts';
import { openSoapDoor, type SoapDoor } from './inbound/soap/door-listener.ts';
import { openPublicDoor, type PublicDoor } from './inbound/webhooks/listener.ts';
import { keepNight } from './jobs/night.ts';
import type { Gateway } from './payments/gateways.ts';
import type { LedgerStore } from './payments/ledger-store.ts';
import type { Partner } from './payments/partners.ts';
import { openPayments } from './payments/open.ts';
import type { Payments } from './payments/payments.ts';
import type { Clock, Ids } from './payments/ports.ts';
import { type CrashAt, crashPoints } from './platform/crash-points.ts';
import type { Log } from './platform/log.ts';
import { openMetrics } from './platform/metrics.ts';
import { watchBooksDue } from './reconciliation/reports/books-due.ts';
import type { CloseWorld } from './reconciliation/reports/close-day.ts';
import { openReconciliation, type Reconciliation } from './reconciliation/open.ts';
import type { Stores } from './store/ledger.ts';
import { type LedgerOptions, openStores } from './store/open.ts';

/** What comes from outside the house. */
export interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Told where the bridge can write no payment down any more and must end. */
  readonly onLedgerGone?: () => void;
  /** The recovery point at which a test ends the process. */
  readonly crashAt?: CrashAt;
}

/** The public door is there only where it has a certificate. */
export interface BoundPorts {
  readonly soap: number;
  readonly public?: number;
  readonly internal: number;
}

export interface Bridge {
  /** The ports that were bound. */
  readonly ports: BoundPorts;
  /**
   * Stops accepting, lets what is under way end within its bounds, closes everything. A payment that is cut off stays
   * in the ledger as it is, and the next start asks about it. May be called again.
   */
  stop(): Promise<void>;
}

/** Builds the bridge and opens its doors; where one part fails, the ones before it are closed again. */
export async function startBridge(config: Config, surroundings: Surroundings): Promise<Bridge> {
  const { clock, ids, log } = surroundings;
  const { limits } = config;
  const reached = crashPoints(surroundings.crashAt);
  await using house = new AsyncDisposableStack();

  const homeToken = await homeTokenOf(config);
  // It looks the payments up only when somebody scrapes, and the ledger is open by then.
  const instruments = {
    log,
    metrics: metricsOf(config, clock, {
      ledger: () => ledger,
      gateways: () => gateways,
      closing: () => finance.closing,
      directory: () => directory,
      answerWithin: (work) => answerWithin(work),
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

  const stopping = new AbortController();
  const health = {
    ledger,
    answerWithin,
    metrics: instruments.metrics,
    gateways: watch.health,
    stopping: () => stopping.signal.aborted,
  };
  const around = { books, clock, ids };
  const reconciliation = openReconciliation(config, stores, { payments, ...around });
  const finance = { ...financeDoorsOf(config, stores, around), reconciliation };
  const known = { config, surroundings, instruments, directory, homeToken, payments, ...finance };
  const doors = doorsOf({ ...known, ledger, gateways, answerWithin, health });
  house.defer(() => doors.close(limits.stop.doorsWithinMs));
  house.defer(() => {
    stopping.abort();
    reached('inShutdown');
  });

  const { importing } = finance.statements;
  const night = { ...config, ...instruments, ...finance, ...reconciliation, gateways, payments, importing };
  keepNight({ ...night, reconciliation: config.reconciliation, signal: stopping.signal });
  void directory.keepLooking(stopping.signal);
  const ports = await doors.open();
  const closing = house.move();
  let stopped: Promise<void> | undefined;
  return { ports, stop: () => (stopped ??= bounded(closing, clock, limits.stop.totalMs)) };
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
  await seedPartners({ store, partners, clock, ids, differs });
  const unusable = (partnerId: string, detail: string): void =>
    log.error('partner.unusable', { partnerId, detail });
  return openLedgerDirectory({ store, revoked, brands: Object.keys(brands), clock, unusable });
}

/** What the doors are built from. */
interface Built {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly instruments: Instruments;
  readonly directory: LedgerDirectory;
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

/** The doors as one: opened one after another, closed together. */
function doorsOf(built: Built): { open(): Promise<BoundPorts>; close(withinMs: number): Promise<void> } {
  const { config } = built;
  const [soapDoor, publicDoor, internalDoor] = [
    soapDoorOf(built),
    publicDoorOf(built),
    internalDoorOf(built),
  ];
  return {
    async open() {
      const soap = await soapDoor.open();
      const open = config.public && (await publicDoor?.listen(config.public.host, config.public.port));
      const internal = await internalDoor.listen(config.internal.host, config.internal.port);
      return { soap, ...(open !== undefined && { public: open }), internal };
    },
    async close(withinMs) {
      const open = [soapDoor, publicDoor, internalDoor].flatMap((door) => door ?? []);
      await Promise.all(open.map((door) => door.close(withinMs)));
    },
  };
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

/** What is looked up when somebody scrapes; all of it is there by then. */
interface Scraped {
  readonly ledger: () => LedgerStore;
  readonly gateways: () => ReadonlyMap<string, Gateway>;
  readonly closing: () => CloseWorld;
  readonly directory: () => LedgerDirectory;
  readonly answerWithin: AnswerWithin;
}

function metricsOf(
  config: Config,
  clock: Clock,
  { ledger, gateways, closing, directory, answerWithin }: Scraped,
): Instruments['metrics'] {
  const ages = oldestPaymentAges(ledger, clock);
  const { close } = config.reconciliation;
  const due = close && watchBooksDue(closing, close);
  return openMetrics({
    partners: idsOf(directory),
    gateways: config.gateways.map(({ name }) => name),
    openBreakers: () =>
      Array.from(gateways()).flatMap(([name, it]) => (it.breaker() === 'closed' ? [] : [name])),
    ...countedFromZero,
    paymentCounts: () => answerWithin(ledger().paymentCounts()),
    oldestPaymentAges: () => answerWithin(ages()),
    attention: () => answerWithin(ledger().attention(clock.now())),
    ...(due && { booksDue: () => answerWithin(due()) }),
    withProcess: true,
  });
}

/** The partners' ids, the same list as long as they are the same. */
function idsOf(directory: () => LedgerDirectory): () => readonly string[] {
  let read: { readonly partners: readonly Partner[]; readonly ids: readonly string[] } | undefined;
  return () => {
    const partners = directory().partners();
    if (read?.partners !== partners) read = { partners, ids: partners.map(({ id }) => id) };
    return read.ids;
  };
}

function soapDoorOf({
  config,
  surroundings,
  instruments,
  directory,
  payments,
  answerWithin,
}: Built): Pick<SoapDoor, 'close'> & { open(): Promise<number> } {
  const { host, port, identity } = config.soap;
  let contract: ContractReader | undefined;
  const door = openSoapDoor(
    {
      ...surroundings,
      directory,
      codec: soapCodec(answerAlarm(instruments)),
      payments,
      answerWithin,
      contract: (query) => contract?.(query),
      events: soapDoorTelemetry(instruments),
      limits: config.limits.soapDoor,
    },
    identity,
  );
  directory.onChange(() => {
    door.renew({ authorities: authoritiesOf(directory.partners()) });
    door.dismissStrangers();
  });
  return {
    close: (withinMs) => door.close(withinMs),
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

/** The key to the internal door for as long as no partner has one. */
async function homeTokenOf({ home, partners }: Config): Promise<string | undefined> {
  const hasKeys = partners.some(({ tokenDigests }) => tokenDigests.length > 0);
  return hasKeys ? undefined : internalToken(home);
}

function internalDoorOf({ config, surroundings, instruments, ...built }: Built): InternalDoor {
  const { internal } = config;
  const operators = operatorRoster(built.ledger, surroundings.clock);
  const limits = config.limits.internalDoor;
  return openInternalDoor(
    {
      ...surroundings,
      openEndpoints: healthEndpoints(built.health),
      endpoints: apiEndpoints({ ...built, limits }),
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
}

async function closeAll(gateways: ReadonlyMap<string, Gateway>): Promise<void> {
  await Promise.all(Array.from(gateways.values(), (gateway) => gateway.close()));
}

async function bounded(house: AsyncDisposableStack, clock: Clock, totalMs: number): Promise<void> {
  const closed = new AbortController();
  const closing = house.disposeAsync().finally(() => closed.abort());
  await Promise.race([closing, clock.sleep(totalMs, closed.signal)]);
}
