/** What the bridges' logs say went wrong that no fault of the scenario explains: bugs, and words that were not written down. */

type Line = Readonly<Record<string, string | undefined>>;

/** With a ledger that is there and only killed under, each of these is a finding; with one that is away, only the first. */
const everMessages = ['process.failed', 'xml_engine.failed', 'recovery.failed', 'writer.abandoned'];
const thereMessages = ['job.failed', 'writer.died'];
const thereAlarms = ['answerNotRecorded', 'gatewayMissing', 'invalidAnswer'];

/** Each kind of it once, with how often. */
export function alarmsIn(log: string, ledger: 'there' | 'away'): string[] {
  const counts = new Map<string, number>();
  for (const text of log.split('\n')) {
    if (!text.startsWith('{') || !text.includes('"log.level":"error"') || !text.endsWith('}')) continue;
    const line = JSON.parse(text) as Line;
    if (!isFinding(line, ledger)) continue;
    const words = [
      'message',
      'labels.job',
      'labels.alarm',
      'labels.detail',
      'labels.trouble',
      'error.code',
      'error.type',
    ];
    const kind = words.flatMap((name) => line[name] ?? []).join(' ');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind} (${count} times)`);
}

/** Another bridge had the ledger for too long: a bridge that was stopped in the middle of a commit keeps it, and a crowded machine is slow. */
function wasBusy(line: Line): boolean {
  if (line['labels.detail'] === 'timeout') return true;
  return line['error.type'] === 'LedgerUnavailable' && line['error.code'] === undefined;
}

function isFinding(line: Line, ledger: 'there' | 'away'): boolean {
  const { message = '' } = line;
  if (wasBusy(line)) return false;
  if (everMessages.includes(message)) return true;
  if (ledger === 'away') return false;
  if (message === 'ledger.failed') return line['labels.trouble'] === 'engineFailed';
  return thereMessages.includes(message) || thereAlarms.includes(line['labels.alarm'] ?? '');
}
