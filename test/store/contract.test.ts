import { test } from 'node:test';
import { ledgerUrl, opened } from '../support/store-ledger.ts';
import { storeContract } from './contract.ts';

for (const { name, body } of storeContract()) {
  test(name, async (t) => {
    const url = await ledgerUrl(t);
    const openAgain = () => opened(t, url);
    await body(await openAgain(), openAgain);
  });
}
