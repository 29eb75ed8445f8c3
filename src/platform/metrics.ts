import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  type BooksDue,
  breakerGaugeIn,
  certificateGaugesIn,
  type CertificatesTold,
  closeGaugeIn,
  fundsGaugeIn,
  gaugesIn,
  instrumentsIn,
  processesIn,
} from './metric-instruments.ts';
import { firstFew, oneOf } from './metric-labels.ts';
import { type CountingSiblings, joined, type MetricsSnapshot } from './siblings.ts';

type ByState = Readonly<Record<string, number>>;

export interface MetricsOptions {
  /** The label values that may appear. Any other is counted as `other`, so that no caller can grow the set. */
  readonly partners: () => readonly string[];
  readonly gateways: readonly string[];
  /** Counters that begin with 0: the growth of one that is there only once something happened is seen by nobody. */
  readonly alarms?: readonly string[];
  readonly ledgerTroubles?: readonly string[];
  readonly closeRefusals?: readonly string[];
  /** How many payments are in each state. A scrape goes without them where it fails. */
  readonly paymentCounts: () => Promise<ByState>;
  /** How long ago the oldest payment of each state that is not final was accepted, in seconds; likewise. */
  readonly oldestPaymentAges?: () => Promise<ByState>;
  /** How much of each kind waits for people or for a loop; likewise. */
  readonly attention?: () => Promise<object>;
  /** How far each books are behind with their close; likewise. */
  readonly booksDue?: () => Promise<readonly BooksDue[]>;
  /** How old these may be: they cost a look at the payments, and a scrape needs no credentials. */
  readonly paymentCountsAgeMsMax?: number;
  /** Milliseconds from anywhere, for the age. */
  readonly now?: () => number;
  /** Gateways that are not called at the moment, by name. */
  readonly openBreakers?: () => readonly string[];
  /** Whose certificates end when, and which are bad. */
  readonly certificates?: () => CertificatesTold;
  /** The other processes of this bridge: an exposition tells of all of them. */
  readonly siblings?: CountingSiblings;
  /** Also the process's own: memory, CPU, event loop. */
  readonly withProcess?: boolean;
}

/** Whose fault it was that a request was not answered as it was meant: the error budget counts the receiver's, which is us. */
export type Blame = 'none' | 'sender' | 'receiver';

/** One transaction of the ledger. */
export interface LedgerCommit {
  readonly result: string;
  readonly durationMs: number;
  /** Of each command that it was the first transaction for. */
  readonly waitedMs: readonly number[];
}

/** In the currency's main unit; 0 where everything is there. */
export interface FundsShort {
  readonly brand: string;
  readonly currency: string;
  readonly short: number;
}

/** What is counted. Labels hold names of the configuration and closed lists, never what a caller wrote. */
export interface Metrics {
  request(event: {
    door: string;
    operation: string;
    partner?: string;
    blame: Blame;
    result: string;
    durationMs: number;
  }): void;
  doorRefusal(event: { door: string; reason: string }): void;
  gatewayCall(event: { gateway: string; operation: string; answer: string; durationMs: number }): void;
  alarm(alarm: string): void;
  closeRefused(reason: string): void;
  /** How much of each brand's player funds is missing; nothing is told of it any more when `validMs` have passed. */
  playerFunds(found: readonly FundsShort[], validMs: number): void;
  ledgerFailure(event: { trouble: string; code: string }): void;
  ledgerCommit(commit: LedgerCommit): void;
  /** The exposition text, and its media type. */
  exposition(): Promise<{ readonly mediaType: string; readonly text: string }>;
  /** What this process has counted, for another one's exposition. */
  snapshot(): Promise<MetricsSnapshot>;
}

/** A label of ours (an operation, a result, a reason) comes from a closed list, the longest of about 100 words; this bounds a mistake. */
const labelValuesMax = 200;

/** Opens a registry of its own: two bridges in one process count apart. */
export function openMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  if (options.withProcess === true) collectProcessMetrics(registry);
  const counted = instrumentsIn(registry);
  const looks = lookedUp(options);
  gaugesIn(registry, looks);
  breakerGaugeIn(registry, options.gateways, options.openBreakers ?? (() => []));
  closeGaugeIn(registry, looks.due);
  if (options.certificates !== undefined) certificateGaugesIn(registry, options.certificates);
  const expositionText = textOfAll(registry, options.siblings);
  const label = labels(options);
  for (const alarm of options.alarms ?? []) counted.alarms.inc({ alarm: label.alarm(alarm) }, 0);
  for (const reason of options.closeRefusals ?? []) {
    counted.closeRefusals.inc({ reason: label.closeRefusal(reason) }, 0);
  }
  for (const trouble of options.ledgerTroubles ?? []) {
    counted.ledgerFailures.inc({ trouble, code: label.ledgerCode('none') }, 0);
  }

  return {
    request({ door, operation: named, partner, blame, result, durationMs }) {
      const operation = label.operation(named);
      const by = label.partner(partner);
      counted.requests.inc({ door, operation, partner: by, blame, result: label.result(result) });
      counted.requestSeconds.observe({ door, operation, blame }, durationMs / 1000);
    },
    doorRefusal: ({ door, reason }) => counted.refusals.inc({ door, reason: label.reason(reason) }),
    gatewayCall({ operation, durationMs, ...event }) {
      const [gateway, answer] = [label.gateway(event.gateway), label.answer(event.answer)];
      counted.gatewaySeconds.observe({ gateway, operation, answer }, durationMs / 1000);
    },
    alarm: (alarm) => counted.alarms.inc({ alarm: label.alarm(alarm) }),
    playerFunds: fundsGaugeIn(registry, options.now),
    closeRefused: (reason) => counted.closeRefusals.inc({ reason: label.closeRefusal(reason) }),
    ledgerFailure({ trouble, code }) {
      counted.ledgerFailures.inc({ trouble, code: label.ledgerCode(code) });
    },
    ledgerCommit({ result, durationMs, waitedMs }) {
      counted.commitSeconds.observe({ result }, durationMs / 1000);
      for (const waited of waitedMs) counted.queueSeconds.observe(waited / 1000);
    },
    exposition: async () => ({ mediaType: registry.contentType, text: await expositionText() }),
    snapshot: () => registry.getMetricsAsJSON(),
  };
}

/** prom-client leaves the start out where processes are joined; then it is that of the one that is there longest. */
function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  Object.assign(registry.getSingleMetric('process_start_time_seconds') ?? {}, { aggregator: 'min' });
}

/** Of this process and its siblings together. */
function textOfAll(registry: Registry, siblings?: CountingSiblings): () => Promise<string> {
  const ofAll = new Registry();
  const processes = processesIn(ofAll);
  processes({ answered: 1, silent: 0, deaths: 0 });
  if (siblings === undefined) return () => Registry.merge([registry, ofAll]).metrics();
  return async () => {
    // A copy, because prom-client goes on counting in the values that it gives: what the others keep is what is told.
    const own = structuredClone(await registry.getMetricsAsJSON());
    const { snapshots, answered, silent, deaths } = await siblings.metrics(own);
    processes({ answered: 1 + answered, silent, deaths });
    return joined([own, ...snapshots, await ofAll.getMetricsAsJSON()]).metrics();
  };
}

/** Each label has a budget of its own, so that frequent words of one never push out rare ones of another. */
function labels({ partners, gateways }: MetricsOptions) {
  return {
    partner: oneOf(partners),
    gateway: oneOf(() => gateways),
    operation: firstFew(labelValuesMax),
    result: firstFew(labelValuesMax),
    reason: firstFew(labelValuesMax),
    answer: firstFew(labelValuesMax),
    alarm: firstFew(labelValuesMax),
    closeRefusal: firstFew(labelValuesMax),
    ledgerCode: firstFew(labelValuesMax),
  };
}

function lookedUp({
  paymentCounts,
  oldestPaymentAges = async () => Promise.resolve({}),
  attention = async () => Promise.resolve({}),
  booksDue = async () => Promise.resolve([]),
  paymentCountsAgeMsMax = 10_000,
  now = () => performance.now(),
}: MetricsOptions) {
  return {
    counts: keptFor(paymentCountsAgeMsMax, now, paymentCounts),
    ages: keptFor(paymentCountsAgeMsMax, now, oldestPaymentAges),
    waiting: keptFor(paymentCountsAgeMsMax, now, attention),
    due: keptFor(paymentCountsAgeMsMax, now, booksDue),
  };
}

/** Answers with what it found last until that is too old. A failure is not kept. */
function keptFor<T>(ageMsMax: number, now: () => number, find: () => Promise<T>): () => Promise<T> {
  let kept: { readonly found: T; readonly at: number } | undefined;
  return async () => {
    const at = now();
    if (kept === undefined || at - kept.at >= ageMsMax) kept = { found: await find(), at };
    return kept.found;
  };
}
