/** A ledger that is opened to be looked at: it tells everything, and stays as it is to the byte. */
import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openLedgerToRead } from '../../src/store/open.ts';
import { deposit, settled } from '../support/store-commands.ts';
import { atEnd, ledgerFile, opened } from '../support/store-ledger.ts';

test('a copy that holds what was not folded into it yet is read whole, and nothing in it changes', async (t) => {
  const file = await ledgerFile(t);
  const bridge = await opened(t, `sqlite:${file}`);
  const { payment } = deposit();
  await bridge.acceptPayment({ payment });
  await bridge.recordAnswer(settled(payment));
  const copy = await ledgerFile(t);
  const parts = ['', '-wal'];
  for (const part of parts) await copyFile(`${file}${part}`, `${copy}${part}`);
  const bytes = () => Promise.all(parts.map((part) => readFile(`${copy}${part}`)));
  const before = await bytes();

  const ledger = await openLedgerToRead({ url: `sqlite:${copy}` });
  atEnd(t, () => ledger.close());
  assert.equal((await ledger.paymentById(payment.id))?.state.name, 'completed');
  assert.equal((await ledger.entries({}, { limit: 10 })).length, 1);
  assert.deepEqual(await ledger.violations(10), []);
  await ledger.close();
  assert.deepEqual(await bytes(), before);
  await assert.rejects(ledger.paymentById(payment.id), { trouble: 'closed' });
});

test('a ledger that is not there is not made by looking at it', async (t) => {
  const url = `sqlite:${await ledgerFile(t)}`;
  await assert.rejects(openLedgerToRead({ url }), { name: 'SchemaRefused', schema: 'empty' });
});
