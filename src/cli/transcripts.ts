import type { RecordedTranscript } from '../payments/ledger-store.ts';

/** Kept transcripts for people: a line on the call, then what went over the wire, indented. */
export function transcriptsForPeople(kept: readonly RecordedTranscript[]): string {
  if (kept.length === 0) {
    return 'transcripts: none is kept (only calls that were slow, or brought no usable answer or an unknown code, are)';
  }
  return kept
    .map(({ at, gateway, operation, answer, durationMs, text }) => {
      const call = `${at.toISOString()}  ${operation} at ${gateway}: ${answer} after ${durationMs} ms`;
      const lines = visible(text).split('\n');
      return [call, ...lines.map((line) => `    ${line}`.trimEnd())].join('\n');
    })
    .join('\n\n');
}

export function transcriptView({ at, gateway, operation, answer, durationMs, text }: RecordedTranscript) {
  return { at: at.toISOString(), gateway, operation, answer, durationMs, text };
}

/** What a gateway sent may hold anything: bytes that a terminal would obey are shown by their number instead. */
function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}
