import { formatAmount } from '../ledger/money.ts';
import type { AccountSum } from '../payments/ledger-store.ts';
import type { LedgerToRead } from '../store/open.ts';
import { type Command, readArgs, type Terminal, UsageError } from './command.ts';
import { table } from './table.ts';
import { paged, withLedger } from './with-ledger.ts';

const options = {
  json: { type: 'boolean' },
  payment: { type: 'string' },
  account: { type: 'string' },
} as const;

export const ledger: Command = {
  usage: 'ledger entries|balances [--payment ID] [--account NAME] [--json]',
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true });
    const [what, ...more] = positionals;
    if (more.length > 0 || (what !== 'entries' && what !== 'balances'))
      throw new UsageError('say entries or balances');
    await withLedger(terminal, (store) =>
      what === 'entries' ? entries(store, values, terminal) : balances(store, values, terminal),
    );
    return 0;
  },
};

interface Wanted {
  readonly json?: boolean;
  readonly payment?: string;
  readonly account?: string;
}

async function entries(
  store: LedgerToRead,
  { json, payment, account }: Wanted,
  terminal: Terminal,
): Promise<void> {
  const filter = {
    ...(payment !== undefined && { paymentId: payment }),
    ...(account !== undefined && { account }),
  };
  const rows: string[][] = [];
  for await (const entry of paged((page) => store.entries(filter, page))) {
    const { id, paymentId, debit, credit, amount, recordedAt, reason } = entry;
    if (json === true) {
      const { minor, currency } = amount;
      const item = {
        id,
        paymentId: paymentId ?? null,
        debit,
        credit,
        amountMinor: minor.toString(),
        currency,
        recordedAt,
      };
      await terminal.out(JSON.stringify(item));
    } else {
      rows.push([id, recordedAt.toISOString(), reason, debit, credit, formatAmount(amount), amount.currency]);
    }
  }
  if (json === true) return;
  await terminal.out(
    table(['entry', 'recorded', 'reason', 'debit', 'credit', 'amount', ''], rows, ['entry', 'amount']),
  );
}

async function balances(store: LedgerToRead, { json, account }: Wanted, terminal: Terminal): Promise<void> {
  const sums = (await store.accountSums()).filter((sum) => account === undefined || sum.account === account);
  if (json === true) {
    for (const { account: name, currency, debitMinor, creditMinor } of sums) {
      await terminal.out(
        JSON.stringify({
          account: name,
          currency,
          debitMinor: debitMinor.toString(),
          creditMinor: creditMinor.toString(),
          balanceMinor: (debitMinor - creditMinor).toString(),
        }),
      );
    }
    return;
  }
  const rows = sums.map((sum) => [
    sum.account,
    sum.currency,
    formatAmount({ minor: sum.debitMinor, currency: sum.currency }),
    formatAmount({ minor: sum.creditMinor, currency: sum.currency }),
    balanceText(sum),
  ]);
  await terminal.out(
    table(['account', '', 'debits', 'credits', 'balance'], rows, ['debits', 'credits', 'balance']),
  );
}

/** As books write it: what stands on the debit side is Dr, what is owed, as to players, is Cr. */
export function balanceText({ debitMinor, creditMinor, currency }: AccountSum): string {
  const minor = debitMinor - creditMinor;
  if (minor === 0n) return formatAmount({ minor, currency });
  return minor > 0n
    ? `${formatAmount({ minor, currency })} Dr`
    : `${formatAmount({ minor: -minor, currency })} Cr`;
}
