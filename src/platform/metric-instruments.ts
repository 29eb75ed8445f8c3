/** Every metric there is, by its name, meaning and labels. docs/observability.md lists the same, and a test holds the two together. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { stepBoundsSeconds, waitBoundsSeconds } from './duration-bounds.ts';

export function instrumentsIn(registry: Registry) {
  const registers = [registry];
  return {
    ...doorInstruments(registers),
    ...ledgerInstruments(registers),
    gatewaySeconds: new Histogram({
      name: 'cagebridge_gateway_call_duration_seconds',
      help: 'From the call of a gateway to its answer, connecting included',
      labelNames: ['gateway', 'operation', 'answer'],
      buckets: [...waitBoundsSeconds],
      registers,
    }),
    alarms: new Counter({
      name: 'cagebridge_alarms_total',
      help: 'What a person has to look at',
      labelNames: ['alarm'],
      registers,
    }),
  };
}

function doorInstruments(registers: Registry[]) {
  return {
    requests: new Counter({
      name: 'cagebridge_requests_total',
      help: 'Requests answered, by operation, partner, whose fault it was, and result (a state of the payment, an HTTP status of the internal door, or a refusal code)',
      labelNames: ['door', 'operation', 'partner', 'blame', 'result'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'cagebridge_request_duration_seconds',
      help: 'From the end of the headers to the answer, by operation and whose fault it was',
      labelNames: ['door', 'operation', 'blame'],
      buckets: [...waitBoundsSeconds],
      registers,
    }),
    refusals: new Counter({
      name: 'cagebridge_door_refusals_total',
      help: 'Requests that got no further than a door, by reason',
      labelNames: ['door', 'reason'],
      registers,
    }),
  };
}

function ledgerInstruments(registers: Registry[]) {
  return {
    commitSeconds: new Histogram({
      name: 'cagebridge_ledger_commit_duration_seconds',
      help: 'One transaction of the ledger with all its commands, by what came of it',
      labelNames: ['result'],
      buckets: [...stepBoundsSeconds],
      registers,
    }),
    queueSeconds: new Histogram({
      name: 'cagebridge_ledger_queue_wait_seconds',
      help: 'How long a command waited for its first transaction',
      buckets: [...stepBoundsSeconds],
      registers,
    }),
    ledgerFailures: new Counter({
      name: 'cagebridge_ledger_failures_total',
      help: "Requests refused because of the ledger, by trouble and the database's own code",
      labelNames: ['trouble', 'code'],
      registers,
    }),
  };
}

/** What is looked up when somebody scrapes. A scrape goes without what cannot be told. */
export function gaugesIn(
  registry: Registry,
  { counts, ages }: Readonly<Record<'counts' | 'ages', () => Promise<Readonly<Record<string, number>>>>>,
): void {
  stateGauge(registry, 'cagebridge_payments', 'Payments in the ledger, by state', counts);
  const help =
    'Time since the oldest payment that is in this state was accepted; only for states that are not final';
  stateGauge(registry, 'cagebridge_payment_oldest_age_seconds', help, ages);
}

function stateGauge(
  registry: Registry,
  name: string,
  help: string,
  byState: () => Promise<Readonly<Record<string, number>>>,
): void {
  const gauge: Gauge<'state'> = new Gauge({
    name,
    help,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // What the last scrape told would look like the truth of now where the ledger is away.
      gauge.reset();
      const found = await byState().catch(() => ({}));
      for (const [state, value] of Object.entries(found)) gauge.set({ state }, value);
    },
  });
}
