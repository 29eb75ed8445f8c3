import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricsOptions {
  /** The label values that may appear. Any other is counted as `other`, so that no caller can grow the set. */
  readonly partners: readonly string[];
  readonly gateways: readonly string[];
  /** How many payments are in each state. A scrape goes without them where it fails. */
  readonly paymentCounts: () => Promise<Readonly<Record<string, number>>>;
  /** How old these counts may be: they cost a look at every payment, and a scrape needs no credentials. */
  readonly paymentCountsAgeMsMax?: number;
  /** Milliseconds from anywhere, for the age. */
  readonly now?: () => number;
  /** Also the process's own: memory, CPU, event loop. */
  readonly withProcess?: boolean;
}

/** What is counted. Labels hold names of the configuration and closed lists, never what a caller wrote. */
export interface Metrics {
  request(event: {
    door: string;
    operation: string;
    partner?: string;
    result: string;
    durationMs: number;
  }): void;
  doorRefusal(event: { door: string; reason: string }): void;
  gatewayCall(event: { gateway: string; operation: string; answer: string; durationMs: number }): void;
  alarm(alarm: string): void;
  ledgerFailure(event: { trouble: string; code: string }): void;
  /** The exposition text, and its media type. */
  exposition(): Promise<{ readonly mediaType: string; readonly text: string }>;
}

/** From a refused schema to a gateway that used all of its time. */
const requestBucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A label of ours (an operation, a result, a reason) comes from a closed list, the longest of about 100 words; this bounds a mistake. */
const labelValuesMax = 200;

/** Opens a registry of its own: two bridges in one process count apart. */
export function openMetrics({
  partners,
  gateways,
  paymentCounts,
  paymentCountsAgeMsMax = 10_000,
  now = () => performance.now(),
  withProcess = false,
}: MetricsOptions): Metrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const partnerLabel = oneOf(partners);
  const gatewayLabel = oneOf(gateways);
  // Each label has a budget of its own, so that frequent words of one never push out rare ones of another.
  const operationLabel = firstFew(labelValuesMax);
  const resultLabel = firstFew(labelValuesMax);
  const reasonLabel = firstFew(labelValuesMax);
  const answerLabel = firstFew(labelValuesMax);
  const alarmLabel = firstFew(labelValuesMax);
  const ledgerCodeLabel = firstFew(labelValuesMax);

  const counted = instruments(registry);
  const { requests, requestSeconds, refusals, gatewayCalls, gatewaySeconds, alarms, ledgerFailures } =
    counted;
  paymentGauge(registry, keptFor(paymentCountsAgeMsMax, now, paymentCounts));

  return {
    request({ door, operation, partner, result, durationMs }) {
      requests.inc({
        door,
        operation: operationLabel(operation),
        partner: partnerLabel(partner),
        result: resultLabel(result),
      });
      requestSeconds.observe({ door, operation: operationLabel(operation) }, durationMs / 1000);
    },
    doorRefusal: ({ door, reason }) => refusals.inc({ door, reason: reasonLabel(reason) }),
    gatewayCall({ gateway, operation, answer, durationMs }) {
      gatewayCalls.inc({ gateway: gatewayLabel(gateway), operation, answer: answerLabel(answer) });
      gatewaySeconds.observe({ gateway: gatewayLabel(gateway), operation }, durationMs / 1000);
    },
    ledgerFailure: ({ trouble, code }) => ledgerFailures.inc({ trouble, code: ledgerCodeLabel(code) }),
    alarm: (alarm) => alarms.inc({ alarm: alarmLabel(alarm) }),
    exposition: async () => ({ mediaType: registry.contentType, text: await registry.metrics() }),
  };
}

function instruments(registry: Registry) {
  const registers = [registry];
  const requests = new Counter({
    name: 'cagebridge_requests_total',
    help: 'Requests answered, by operation, partner and result (a state of the payment, an HTTP status of the internal door, or a refusal code)',
    labelNames: ['door', 'operation', 'partner', 'result'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'cagebridge_request_duration_seconds',
    help: 'From the end of the headers to the answer',
    labelNames: ['door', 'operation'],
    buckets: requestBucketsSeconds,
    registers,
  });
  const refusals = new Counter({
    name: 'cagebridge_door_refusals_total',
    help: 'Requests that got no further than a door, by reason',
    labelNames: ['door', 'reason'],
    registers,
  });
  const gatewayCalls = new Counter({
    name: 'cagebridge_gateway_calls_total',
    help: 'Calls to gateways, by operation and kind of answer',
    labelNames: ['gateway', 'operation', 'answer'],
    registers,
  });
  const gatewaySeconds = new Histogram({
    name: 'cagebridge_gateway_call_duration_seconds',
    help: 'From the call to its answer, connecting included',
    labelNames: ['gateway', 'operation'],
    buckets: requestBucketsSeconds,
    registers,
  });
  const alarms = new Counter({
    name: 'cagebridge_alarms_total',
    help: 'What a person has to look at',
    labelNames: ['alarm'],
    registers,
  });
  const ledgerFailures = new Counter({
    name: 'cagebridge_ledger_failures_total',
    help: "Requests refused because of the ledger, by trouble and the database's own code",
    labelNames: ['trouble', 'code'],
    registers,
  });
  return { requests, requestSeconds, refusals, gatewayCalls, gatewaySeconds, alarms, ledgerFailures };
}

function paymentGauge(registry: Registry, paymentCounts: MetricsOptions['paymentCounts']): void {
  const gauge: Gauge<'state'> = new Gauge({
    name: 'cagebridge_payments',
    help: 'Payments in the ledger, by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // What the last scrape told would look like the truth of now where the ledger is away.
      gauge.reset();
      const counts = await paymentCounts().catch(() => ({}));
      for (const [state, count] of Object.entries(counts)) gauge.set({ state }, count);
    },
  });
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

function oneOf(names: readonly string[]): (name?: string) => string {
  const known = new Set(names);
  return (name) => {
    if (name === undefined) return 'none';
    return known.has(name) ? name : 'other';
  };
}

function firstFew(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}
