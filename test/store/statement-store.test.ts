/** The same contract on every engine, as test/store/contract.test.ts has it. */
import { after, test } from 'node:test';
import { openStores } from '../../src/store/open.ts';
import { atEnd, ledgerFile, mssqlAccess } from '../support/store-ledger.ts';
import { statementContract } from './statement-store-contract.ts';

for (const { name, body } of statementContract()) {
  test(`sqlite: ${name}`, async (t) => {
    const url = `sqlite:${await ledgerFile(t)}`;
    const openAgain = async () => {
      const stores = await openStores({ url, createIfEmpty: true, limits: { commandTimeoutMs: 30_000 } });
      atEnd(t, () => stores.ledger.close());
      return stores;
    };
    await body(await openAgain(), openAgain);
  });
}

const mssql = mssqlAccess();
if (mssql !== undefined) {
  const limits = { commandTimeoutMs: 60_000, busyTimeoutMs: 15_000, closeTimeoutMs: 60_000 };
  const opened = openStores({ ...mssql, limits, createIfEmpty: true });
  after(async () => (await opened).ledger.close());
  for (const { name, body } of statementContract()) {
    test(`mssql: ${name}`, async (t) =>
      body(await opened, async () => {
        const stores = await openStores({ ...mssql, limits });
        atEnd(t, () => stores.ledger.close());
        return stores;
      }));
  }
}
