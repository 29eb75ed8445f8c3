/** One ledger file, two gateways, two bridges, and what was seen of them so far. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LedgerStore } from '../../src/payments/ledger-store.ts';
import type { Clock } from '../../src/payments/ports.ts';
import { openLedger } from '../../src/store/open.ts';
import { modelGateway, type ModelGateway, type Moods } from './model-gateway.ts';
import { ledgerFileAt, type LedgerFile } from './model-ledger.ts';
import { liveOn, type Life } from './model-lives.ts';
import { checkSend } from './model-oracle.ts';

/** Of one act: were all of them slow, checks would become due faster than they are made. */
const slowWritesMax = 3;

export interface Scene {
  readonly clock: Clock & { move(ms: number): void };
  readonly bank: ModelGateway;
  readonly psp: ModelGateway;
  readonly gateways: readonly ModelGateway[];
  readonly seen: LedgerFile;
  readonly lives: [Life, Life];
  ledger: LedgerStore;
  /** What broke a rule, in words. */
  readonly problems: string[];
  readonly memory: Memory;
  /** How both gateways and the ledger behave from now on. */
  setMoods(moods: Moods): void;
  /** The dead are followed by new ones, on a ledger that was opened anew where that is wanted. */
  bury(reopen: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What was said and seen before, to compare with what is said and seen later. */
export interface Memory {
  readonly idOf: Map<string, string>;
  readonly finals: Map<string, string>;
  readonly versions: Map<string, bigint>;
  /** Payments of which a caller was told that nothing was executed. */
  readonly notExecuted: Set<string>;
  events: number;
  /** Events that say something of a payment of ours. */
  words: number;
  deaths: number;
}

/** A machine that is busy is no fault that is tried here. */
const patience = { commandTimeoutMs: 60_000, busyTimeoutMs: 30_000 };

/** A ledger with its schema and its people, and nothing else, made once and copied for every story. */
export async function emptyLedger(home: string): Promise<string> {
  const file = join(home, 'empty.db');
  const ledger = await openLedger({ url: `sqlite:${file}`, createIfEmpty: true });
  for (const id of ['ann', 'bob']) {
    const roles = ['propose', 'confirm'] as const;
    await ledger.putOperator({ id, roles, tokenDigests: [], createdAt: new Date(0) });
  }
  await ledger.close();
  return file;
}

/** Memory that survives as long as a test and costs no wait for a disk, where the machine has such. */
export const fastHome = existsSync('/dev/shm') ? '/dev/shm' : undefined;

export async function openScene(t: TestContext, empty: string): Promise<Scene> {
  const home = mkdtempSync(join(dirname(empty), 'story-'));
  const file = join(home, 'ledger.db');
  copyFileSync(empty, file);
  const open = () => openLedger({ url: `sqlite:${file}`, limits: patience });
  const clock = drivenClock();
  const problems: string[] = [];
  const options = { now: () => clock.now(), onSend };
  const bank = modelGateway({ name: 'bank', ...options });
  const psp = modelGateway({ name: 'psp', dedupWindowMs: 3_600_000, ...options });
  const gateways = [bank, psp];
  const seen = ledgerFileAt(file);
  let slowWrites = 0;

  const scene: Scene = {
    clock,
    bank,
    psp,
    gateways,
    seen,
    lives: [] as unknown as [Life, Life],
    ledger: await open(),
    problems,
    memory: {
      idOf: new Map(),
      finals: new Map(),
      versions: new Map(),
      notExecuted: new Set(),
      events: 0,
      words: 0,
      deaths: 0,
    },
    setMoods(moods) {
      slowWrites = slowWritesMax;
      for (const gateway of gateways) gateway.moods = moods;
    },
    async bury(reopen) {
      await Promise.all(scene.lives.map((life) => life.quiet()));
      // A ledger that is closed is closed for both; the one that lives on does so with the new one.
      if (reopen) {
        await scene.ledger.close();
        scene.ledger = await open();
      }
      for (const [index, life] of scene.lives.entries()) {
        if (reopen || life.isOver()) scene.lives[index] = await live();
      }
    },
    async close() {
      seen.close();
      await scene.ledger.close();
      rmSync(home, { recursive: true });
    },
  };
  scene.lives.push(await live(), await live());
  return scene;

  function live(): Promise<Life> {
    const routes = [
      { methods: ['EWALLET' as const], gateways: ['psp', 'bank'] },
      { methods: ['VOUCHER' as const], gateways: ['bank', 'psp'] },
      { gateways: ['bank'] },
    ];
    const written = () => {
      slowWrites -= 1;
      if (slowWrites >= 0) clock.move(bank.moods.ledgerMs);
    };
    return liveOn(t, { ledger: scene.ledger, gateways, routes, clock, written });
  }

  function onSend(gateway: ModelGateway, order: Parameters<ModelGateway['arrive']>[0]): void {
    checkSend(scene, gateway, order);
  }
}

/** Stands still until it is moved. Who sleeps by it moves it, but only when what else there is to do had its time. */
function drivenClock(): Scene['clock'] {
  let at = Date.parse('2026-11-22T10:00:00.000Z');
  return {
    now: () => new Date(at),
    monotonicMs: () => at,
    move: (ms) => void (at += ms),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const until = at + ms;
        const timer = setTimeout(end, 2);
        signal?.addEventListener('abort', stop, { once: true });
        function end(): void {
          at = Math.max(at, until);
          stop();
        }
        function stop(): void {
          clearTimeout(timer);
          signal?.removeEventListener('abort', stop);
          resolve();
        }
      }),
  };
}
