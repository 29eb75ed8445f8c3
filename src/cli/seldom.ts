/** Tells what is happening, for the first time after a while and then once in a while, so that a quick one is not told. */
export function seldom<Told>(
  everyMs: number,
  tell: (told: Told) => void,
  nowMs: () => number = () => performance.now(),
): (told: Told) => void {
  let dueMs = nowMs() + everyMs;
  return (told) => {
    if (nowMs() < dueMs) return;
    dueMs = nowMs() + everyMs;
    tell(told);
  };
}
