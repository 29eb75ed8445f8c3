/**
 * Whether a line may be written now: `perSecondMax` of them in a second. Who sends more than we take must not fill the
 * disk as well, nor wait for it; the metrics count every one.
 */
export function scarceLines(
  perSecondMax: number,
  now: () => number = () => performance.now(),
): () => boolean {
  let since = Number.NEGATIVE_INFINITY;
  let written = 0;
  return () => {
    const at = now();
    if (at - since >= 1_000) [since, written] = [at, 0];
    written += 1;
    return written <= perSecondMax;
  };
}
