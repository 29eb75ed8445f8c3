import { LedgerUnavailable, type LedgerStore } from '../payments/ledger-store.ts';

export interface LedgerPatienceLimits {
  /** A command or question that the ledger has had for so long shows that it is away. */
  readonly stalledAfterMs: number;
  /** How long a caller waits while it is; what he asked for goes on without him. */
  readonly answerWithinMs: number;
}

/** What the work comes to, or a rejection with LedgerUnavailable once the ledger is away and the caller has waited long enough. */
export type AnswerWithin = <Result>(work: Promise<Result>) => Promise<Result>;

export interface LedgerPatience {
  /** The same ledger, watched. */
  readonly ledger: LedgerStore;
  readonly answerWithin: AnswerWithin;
}

/** What is asked for one payment, and takes a moment. A list or a proof over the whole ledger may take its time. */
const brief = [
  'acceptPayment',
  'recordAnswer',
  'recordAct',
  'transfer',
  'claimChecks',
  'receiveWebhook',
  'claimWebhooks',
  'settleWebhook',
  'paymentById',
  'paymentByReference',
  'paymentByInstruction',
  'historyOf',
  'playerBalances',
  'ready',
] as const satisfies readonly (keyof LedgerStore)[];

/**
 * Who calls is answered in time although the ledger is not. Only the caller is let go: a command that the engine has may land
 * yet, so the payment is still carried, and what he reads is that the outcome is unknown. While the ledger answers
 * nobody is cut off, however long a gateway takes.
 */
export function ledgerPatience(
  ledger: LedgerStore,
  { stalledAfterMs, answerWithinMs }: LedgerPatienceLimits,
): LedgerPatience {
  const impatient = new Set<() => void>();
  let stalled = 0;

  async function watched<Result>(work: Promise<Result>): Promise<Result> {
    let isStalled = false;
    const timer = setTimeout(() => {
      isStalled = true;
      stalled += 1;
      for (const letGo of impatient) letGo();
    }, stalledAfterMs);
    timer.unref();
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      if (isStalled) stalled -= 1;
    }
  }

  async function answerWithin<Result>(work: Promise<Result>): Promise<Result> {
    const late = Promise.withResolvers<never>();
    const letGo = (): void => late.reject(new LedgerUnavailable('timeout', 'STALLED'));
    const timer = setTimeout(() => {
      if (stalled > 0) letGo();
      else impatient.add(letGo);
    }, answerWithinMs);
    timer.unref();
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
      impatient.delete(letGo);
    }
  }

  return { ledger: { ...ledger, ...watchedCommands(ledger, watched) }, answerWithin };
}

type Brief = Pick<LedgerStore, (typeof brief)[number]>;

function watchedCommands(
  ledger: LedgerStore,
  watched: <Result>(work: Promise<Result>) => Promise<Result>,
): Brief {
  const commands = brief.map((name) => {
    // Each keeps its own parameters and result; the list has lost them.
    const command = ledger[name] as (...given: unknown[]) => Promise<unknown>;
    return [name, (...given: unknown[]) => watched(command(...given))];
  });
  return Object.fromEntries(commands) as Brief;
}
