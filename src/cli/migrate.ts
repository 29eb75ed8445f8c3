import { readLedgerConfig } from '../config.ts';
import { migrate as migrateLedger, migrationStatus } from '../store/migrate.ts';
import { type Command, readArgs } from './command.ts';

export const migrate: Command = {
  usage: 'migrate [--status] [--json]',
  async run(args, terminal) {
    const options = { status: { type: 'boolean' }, json: { type: 'boolean' } } as const;
    const { values } = readArgs(args, { options });
    const { url, password } = readLedgerConfig(terminal.env).ledger;
    const access = password === undefined ? {} : { password };
    const ran = values.status === true ? [] : await migrateLedger(url, access);
    const status = await migrationStatus(url, access);
    if (values.json === true) await terminal.out(JSON.stringify({ ...status, ran }));
    else {
      for (const name of ran) await terminal.out(`ran      ${name}`);
      for (const name of status.pending) await terminal.out(`pending  ${name}`);
      await terminal.out(`schema   ${status.schema}`);
    }
    return status.schema === 'current' ? 0 : 1;
  },
};
