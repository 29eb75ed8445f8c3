import { paymentView } from '../inbound/rest/payment-view.ts';
import { formatAmount } from '../ledger/money.ts';
import type { PaymentFilter } from '../payments/ledger-store.ts';
import type { StateName } from '../payments/payment.ts';
import { stateTable, statusReason, transactionStatus } from '../payments/states.ts';
import type { LedgerToRead } from '../store/open.ts';
import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import { table } from './table.ts';
import { transcriptsForPeople, transcriptView } from './transcripts.ts';
import { paged, withLedger } from './with-ledger.ts';

const options = {
  json: { type: 'boolean' },
  state: { type: 'string' },
  partner: { type: 'string' },
  transcript: { type: 'boolean' },
} as const;
const historyMax = 500;
const transcriptsMax = 50;

export const payments: Command = {
  usage: 'payments list [--state NAME] [--partner ID] [--json] | payments show ID [--transcript] [--json]',
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, id, ...more] = positionals;
    const json = values.json === true;
    const transcript = values.transcript === true;
    if (what === 'list' && id === undefined && !transcript) {
      const filter = filterFrom(values);
      return withLedger(terminal, (store) => list(store, filter, { json, terminal }));
    }
    if (what === 'show' && id !== undefined && more.length === 0) {
      return withLedger(terminal, (store) => show(store, id, { json, transcript, terminal }));
    }
    throw new UsageError('say list, or show and one payment id');
  },
};

interface Told {
  readonly json: boolean;
  readonly terminal: Terminal;
}

function filterFrom({ state, partner }: { state?: string; partner?: string }): PaymentFilter {
  if (state !== undefined && !Object.hasOwn(stateTable, state)) {
    throw new UsageError(`a state is one of ${Object.keys(stateTable).join(', ')}`);
  }
  return {
    ...(state !== undefined && { states: [state as StateName] }),
    ...(partner !== undefined && { partnerId: partner }),
  };
}

async function list(store: LedgerToRead, filter: PaymentFilter, { json, terminal }: Told): Promise<number> {
  const rows: string[][] = [];
  for await (const payment of paged((page) => store.payments(filter, page))) {
    const { id, instruction, state, version, acceptedAt } = payment;
    const { partnerId, partnerReference, direction, amount } = instruction;
    const reason = statusReason(state)?.code ?? '';
    if (json) {
      const { history: _none, ...view } = paymentView(payment, []);
      await terminal.out(JSON.stringify({ ...view, state: state.name }));
    } else {
      const money = [formatAmount(amount), amount.currency];
      const standing = [state.name, transactionStatus(payment), reason, String(version)];
      rows.push([
        id,
        acceptedAt.toISOString(),
        partnerId,
        partnerReference,
        direction,
        ...money,
        ...standing,
      ]);
    }
  }
  const headings = [
    'payment',
    'accepted',
    'partner',
    'reference',
    'direction',
    'amount',
    '',
    'state',
    'status',
    'reason',
    'version',
  ];
  if (!json) await terminal.out(table(headings, rows, ['amount', 'version']));
  return 0;
}

async function show(
  store: LedgerToRead,
  id: string,
  { json, transcript, terminal }: Told & { readonly transcript: boolean },
): Promise<number> {
  const payment = await store.paymentById(id);
  if (payment === undefined) {
    terminal.err('cagebridge: no payment has this id');
    return 1;
  }
  const view = paymentView(payment, await store.historyOf(id, historyMax));
  const kept = transcript ? await store.transcriptsOf(id, transcriptsMax) : undefined;
  if (json) {
    const transcripts = kept?.map(transcriptView);
    await terminal.out(JSON.stringify({ ...view, state: payment.state.name, transcripts }));
    return 0;
  }
  const { history, returns = [], ...facts } = view;
  const lines = Object.entries({ ...facts, state: payment.state.name })
    .filter(([, fact]) => fact !== undefined)
    .map(([name, fact]) => `${name.padEnd(17)} ${inWords(fact)}`);
  await terminal.out(lines.join('\n'));
  const rows = history.map(({ version, at, status, reasonCode = '' }) => [
    String(version),
    at,
    status,
    reasonCode,
  ]);
  await terminal.out(`\n${table(['version', 'at', 'status', 'reason'], rows, ['version'])}`);
  if (returns.length > 0) await terminal.out(`\n${returnsTable(returns)}`);
  if (kept !== undefined) await terminal.out(`\n${transcriptsForPeople(kept)}`);
  return 0;
}

function returnsTable(returns: NonNullable<ReturnType<typeof paymentView>['returns']>): string {
  const rows = returns.map(({ id, at, kind, amount, reasonCode, refundId = '' }) => [
    id,
    at,
    kind,
    amount.value,
    amount.currency,
    reasonCode,
    refundId,
  ]);
  return table(['return', 'at', 'kind', 'amount', '', 'reason', 'refund'], rows, ['amount']);
}

function inWords(fact: unknown): string {
  if (Array.isArray(fact)) return fact.map(inWords).join(', ');
  if (typeof fact !== 'object' || fact === null) return String(fact);
  return Object.values(fact).map(inWords).join(' ');
}
