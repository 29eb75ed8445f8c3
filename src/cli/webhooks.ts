import type { RecordedWebhook, WebhookState } from '../payments/ledger-store.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { table } from './table.ts';
import { paged, withLedger } from './with-ledger.ts';

const options = {
  json: { type: 'boolean' },
  state: { type: 'string' },
  gateway: { type: 'string' },
} as const;

const states: Readonly<Record<WebhookState, true>> = { waiting: true, applied: true, listed: true };

export const webhooks: Command = {
  usage: 'webhooks list [--state waiting|applied|listed] [--gateway NAME] [--json]',
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const { json = false, state, gateway } = values;
    if (positionals.length !== 1 || positionals[0] !== 'list') throw new UsageError('say list');
    if (state !== undefined && !Object.hasOwn(states, state)) {
      throw new UsageError(`a state is one of ${Object.keys(states).join(', ')}`);
    }
    const filter = {
      ...(state !== undefined && { state: state as WebhookState }),
      ...(gateway !== undefined && { gateway }),
    };
    await withLedger(terminal, async (store) => {
      const rows: string[][] = [];
      for await (const event of paged((page) => store.webhooks(filter, page))) {
        if (json) await terminal.out(JSON.stringify(viewOf(event)));
        else rows.push(Object.values(viewOf(event)).map(String));
      }
      const headings = ['event', 'gateway', 'id at the gateway', 'received', 'state', 'tries'];
      if (!json) await terminal.out(table(headings, rows, ['tries']));
    });
    return 0;
  },
};

/** Without its text, which may hold what is nobody's business at a terminal. */
function viewOf({ id, gateway, eventId, receivedAt, state, tries }: RecordedWebhook): object {
  return { id, gateway, eventId, receivedAt: receivedAt.toISOString(), state, tries };
}
