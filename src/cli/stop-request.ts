/** What ends a process that serves: a signal, or somebody in the house who cannot go on. The first one counts. */
export interface StopRequest {
  /** Resolves with the exit code that was asked for. */
  readonly asked: Promise<number>;
  ask(exitCode: number): void;
}

export function stopOnSignals(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(0));
  return { asked: promise, ask: resolve };
}

/** Ends the process even where something in it would not; everything that matters is closed by now. */
export function endProcessWithin(ms: number): void {
  setTimeout(() => process.exit(), ms).unref();
}
