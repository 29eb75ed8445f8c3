/** Bridges that die: two worlds over one ledger file, each of which can end at a named instant and be followed by a new one. */
import type { TestContext } from 'node:test';
import type { Gateway } from '../../src/payments/gateways.ts';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import type { Clock } from '../../src/payments/ports.ts';
import type { Route } from '../../src/payments/world.ts';
import { openWorld, type TestWorld } from '../support/world.ts';

/** Where the domain says that it is, and the two instants around a commit that only its caller can tell apart. */
export const deaths = [
  'afterAccept',
  'afterIntent',
  'beforeSend',
  'afterAnswer',
  'afterCommit',
  'inWebhook',
  'inStatusCheck',
  'inResend',
  'beforeWrite',
  'afterWrite',
] as const;
export type Death = (typeof deaths)[number];

/** The how many-th time that the instant comes, from 1. */
export interface Doom {
  readonly at: Death;
  readonly time: number;
}

const writes = new Set<PropertyKey>([
  'acceptPayment',
  'recordAnswer',
  'recordAct',
  'transfer',
  'claimChecks',
  'claimWebhooks',
  'receiveWebhook',
  'settleWebhook',
]);

export interface Life {
  readonly bridge: TestWorld;
  readonly isOver: () => boolean;
  /** Resolves when it died; what it was doing never ends. */
  readonly over: Promise<void>;
  /** It dies at the next such instant; undefined: it lives. */
  doom(doom: Doom | undefined): void;
  /** Resolves when nothing that it began can be written any more. */
  quiet(): Promise<void>;
}

interface LifeOptions {
  readonly ledger: LedgerStore;
  readonly gateways: readonly Gateway[];
  readonly routes: readonly Route[];
  readonly clock: Clock;
  /** Called after each write to the ledger, before its writer hears of it. */
  readonly written: () => void;
}

export async function liveOn(
  t: TestContext,
  { ledger, gateways, written, ...world }: LifeOptions,
): Promise<Life> {
  const over = Promise.withResolvers<void>();
  const underWay = new Set<Promise<unknown>>();
  let isOver = false;
  let doom: Doom | undefined;
  let times = 0;

  const mortal = { call, isDoomed, written };
  const bridge = await openWorld(t, {
    ...world,
    ledger: mortalPort(ledger, mortal),
    gateways: gateways.map((gateway) => mortalPort(gateway, mortal)),
    clock: { ...world.clock, sleep: (ms, signal) => call(() => world.clock.sleep(ms, signal)) },
    reached: (point) => {
      if (isDoomed(point)) throw new Error('this bridge is dead');
    },
  });
  return {
    bridge,
    isOver: () => isOver,
    over: over.promise,
    doom(next) {
      doom = next;
      times = 0;
    },
    quiet: async () => void (await Promise.allSettled(underWay)),
  };

  /** Dies when its time has come. */
  function isDoomed(point: string): boolean {
    if (isOver || point !== doom?.at) return isOver;
    times += 1;
    if (times < doom.time) return false;
    isOver = true;
    over.resolve();
    return true;
  }

  /** What a dead one began or begins never ends for it. */
  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isOver) return never();
    const running = work();
    underWay.add(running);
    try {
      return await running;
    } finally {
      underWay.delete(running);
      if (isOver) await never();
    }
  }
}

interface Mortal {
  readonly call: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly isDoomed: (point: string) => boolean;
  readonly written: () => void;
}

function mortalPort<Port extends object>(port: Port, { call, isDoomed, written }: Mortal): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const bound = (...args: unknown[]): unknown => Reflect.apply(value, target, args);
      // These answer at once and change nothing.
      if (['scrub', 'readNotice', 'readWebhook', 'breaker'].includes(String(name))) return bound;
      return async (...args: unknown[]) => {
        if (writes.has(name) && isDoomed('beforeWrite')) return never();
        const result = await call(async () => bound(...args));
        if (!writes.has(name)) return result;
        written();
        return isDoomed('afterWrite') ? never() : result;
      };
    },
  });
}

function never(): Promise<never> {
  return new Promise(() => {});
}
