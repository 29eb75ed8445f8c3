/** Which lines of a gateway's report say something of the payment that they name. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Payment } from '../../src/payments/payment.ts';
import type { EntryKind } from '../../src/reconciliation/statements/statement.ts';
import type { Said } from '../support/importing.ts';
import {
  booking,
  dayMs,
  instrIdOf,
  openReconHouse,
  reported,
  type ReconHouse,
} from '../support/recon-house.ts';

const report = (id: string, ...entries: NonNullable<Said['entries']>): Said => ({
  header: { id, kind: 'settlement', account: { other: 'MERCHANT1', currency: 'EUR' } },
  entries,
});

/** A deposit of 100.00 that its gateway's report has told of. */
async function reportedDeposit(t: TestContext): Promise<ReconHouse & { readonly deposit: Payment }> {
  const house = await openReconHouse(t, { rules: [{ name: 'reference', find: 'reference' }] });
  const deposit = await house.pay('psp', 10_000);
  await house.bringIn('first.csv', report('B-1', reported(10_000, deposit)));
  await house.round();
  return { ...house, deposit };
}

async function returnsOf({ ledger }: ReconHouse, { id }: Payment): Promise<readonly string[]> {
  const { returns = [] } = (await ledger.paymentById(id)) ?? {};
  return returns.map(({ kind, amount }) => `${kind} ${amount.minor}`);
}

const others: readonly EntryKind[] = ['fee', 'reserve', 'adjustment', 'other'];
for (const kind of others) {
  test(`a line that is ${kind} and names a deposit takes nothing back from its player`, async (t) => {
    const house = await reportedDeposit(t);
    const { bringIn, round, clock, openBreaks, deposit } = house;
    await bringIn('second.csv', report('B-2', booking(-1_000, deposit, { kind })));
    await round();
    assert.deepEqual(await returnsOf(house, deposit), []);
    clock.move(4 * dayMs);
    await round();
    const about = (await openBreaks()).filter(({ subject }) => 'entry' in subject);
    assert.deepEqual(
      about.map((one) => one.kind),
      ['UNEXPECTED'],
    );
  });
}

test('a line that is a refund or a payment the other way is money that came back', async (t) => {
  const house = await reportedDeposit(t);
  const { bringIn, round, deposit } = house;
  const lines = (['refund', 'payment'] as const).map((kind) => booking(-1_000, deposit, { kind }));
  await bringIn('second.csv', report('B-2', ...lines));
  await round();
  assert.deepEqual(await returnsOf(house, deposit), ['return 1000', 'return 1000']);
});

test('the line of a refund that is told twice says nothing of the deposit that it names too', async (t) => {
  const house = await reportedDeposit(t);
  const { pay, bringIn, round, openBreaks, deposit } = house;
  const refund = await pay('psp', -4_000);
  for (const told of ['L-1', 'L-2']) {
    const references = {
      accountServicer: told,
      instruction: instrIdOf(refund),
      other: { originalInstruction: instrIdOf(deposit) },
    };
    await bringIn(`${told}.csv`, report(told, [-4_000, { kind: 'refund', references }]));
    await round();
  }
  assert.deepEqual(await returnsOf(house, deposit), []);
  assert.deepEqual(
    (await openBreaks()).map(({ kind }) => kind),
    ['DUPLICATE'],
  );
});

test('a booking that takes another one back proves no payment of which nobody knows', async (t) => {
  const house = await openReconHouse(t);
  const { pay, bringIn, round, ledger, deposit } = { ...house, deposit: await house.pay('bank', 10_000) };
  const payout = await pay('bank', -5_000, () => ({ kind: 'unknown', cause: 'timeout' }));
  const takenBack = booking(-5_000, payout, { reversal: true });
  await bringIn('first.xml', { header: { id: 'S-1' }, entries: [booking(10_000, deposit), takenBack] });
  await round();
  assert.equal((await ledger.paymentById(payout.id))?.state.name, 'unknown');
  await bringIn('second.xml', { header: { id: 'S-2' }, entries: [booking(-5_000, payout)] });
  await round();
  assert.equal((await ledger.paymentById(payout.id))?.state.name, 'completed');
});
