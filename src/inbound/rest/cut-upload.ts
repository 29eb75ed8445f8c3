/** The caller has gone, or was too slow; what else fails is a bug or broken surroundings. */
export function whereCut(error: unknown): 'cut' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['ECONNRESET', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) return 'cut';
  throw error;
}
