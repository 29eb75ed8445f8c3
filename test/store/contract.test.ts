/** The same contract on every engine. SQL Server's needs a server, and uses ids of its own in the database it is given. */
import { after, test } from 'node:test';
import { openLedger } from '../../src/store/open.ts';
import { ledgerFile, mssqlAccess, opened } from '../support/store-ledger.ts';
import { storeContract } from './contract.ts';

for (const { name, body } of storeContract()) {
  test(`sqlite: ${name}`, async (t) => {
    const url = `sqlite:${await ledgerFile(t)}`;
    const openAgain = () => opened(t, url, { limits: { commandTimeoutMs: 30_000 } });
    await body(await openAgain(), openAgain);
  });
}

const mssql = mssqlAccess();
const howTo =
  'no SQL Server: give one with LEDGER_URL=mssql://USER@HOST:PORT/DATABASE LEDGER_PASSWORD=env:NAME npm run test:store';

if (mssql === undefined) test('mssql: the contract', { skip: howTo }, () => {});
else {
  const { url, password } = mssql;
  // A server for trying things may be slow, and how slow is not what is tried here.
  const options = {
    password,
    limits: { commandTimeoutMs: 60_000, busyTimeoutMs: 15_000, closeTimeoutMs: 60_000 },
  };
  // One for all of them, because logging in is the slowest thing that a server does.
  const ledger = openLedger({ url, ...options, createIfEmpty: true });
  after(async () => (await ledger).close());
  for (const { name, body } of storeContract()) {
    test(`mssql: ${name}`, async (t) => body(await ledger, () => opened(t, url, options)));
  }
}
