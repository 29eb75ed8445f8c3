import { LedgerUnavailable, type LedgerTrouble } from '../payments/ledger-store.ts';

/** What an engine says of one transaction. Codes are the engine's names for trouble, never its texts. */
export type GroupResult<Outcome> =
  | { readonly kind: 'committed'; readonly outcomes: readonly Outcome[] }
  /** Another process held the ledger for longer than the busy time-out. Nothing was written. */
  | { readonly kind: 'busy' }
  /** A row of one of the commands was kept by somebody else for too long. Nothing was written. */
  | { readonly kind: 'blocked'; readonly code: string }
  /** Nothing was written. */
  | { readonly kind: 'rolledBack'; readonly code: string }
  /** The acknowledgement was lost: all of it was written, or nothing. */
  | { readonly kind: 'unacknowledged'; readonly code: string };

/** Runs commands in one transaction, in their order. Never rejects, and is never called again before it resolved. */
export type CommitGroup<Command, Outcome> = (commands: readonly Command[]) => Promise<GroupResult<Outcome>>;

export interface GroupLimits {
  readonly queueMax: number;
  readonly groupMax: number;
  readonly commandTimeoutMs: number;
  readonly runsMax: number;
  readonly closeTimeoutMs: number;
}

interface Waiting<Command, Outcome> {
  readonly command: Command;
  readonly keys: readonly string[];
  readonly answer: (outcome: Outcome) => void;
  readonly fail: (trouble: LedgerTrouble, code?: string) => void;
  /** Its time is over: it is not taken up any more. What is under way by then is waited for. */
  expired: boolean;
  /** Why it had to wait for somebody else's lock; from then on it shares no transaction, so that nobody waits with it. */
  blockedBy?: string;
}

/**
 * Commits waiting commands together, whatever the engine (design 7). One group is under way at a time, of commands
 * that share no key; commands that share one keep their order. A command that finds nobody waiting is committed at
 * once. Nobody is answered before his own commit: a group that fails is run again one by one, and so is one whose
 * acknowledgement was lost, because a command that runs twice finds its own rows and answers the same. A command's time
 * is its time in the queue: once the engine has it, only the engine knows what came of it, and a caller who was told
 * `timeout` about a payment that lands all the same would leave it to nobody.
 */
export class GroupCommit<Command, Outcome> {
  readonly #commit: CommitGroup<Command, Outcome>;
  readonly #limits: GroupLimits;
  #waiting: Waiting<Command, Outcome>[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(commit: CommitGroup<Command, Outcome>, limits: GroupLimits) {
    this.#commit = commit;
    this.#limits = limits;
  }

  /**
   * Resolves to what the command's own commit brought.
   * @throws LedgerUnavailable `queueFull` and `closed` at once and `timeout` later, with nothing written, then or ever;
   * `engineFailed`, with nothing written unless every acknowledgement was lost
   */
  submit(command: Command, keys: readonly string[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new LedgerUnavailable('closed'));
      if (this.#waiting.length >= this.#limits.queueMax) return reject(new LedgerUnavailable('queueFull'));
      const waiting: Waiting<Command, Outcome> = {
        command,
        keys,
        expired: false,
        answer: (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        },
        fail: (trouble, code) => {
          clearTimeout(timer);
          reject(new LedgerUnavailable(trouble, code));
        },
      };
      const timer = setTimeout(() => this.#expire(waiting), this.#limits.commandTimeoutMs);
      this.#waiting.push(waiting);
      this.#running ??= this.#run();
    });
  }

  /** Takes nothing more on, and resolves when everything taken on is answered, within the time for closing. */
  async close(): Promise<void> {
    this.#closed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#limits.closeTimeoutMs);
    });
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
    for (const waiting of this.#waiting.splice(0)) waiting.fail('closed');
  }

  #expire(waiting: Waiting<Command, Outcome>): void {
    waiting.expired = true;
    if (!this.#waiting.includes(waiting)) return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.fail('timeout', waiting.blockedBy);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#commitGroup(this.#takeGroup());
    }
    this.#running = undefined;
  }

  /** The oldest commands that share no key, with each other or with an older one that has to wait. */
  #takeGroup(): Waiting<Command, Outcome>[] {
    const taken: Waiting<Command, Outcome>[] = [];
    const left: Waiting<Command, Outcome>[] = [];
    const keys = new Set<string>();
    for (const waiting of this.#waiting) {
      const free = this.#hasRoom(taken, waiting) && waiting.keys.every((key) => !keys.has(key));
      (free ? taken : left).push(waiting);
      for (const key of waiting.keys) keys.add(key);
    }
    this.#waiting = left;
    return taken;
  }

  /** One that was blocked goes alone. */
  #hasRoom(taken: readonly Waiting<Command, Outcome>[], { blockedBy }: Waiting<Command, Outcome>): boolean {
    if (taken.length === 0) return true;
    const isAlone = blockedBy !== undefined || taken[0]?.blockedBy !== undefined;
    return !isAlone && taken.length < this.#limits.groupMax;
  }

  async #commitGroup(group: readonly Waiting<Command, Outcome>[]): Promise<void> {
    const result = await this.#commit(group.map(({ command }) => command));
    switch (result.kind) {
      case 'committed':
        return answerAll(group, result.outcomes);
      case 'busy':
        return this.#putBack(group);
      case 'blocked':
        if (group.length === 1) return group.forEach((waiting) => this.#putLast(waiting, result.code));
        return this.#commitEach(group, { mayHaveLanded: false });
      case 'rolledBack':
        if (group.length === 1) return group[0]?.fail('engineFailed', result.code);
        return this.#commitEach(group, { mayHaveLanded: false });
      case 'unacknowledged':
        return this.#commitEach(group, { mayHaveLanded: true });
    }
  }

  /** Behind everybody but those of one key with it, who keep their order. */
  #putLast(blocked: Waiting<Command, Outcome>, code: string): void {
    blocked.blockedBy = code;
    if (blocked.expired) return blocked.fail('timeout', code);
    const keys = new Set(blocked.keys);
    const ahead: Waiting<Command, Outcome>[] = [];
    const behind: Waiting<Command, Outcome>[] = [];
    for (const waiting of this.#waiting) {
      const isBehind = waiting.keys.some((key) => keys.has(key));
      (isBehind ? behind : ahead).push(waiting);
      if (isBehind) for (const key of waiting.keys) keys.add(key);
    }
    this.#waiting = [...ahead, blocked, ...behind];
  }

  /** Nothing was written: to the head of the queue again, but for those whose time is over. */
  #putBack(group: readonly Waiting<Command, Outcome>[]): void {
    this.#waiting.unshift(...group.filter(({ expired }) => !expired));
    for (const waiting of group) if (waiting.expired) waiting.fail('timeout');
  }

  async #commitEach(
    group: readonly Waiting<Command, Outcome>[],
    { mayHaveLanded }: { mayHaveLanded: boolean },
  ): Promise<void> {
    for (const waiting of group) await this.#commitAlone(waiting, mayHaveLanded);
  }

  /**
   * Runs one command until it is known what came of it, a bounded number of times. A ledger that is busy counts for
   * nothing: it keeps everybody waiting alike, and a command that may have landed is not left alone for it.
   */
  async #commitAlone(waiting: Waiting<Command, Outcome>, landedMaybe: boolean): Promise<void> {
    let mayHaveLanded = landedMaybe;
    let lostRuns = 0;
    for (;;) {
      const result = await this.#commit([waiting.command]);
      if (result.kind === 'committed') return answerAll([waiting], result.outcomes);
      if (result.kind === 'rolledBack') return waiting.fail('engineFailed', result.code);
      if (result.kind === 'blocked' && !mayHaveLanded) return this.#putLast(waiting, result.code);
      if (result.kind === 'busy' && waiting.expired && !mayHaveLanded) return waiting.fail('timeout');
      if (result.kind === 'unacknowledged') {
        mayHaveLanded = true;
        lostRuns += 1;
      }
      if (lostRuns === this.#limits.runsMax) return waiting.fail('engineFailed', 'UNACKNOWLEDGED');
    }
  }
}

function answerAll<Command, Outcome>(
  group: readonly Waiting<Command, Outcome>[],
  outcomes: readonly Outcome[],
): void {
  for (const [index, waiting] of group.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) waiting.fail('engineFailed', 'OUTCOME_MISSING');
    else waiting.answer(outcome);
  }
}
