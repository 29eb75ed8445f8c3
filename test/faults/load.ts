/** Load as partners make it: by both doors, to both gateways, with copies, and the same request again until it is answered. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Caller, Door, Heard, Target, Wish } from './callers.ts';

/** One request with everything that was heard about it, in the order in which it was heard. */
export interface Noted {
  readonly wish: Wish;
  readonly heard: Heard[];
}

/** What the callers know, by reference. */
export type Notebook = Map<string, Noted>;

export interface LoadOptions {
  readonly caller: Caller;
  /** The bridges that may be called at this moment. */
  readonly targets: () => readonly Target[];
  readonly notebook: Notebook;
  /** From 0 to below 1, the same for the same seed. */
  readonly random: () => number;
  readonly prefix: string;
  readonly lanes?: number;
  readonly methods?: readonly Wish['method'][];
}

export interface Load {
  /** Nothing new is begun; resolves when what is under way was answered or given up. */
  stop(): Promise<void>;
}

const players = 4;
const triesMax = 100;
const retryPauseMs = 100;
const copiesMax = 4;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: () => number, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)];
}

/** Starts the lanes; each sends one payment after another until the load is stopped. */
export function startLoad(options: LoadOptions): Load {
  const { notebook, random, prefix, lanes = 8 } = options;
  const stopping = new AbortController();
  const lane = async (name: number): Promise<void> => {
    for (let index = 0; !stopping.signal.aborted; index += 1) {
      const noted = { wish: wishOf(options, `${prefix}-${name}-${index}`), heard: [] };
      notebook.set(noted.wish.reference, noted);
      const copies = random() < 0.2 ? 2 + Math.floor(random() * (copiesMax - 1)) : 1;
      const sent = Array.from({ length: copies }, async () => untilAnswered(options, noted, stopping.signal));
      await Promise.all(sent);
    }
  };
  const running = Promise.all(Array.from({ length: lanes }, async (_, name) => lane(name)));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const everyMethod = ['BANK_TRANSFER', 'EWALLET', 'VOUCHER'] as const;

function wishOf({ random, methods = everyMethod }: LoadOptions, reference: string): Wish {
  const operation = random() < 0.6 ? 'Deposit' : 'Withdrawal';
  // Deposits are larger, so that most withdrawals find their money.
  const whole = Math.floor(random() * 20) + (operation === 'Deposit' ? 30 : 1);
  return {
    reference,
    operation,
    amount: `${whole}.${10 + Math.floor(random() * 90)}`,
    playerId: `player-${Math.floor(random() * players)}`,
    method: pick(random, methods) ?? 'BANK_TRANSFER',
  };
}

/**
 * The same request again until somebody tells where the payment stands. Whoever is told NOT_EXECUTED believes it for all
 * copies, and sends none again.
 */
async function untilAnswered(
  { caller, targets, random }: LoadOptions,
  { wish, heard }: Noted,
  stopping: AbortSignal,
): Promise<void> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const target = pick(random, targets());
    if (target !== undefined) {
      const answer = await caller.instruct(target, pick(random, doors) ?? 'soap', wish);
      heard.push(answer);
      if (answer.kind === 'payment') return;
    }
    if (stopping.aborted || heard.some(({ outcome }) => outcome === 'NOT_EXECUTED')) return;
    await pause(retryPauseMs);
  }
}

const doors: readonly Door[] = ['soap', 'rest'];

const finalStatuses = ['ACSC', 'RJCT', 'CANC'];
const askersMax = 8;

/** When all is quiet every caller asks about what he was not told the end of; what he hears is noted like everything else. */
export async function askAround(caller: Caller, target: Target, notebook: Notebook): Promise<void> {
  const open = [...notebook.values()].filter(
    ({ heard }) => !heard.some(({ status = '' }) => finalStatuses.includes(status)),
  );
  const asker = async (): Promise<void> => {
    for (let noted = open.pop(); noted !== undefined; noted = open.pop()) {
      noted.heard.push(await caller.ask(target, noted.wish.reference));
    }
  };
  await Promise.all(Array.from({ length: askersMax }, asker));
}
