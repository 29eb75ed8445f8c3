/** What ends a process that serves: a signal, or somebody in the house who cannot go on. The first one counts. */
export interface StopRequest {
  /** Resolves with the exit code that was asked for. */
  readonly asked: Promise<number>;
  ask(exitCode: number): void;
}

export function stopOnSignals(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(0));
  // It asks for files to be read again, of whoever reads any, and ends nobody.
  process.on('SIGHUP', () => {});
  return { asked: promise, ask: resolve };
}

const startEndsWithinMs = 3_000;

/**
 * Waits for a start. Where the stop is asked for meanwhile, what is opening has a moment to finish, so that it is closed
 * like everything else; a start that does not is ended with the process, because before the doors are open nobody waits.
 */
export async function startedUnlessStopped<T>(starting: Promise<T>, stop: StopRequest): Promise<T> {
  let isOver = false;
  let ending: NodeJS.Timeout | undefined;
  const endIfStopped = async (): Promise<void> => {
    const exitCode = await stop.asked;
    if (!isOver) ending = setTimeout(() => process.exit(exitCode), startEndsWithinMs);
  };
  void endIfStopped();
  try {
    return await starting;
  } finally {
    isOver = true;
    clearTimeout(ending);
  }
}

/** Ends the process even where something in it would not; everything that matters is closed by now. */
export function endProcessWithin(ms: number): void {
  setTimeout(() => process.exit(), ms).unref();
}
