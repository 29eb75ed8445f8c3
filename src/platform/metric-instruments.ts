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
    closeRefusals: new Counter({
      name: 'cagebridge_close_refusals_total',
      help: 'Days of the books that were due and not closed, by reason; counted in every round that met it',
      labelNames: ['reason'],
      registers,
    }),
  };
}

/** The processes of a bridge, as the one that is asked has found them. */
export function processesIn(
  registry: Registry,
): (found: { readonly answered: number; readonly silent: number; readonly deaths: number }) => void {
  const registers = [registry];
  const workers: Gauge<'state'> = new Gauge({
    name: 'cagebridge_workers',
    help: 'Processes of this bridge that are in this exposition, and those that did not answer in time',
    labelNames: ['state'],
    registers,
  });
  const died = new Counter({
    name: 'cagebridge_worker_deaths_total',
    help: 'Processes of this bridge that have died and were replaced since it started',
    registers,
  });
  return ({ answered, silent, deaths }) => {
    workers.set({ state: 'answered' }, answered);
    workers.set({ state: 'silent' }, silent);
    died.reset();
    died.inc(deaths);
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
  {
    counts,
    ages,
    waiting,
  }: Readonly<Record<'counts' | 'ages', () => Promise<ByName>>> & { readonly waiting: () => Promise<object> },
): void {
  lookedUpGauge(
    registry,
    { name: 'cagebridge_payments', label: 'state', help: 'Payments in the ledger, by state' },
    counts,
  );
  const help =
    'Time since the oldest payment that is in this state was accepted; only for states that are not final';
  lookedUpGauge(registry, { name: 'cagebridge_payment_oldest_age_seconds', label: 'state', help }, ages);
  const waits = 'What waits for people, or for a loop of ours, by kind';
  lookedUpGauge(registry, { name: 'cagebridge_waiting', label: 'kind', help: waits }, waiting);
}

type ByName = Readonly<Record<string, number>>;

function lookedUpGauge(
  registry: Registry,
  { name, label, help }: { name: string; label: string; help: string },
  look: () => Promise<object>,
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    // Of the whole ledger, and so the same wherever it is looked up.
    aggregator: 'max',
    async collect() {
      // What the last scrape told would look like the truth of now where the ledger is away.
      gauge.reset();
      const found = await look().catch(() => ({}));
      for (const [of, value] of Object.entries(found)) gauge.set({ [label]: of }, value as number);
    },
  });
}

/** Days that some books are behind with their close. */
export interface BooksDue {
  readonly brand: string;
  readonly currency: string;
  readonly days: number;
}

/** Every books that are in use have their series, with 0 where nothing is due. */
export function closeGaugeIn(registry: Registry, look: () => Promise<readonly BooksDue[]>): void {
  const gauge: Gauge<'brand' | 'currency'> = new Gauge({
    name: 'cagebridge_close_due_days',
    help: "Days of a brand's books in a currency that are due by the schedule and not closed, back to the newest closed day",
    labelNames: ['brand', 'currency'],
    registers: [registry],
    aggregator: 'max',
    async collect() {
      gauge.reset();
      for (const { days, ...books } of await look().catch(() => [])) gauge.set({ ...books }, days);
    },
  });
}

/** What was found lasts as long as it is said to: of a bridge that does not look any more nothing is told. */
export function fundsGaugeIn(
  registry: Registry,
  now: () => number = () => performance.now(),
): (found: readonly { brand: string; currency: string; short: number }[], validMs: number) => void {
  let until = now();
  const gauge: Gauge<'brand' | 'currency'> = new Gauge({
    name: 'cagebridge_player_funds_short',
    help: "What is missing of the money that a brand owes its players, in the currency's main unit; 0 where all of it is there",
    labelNames: ['brand', 'currency'],
    registers: [registry],
    aggregator: 'max',
    collect() {
      if (now() >= until) gauge.reset();
    },
  });
  return (found, validMs) => {
    until = now() + validMs;
    gauge.reset();
    for (const { short, ...of } of found) gauge.set(of, short);
  };
}

/** What is told of certificates when somebody scrapes. */
export interface CertificatesTold {
  /** The parts of the bridge that serve by certificates. */
  readonly parts: () => readonly string[];
  /** Those of them whose files are bad, or whose certificate has ended. */
  readonly refused: () => readonly string[];
  /** Bounded in number by whoever tells. */
  readonly endings: () => readonly {
    readonly role: string;
    readonly owner: string;
    readonly fingerprint256: string;
    readonly endsAt: Date;
    readonly endsBy: 'certificate' | 'window';
  }[];
  readonly lists: () => readonly { readonly issuerFingerprint256: string; readonly nextUpdate?: Date }[];
  /** The partners that are to be looked up on a list, and why one cannot be. */
  readonly listed: () => readonly { readonly partnerId: string; readonly trouble?: string }[];
}

/** Every part has its series from the start. What cannot be told of is missing. */
export function certificateGaugesIn(registry: Registry, told: () => CertificatesTold): void {
  const registers = [registry];
  const refusals: Gauge<'part'> = new Gauge({
    name: 'cagebridge_certificates_refused',
    help: 'Whether the files of a part are bad, so that it goes on with what it had, or what it serves by has ended: 1, else 0',
    labelNames: ['part'],
    registers,
    aggregator: 'max',
    collect() {
      refusals.reset();
      const isRefused = new Set(told().refused());
      for (const part of told().parts()) refusals.set({ part }, isRefused.has(part) ? 1 : 0);
    },
  });
  const ends: Gauge<'role' | 'partner' | 'fingerprint' | 'ends_by'> = new Gauge({
    name: 'cagebridge_certificate_not_after_seconds',
    help: 'When a certificate ends, in seconds since 1970: by its own end, or by that of the window in which it stands for a partner',
    labelNames: ['role', 'partner', 'fingerprint', 'ends_by'],
    registers,
    aggregator: 'min',
    collect() {
      ends.reset();
      for (const { role, owner: partner, fingerprint256: fingerprint, endsAt, endsBy } of told().endings()) {
        ends.set({ role, partner, fingerprint, ends_by: endsBy }, Math.floor(endsAt.getTime() / 1000));
      }
    },
  });
  const updates: Gauge<'issuer'> = new Gauge({
    name: 'cagebridge_revocation_list_next_update_seconds',
    help: 'When the list of revoked certificates of an authority (by its fingerprint) is stale, in seconds since 1970',
    labelNames: ['issuer'],
    registers,
    aggregator: 'min',
    collect() {
      updates.reset();
      for (const { issuerFingerprint256: issuer, nextUpdate } of told().lists()) {
        if (nextUpdate !== undefined) updates.set({ issuer }, Math.floor(nextUpdate.getTime() / 1000));
      }
    },
  });
  const usable: Gauge<'partner'> = new Gauge({
    name: 'cagebridge_revocation_list_usable',
    help: 'Whether the lists of revoked certificates that a partner is to be looked up on are there and in date: 1 or 0',
    labelNames: ['partner'],
    registers,
    aggregator: 'min',
    collect() {
      usable.reset();
      for (const { partnerId: partner, trouble } of told().listed())
        usable.set({ partner }, trouble === undefined ? 1 : 0);
    },
  });
}

/** Every gateway has its series from the start: one that only shows once it is open is seen by nobody. */
export function breakerGaugeIn(
  registry: Registry,
  gateways: readonly string[],
  open: () => readonly string[],
): void {
  const gauge: Gauge<'gateway'> = new Gauge({
    name: 'cagebridge_gateway_breaker_open',
    help: 'Whether a gateway is not called at the moment: 1 from when too many calls failed until one was answered',
    labelNames: ['gateway'],
    registers: [registry],
    aggregator: 'max',
    collect() {
      const isOpen = new Set(open());
      for (const gateway of gateways) gauge.set({ gateway }, isOpen.has(gateway) ? 1 : 0);
    },
  });
}
