import type { VerifiedCounts, Verification } from '../payments/verification.ts';
import { type Command, readArgs, type Terminal } from './command.ts';
import { seldom } from './seldom.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const findingsMax = 1_000;
const progressMs = 5_000;

export const verify: Command = {
  usage: 'verify [--json]',
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { json: { type: 'boolean' } } });
    const from = performance.now();
    const onPage = seldom(progressMs, (counts: VerifiedCounts) =>
      terminal.err(`verify: at it, so far ${counted(counts)}`),
    );
    const found = await withLedger(terminal, (ledger) => ledger.verify({ findingsMax, onPage }));
    const durationMs = Math.round(performance.now() - from);
    if (values.json === true) await terminal.out(JSON.stringify({ ...found, durationMs }));
    else await tell(terminal, found, durationMs);
    return found.violations.length === 0 ? 0 : 1;
  },
};

async function tell(
  terminal: Terminal,
  { violations, counts, whole }: Verification,
  durationMs: number,
): Promise<void> {
  if (violations.length === 0) await terminal.out('verify: every invariant that a ledger can show holds');
  else {
    const rows = violations.map(({ invariant, subject, finding }) => [invariant, subject, finding]);
    await terminal.out(table(['invariant', 'subject', 'finding'], rows));
    if (!whole) await terminal.out(`verify: ended with ${findingsMax} findings; there may be more`);
  }
  await terminal.out(`verify: ${counted(counts)}; ${(durationMs / 1_000).toFixed(1)} s`);
}

/** How many of what, as people read it. */
function counted(counts: VerifiedCounts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
