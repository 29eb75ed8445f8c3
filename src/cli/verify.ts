import { type Command, readArgs } from './command.ts';
import { table } from './table.ts';
import { withLedger } from './with-ledger.ts';

const violationsMax = 1_000;

export const verify: Command = {
  usage: 'verify [--json]',
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { json: { type: 'boolean' } } });
    const violations = await withLedger(terminal, (ledger) => ledger.violations(violationsMax));
    if (values.json === true) await terminal.out(JSON.stringify({ violations }));
    else if (violations.length === 0)
      await terminal.out('verify: every invariant that a ledger can show holds');
    else {
      const rows = violations.map(({ invariant, subject, finding }) => [invariant, subject, finding]);
      await terminal.out(table(['invariant', 'subject', 'finding'], rows));
    }
    return violations.length === 0 ? 0 : 1;
  },
};
