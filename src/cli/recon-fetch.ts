/** `recon fetch`: asks the account's gateway for a day now, and imports what it gives. */
import { readConfig } from '../config.ts';
import { openGateways } from '../gateways/configured.ts';
import { fetchStatement } from '../jobs/statement-fetch.ts';
import { systemClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { openImporting } from '../reconciliation/importing/open.ts';
import { openStores } from '../store/open.ts';
import { type Terminal, UsageError } from './command.ts';
import { table } from './table.ts';

export interface WantedFetch {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** Of `reconciliation.accounts`. */
  readonly account: string;
  /** UTC, YYYY-MM-DD. */
  readonly day: string;
}

/** 0 where there was a statement, or certainly none. */
export async function fetchNow({ terminal, json, account: name, day }: WantedFetch): Promise<number> {
  const clock = systemClock;
  const { ledger: location, reconciliation, gateways: settings } = await readConfig(terminal.env, clock);
  const account = reconciliation.accounts.find((one) => one.name === name);
  if (account === undefined || !/^\d{4}-\d\d-\d\d$/.test(day))
    throw new UsageError('say an account of the configuration and a day, YYYY-MM-DD');
  await using open = new AsyncDisposableStack();
  const { ledger, statements } = await openStores(location);
  open.defer(() => ledger.close());
  const asked = settings.filter((gateway) => gateway.name === account.fetchFrom);
  const gateways = await openGateways(asked, { clock });
  for (const gateway of gateways.values()) open.defer(() => gateway.close());
  const importing = openImporting(reconciliation, { statements, clock, ids: createIds({ clock }) });
  const fetched = await fetchStatement({ importing, gateways }, account, { day });
  if (json) await terminal.out(JSON.stringify({ account: name, day, ...fetched }));
  else {
    const told = Object.entries(fetched).map(([member, value]) => [member, String(value)]);
    await terminal.out(table(['', 'what'], told));
  }
  return ['imported', 'known', 'none'].includes(fetched.outcome) ? 0 : 1;
}
