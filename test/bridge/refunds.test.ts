/** A deposit given back through the running bridge: in by REST, out to a real PSP, and told with the deposit. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { impatient } from '../support/bridge.ts';
import { type House, openHouse } from '../support/bridge-house.ts';
import { call, type HttpReply } from '../support/http.ts';

let house: House;
before(async () => {
  house = await openHouse(impatient(1_500));
});
after(() => house.close());

/** One request of the casino's core. */
async function core(path: string, document?: object): Promise<HttpReply> {
  const token = readFileSync(tokenPath(house.whole.home), 'utf8').trim();
  const headers = [
    ['Authorization', `Bearer ${token}`],
    ['Content-Type', 'application/json'],
  ] as const;
  const body = document && JSON.stringify(document);
  return call(
    house.whole.bridge.ports.internal,
    body === undefined ? { path, headers } : { method: 'POST', path, headers, body },
  );
}

interface View {
  readonly id: string;
  readonly status: string;
  readonly gateway?: string;
  readonly returnedAmount?: { readonly value: string };
  readonly returns?: readonly { readonly kind: string; readonly refundId?: string }[];
}

async function deposited(partnerReference: string): Promise<View> {
  const reply = await core('/v1/deposits', {
    partnerReference,
    playerId: partnerReference,
    amount: { value: '10.00', currency: 'EUR' },
    paymentMethod: 'EWALLET',
    paymentToken: 'wallet-1',
  });
  const view = reply.json as View;
  assert.deepEqual([reply.status, view.status, view.gateway], [201, 'ACSC', 'psp'], reply.text);
  return view;
}

const part = (partnerReference: string) => ({
  partnerReference,
  amount: { value: '4.00', currency: 'EUR' },
});

test('the PSP gives a part of it back, once, and the deposit tells of it', async () => {
  const { id } = await deposited('given-1');
  const first = await core(`/v1/payments/${id}/refunds`, part('back-1'));
  const again = await core(`/v1/payments/${id}/refunds`, part('back-1'));
  assert.deepEqual([first.status, again.status, again.text], [201, 200, first.text], first.text);
  const refund = first.json as View;
  assert.deepEqual([refund.status, refund.gateway], ['ACSC', 'psp']);
  const { status, returnedAmount, returns } = (await core(`/v1/payments/${id}`)).json as View;
  assert.deepEqual([status, returnedAmount?.value], ['ACSC', '4.00']);
  assert.deepEqual(
    returns?.map(({ kind, refundId }) => [kind, refundId]),
    [['refund', refund.id]],
  );
  const effects = await house.bank.effects();
  assert.deepEqual(
    effects.map(({ direction, amountMinor }) => `${direction} ${amountMinor}`),
    ['CRDT 1000', 'DBIT 400'],
  );
  assert.deepEqual(await house.ledger.violations(10), []);
});

test('a refund whose answer is lost is found by asking, and counts once', async () => {
  const { id } = await deposited('given-2');
  const already = (await house.bank.effects()).length;
  await house.bank.misbehave('timeoutAfter', { gateway: 'psp', operation: 'refund', count: 1 });
  const lost = await core(`/v1/payments/${id}/refunds`, part('back-2'));
  assert.deepEqual([lost.status, (lost.json as View).status], [202, 'PDNG'], lost.text);
  const found = await core(lost.headers.location ?? '');
  assert.equal((found.json as View).status, 'ACSC', found.text);
  assert.equal((await house.bank.effects()).length, already + 1);
  const { returns } = (await core(`/v1/payments/${id}`)).json as View;
  assert.equal(returns?.length, 1);
  assert.deepEqual(await house.ledger.violations(10), []);
});
