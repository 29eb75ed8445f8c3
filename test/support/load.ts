import { EventEmitter, once } from 'node:events';

export interface Load {
  /** Resolves when so many more calls have ended. */
  more(calls: number): Promise<void>;
  /** Lets every caller end the call that he is at. */
  end(): Promise<void>;
  /** How often each outcome came. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly calls: number;
}

/** Callers that call one after another, each again and again, until the load ends. A call that throws is an outcome too. */
export function load(callersMax: number, call: (caller: number) => Promise<string>): Load {
  const outcomes = new Map<string, number>();
  const ended = new EventEmitter();
  const state = { calls: 0, over: false };

  const caller = async (index: number): Promise<void> => {
    while (!state.over) {
      const outcome = await call(index).catch((error: unknown) => String(error));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      state.calls += 1;
      ended.emit('call');
    }
  };
  const callers = Array.from({ length: callersMax }, (_, index) => caller(index));
  return {
    outcomes,
    get calls() {
      return state.calls;
    },
    async more(calls) {
      for (const until = state.calls + calls; state.calls < until;) await once(ended, 'call');
    },
    async end() {
      state.over = true;
      await Promise.all(callers);
    },
  };
}
