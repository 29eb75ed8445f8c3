import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openPayments } from '../../src/payments/open.ts';
import type { Gateway } from '../../src/payments/gateways.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import type { Payments } from '../../src/payments/payments.ts';
import type { PaymentEvents, PaymentLimits, Route, World } from '../../src/payments/world.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openLedger } from '../../src/store/open.ts';
import { patient } from './store-ledger.ts';
import { scriptedGateway } from './gateway.ts';
import { somePartner } from './payments.ts';

export interface ToldEvent {
  readonly told: keyof PaymentEvents;
  readonly about: Record<string, unknown>;
}

export interface TestWorld {
  readonly payments: Payments;
  readonly world: World;
  readonly ledger: LedgerStore;
  readonly told: ToldEvent[];
}

export interface WorldChanges {
  readonly gateways?: readonly Gateway[];
  readonly routes?: readonly Route[];
  readonly limits?: Partial<PaymentLimits>;
  /** An open ledger to work on instead of one of this world's own. */
  readonly ledger?: LedgerStore;
  readonly clock?: World['clock'];
  readonly reached?: World['reached'];
  readonly directory?: World['directory'];
  readonly amountLimits?: World['amountLimits'];
}

const limits: PaymentLimits = {
  sendWithinMs: 5_000,
  copyWaitMs: 2_000,
  statusAskMs: 2_000,
  recoveryConcurrencyMax: 4,
  historyMax: 50,
  staleRetriesMax: 5,
  recordTriesMax: 3,
  recordPauseMs: 5,
  recoveryPageMax: 200,
  ledgerRetryAfterSeconds: 2,
  slowCallMs: 1_000,
  transcriptCharsMax: 100,
  checksConcurrencyMax: 4,
  claimLeaseMs: 10_000,
  webhooksBatchMax: 20,
  webhookRetriesMs: [1_000, 5_000],
  approvalWithinMs: 86_400_000,
};

/** The use cases over a real ledger in a file of its own. Everything is closed when the test ends. */
export async function openWorld(t: TestContext, changes: WorldChanges = {}): Promise<TestWorld> {
  const ledger = changes.ledger ?? (await openTestLedger(t));
  const told: ToldEvent[] = [];
  const tell = (name: keyof PaymentEvents) => (about: object) => {
    told.push({ told: name, about: { ...about } });
  };
  const gateways = changes.gateways ?? [scriptedGateway()];
  const clock = changes.clock ?? systemClock;
  const world: World = {
    ledger,
    gateways: new Map(gateways.map((gateway) => [gateway.name, gateway])),
    routes: changes.routes ?? [{ gateways: gateways.map(({ name }) => name) }],
    books: new Map([
      ['lucky', { zone: 'UTC', cutOff: '00:00' }],
      ['royal', { zone: 'Europe/Vienna', cutOff: '06:00' }],
    ]),
    directory: changes.directory ?? { partners: () => [somePartner()] },
    amountLimits: changes.amountLimits ?? [],
    clock,
    ids: createIds({ clock }),
    limits: { ...limits, ...changes.limits },
    events: {
      accepted: tell('accepted'),
      answered: tell('answered'),
      transferred: tell('transferred'),
      changed: tell('changed'),
      gatewayCalled: tell('gatewayCalled'),
      alarm: tell('alarm'),
      ledgerFailed: tell('ledgerFailed'),
    },
    reached: changes.reached ?? (() => {}),
  };
  return { payments: openPayments(world), world, ledger, told };
}

/** A fresh ledger file, removed with the test. */
export async function openTestLedger(t: TestContext): Promise<LedgerStore> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-'));
  const ledger = await openLedger({
    url: `sqlite:${join(home, 'ledger.db')}`,
    createIfEmpty: true,
    limits: patient,
  });
  t.after(async () => {
    await ledger.close();
    await rm(home, { recursive: true, force: true });
  });
  return ledger;
}

/** The same ledger with some of its port answered otherwise: one that fails where a test says so. */
export function replacing(ledger: LedgerStore, methods: Partial<LedgerStore>): LedgerStore {
  return new Proxy(ledger, {
    get: (target, name) => {
      const value: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
