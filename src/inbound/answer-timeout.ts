/** Waits for an answer for a bounded time: what is not answered then is still carried to its end. */
export async function withinAnswerTime<Result>(
  work: Promise<Result>,
  operation: string,
  { answerTimeoutMs }: { readonly answerTimeoutMs: number },
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new AnswerTimeout(operation)), answerTimeoutMs);
  // A process that ends does not wait for an answer that is not coming.
  timer.unref();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** By its name the log tells it from a bug. */
class AnswerTimeout extends Error {
  override readonly name = 'AnswerTimeout';

  constructor(operation: string) {
    super(`no answer of ${operation} within answerTimeoutMs`);
  }
}
