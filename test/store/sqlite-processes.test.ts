/** Several processes on one file, and processes that end in the middle. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { migrate } from '../../src/store/migrate.ts';
import { taken } from '../support/payments.ts';
import { startChild } from '../support/store-child.ts';
import { brand, deposit, transferOf, unique } from '../support/store-commands.ts';
import { ledgerFile, opened, rawConnection } from '../support/store-ledger.ts';

test('I4: 20 racing withdrawals from two processes on a balance that covers 7: exactly 7', async (t) => {
  const url = `sqlite:${await ledgerFile(t)}`;
  const ledger = await opened(t, url);
  const player = unique();
  await ledger.transfer(transferOf({ player, minor: 7_999n }));
  const children = [1, 2].map(() => startChild(t, 'withdraw', url, player, '10'));
  for (const { lines } of children) assert.equal((await lines.next()).value, '"open"');
  for (const child of children) child.process.stdin?.end();
  const states: string[] = [];
  for (const { lines } of children) states.push(...(JSON.parse((await lines.next()).value) as string[]));
  assert.equal(states.filter((state) => state === 'submitted').length, 7);
  assert.equal(states.filter((state) => state === 'rejected').length, 13);
  const [balance] = await ledger.playerBalances(playerAccount(brand, player));
  assert.deepEqual([balance?.postedMinor, balance?.heldMinor], [7_999n, 7_000n]);
  assert.deepEqual(await ledger.violations(10), []);
});

test('kill -9 in the middle of a stream: all that was acknowledged is there, and nothing by half', async (t) => {
  const file = await ledgerFile(t);
  const url = `sqlite:${file}`;
  await migrate(url);
  const acknowledged: { id?: string; version?: number; transferId?: string }[] = [];
  for (const wanted of [37, 203, 501]) {
    const child = startChild(t, 'stream', url);
    const exited = once(child.process, 'exit');
    for (let seen = 0; seen < wanted; seen += 1) {
      acknowledged.push(JSON.parse((await child.lines.next()).value) as { id: string; version: number });
    }
    child.process.kill('SIGKILL');
    await exited;
  }

  const ledger = await opened(t, url);
  for (const { id, version = 0 } of acknowledged) {
    if (id === undefined) continue;
    const payment = await ledger.paymentById(id);
    assert.ok(payment && payment.version >= version, `version ${version} of ${id}`);
  }
  const transfers = acknowledged.flatMap(({ transferId }) => transferId ?? []);
  const raw = rawConnection(t, file);
  const found = raw.prepare<[string]>('select 1 from transfer where transfer_id = ?');
  for (const transferId of transfers) assert.ok(found.get(transferId), transferId);
  assert.deepEqual(await ledger.violations(10), []);
  assert.equal(raw.pragma('integrity_check', { simple: true }), 'ok');
});

test('a ledger that another process keeps: a time-out within its bound, and nothing lands later', async (t) => {
  const file = await ledgerFile(t);
  const url = `sqlite:${file}`;
  const ledger = await opened(t, url, { limits: { commandTimeoutMs: 300, busyTimeoutMs: 200 } });
  const holder = startChild(t, 'hold', file);
  assert.equal((await holder.lines.next()).value, '"held"');

  const commands = [deposit(), deposit()];
  const timeout = { name: 'LedgerUnavailable', trouble: 'timeout' };
  const from = performance.now();
  await Promise.all(commands.map((command) => assert.rejects(ledger.acceptPayment(command), timeout)));
  const waitedMs = performance.now() - from;
  // Its own time, and what is left of the engine's turn.
  assert.ok(waitedMs >= 290 && waitedMs < 10_000, `${waitedMs} ms`);
  // Reading goes on meanwhile.
  assert.deepEqual(await ledger.payments({}, { limit: 10 }), []);

  await holder.end();
  await ledger.ready();
  assert.deepEqual(await ledger.payments({}, { limit: 10 }), []);
  for (const command of commands) assert.equal((await ledger.acceptPayment(command)).kind, 'accepted');
});

test('a commit that takes longer than a command waits is answered as it ended; ready does not wait for it', async (t) => {
  const file = await ledgerFile(t);
  const limits = { commandTimeoutMs: 100, busyTimeoutMs: 10_000 };
  const ledger = await opened(t, `sqlite:${file}`, { limits });
  const holder = startChild(t, 'hold', file);
  await holder.lines.next();
  const timeout = { name: 'LedgerUnavailable', trouble: 'timeout' };
  const command = deposit();
  const accepted = ledger.acceptPayment(command);
  await assert.rejects(ledger.ready(), timeout);
  await holder.end();
  assert.deepEqual(await accepted, { kind: 'accepted', payment: command.payment });
});

test('a ledger that is kept for less than a command waits is waited for, in turns', async (t) => {
  const file = await ledgerFile(t);
  const ledger = await opened(t, `sqlite:${file}`, {
    limits: { commandTimeoutMs: 10_000, busyTimeoutMs: 20 },
  });
  const holder = startChild(t, 'hold', file);
  await holder.lines.next();
  const commands = [deposit(), deposit(), deposit()];
  const accepted = Promise.all(commands.map((command) => ledger.acceptPayment(command)));
  // Long enough for several turns that find the ledger kept.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await holder.end();
  assert.deepEqual(
    (await accepted).map(taken),
    commands.map(({ payment }) => payment),
  );
});

test('a full queue refuses at once, and a kept ledger is not ready', async (t) => {
  const file = await ledgerFile(t);
  const limits = { queueMax: 2, groupMax: 1, commandTimeoutMs: 500, busyTimeoutMs: 100 };
  const ledger = await opened(t, `sqlite:${file}`, { limits });
  const holder = startChild(t, 'hold', file);
  await holder.lines.next();
  const waiting = [1, 2, 3].map(() =>
    assert.rejects(ledger.acceptPayment(deposit()), { trouble: 'timeout' }),
  );
  let ended = 0;
  for (const one of waiting) void one.then(() => (ended += 1));
  await assert.rejects(ledger.acceptPayment(deposit()), { trouble: 'queueFull' });
  assert.equal(ended, 0, 'nobody had to end before it');
  await Promise.all(waiting);
  await assert.rejects(ledger.ready(), { trouble: 'timeout' });
  await holder.end();
  await ledger.ready();
});
