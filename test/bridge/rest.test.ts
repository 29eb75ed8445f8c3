import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { impatient } from '../support/bridge.ts';
import { type House, linesAbout, openHouse } from '../support/bridge-house.ts';
import { paymentMessage, person } from '../support/bridge-requests.ts';
import { call, type HttpReply } from '../support/http.ts';

let house: House;
before(async () => {
  house = await openHouse(impatient(1_500));
});
after(() => house.close());

const party = { name: person.name, account: { iban: person.iban }, agentBic: person.bic };

function instruction(partnerReference: string, role: 'debtor' | 'creditor', changes: object = {}): object {
  return {
    partnerReference,
    playerId: 'player-1',
    amount: { value: '10.00', currency: 'EUR' },
    paymentMethod: 'BANK_TRANSFER',
    paymentToken: person.token,
    [role]: party,
    remittanceInformation: person.remittance,
    ...changes,
  };
}

/** One request of the casino's core, whose token development makes; what is refused is heard. */
async function core(path: string, document?: object | string): Promise<HttpReply> {
  const token = readFileSync(tokenPath(house.whole.home), 'utf8').trim();
  const headers = [
    ['Authorization', `Bearer ${token}`],
    ['Content-Type', 'application/json'],
  ] as const;
  const body = typeof document === 'string' ? document : JSON.stringify(document);
  const asked = document === undefined ? { path, headers } : { method: 'POST', path, headers, body };
  const reply = await call(house.whole.bridge.ports.internal, asked);
  if (reply.status >= 300) house.silence.heard(reply.text);
  return reply;
}

function statusIn({ json }: HttpReply): string {
  const { status, reasonCode } = json as { status: string; reasonCode?: string };
  return reasonCode === undefined ? status : `${status} ${reasonCode}`;
}

test('in by REST, out to the bank by SOAP, into the ledger, and told as it is', async () => {
  const deposit = await core('/v1/deposits', instruction('rest-1', 'debtor'));
  const withdrawal = await core(
    '/v1/withdrawals',
    instruction('rest-2', 'creditor', { amount: { value: '4.00', currency: 'EUR' } }),
  );
  assert.deepEqual([deposit.status, statusIn(deposit)], [201, 'ACSC']);
  assert.deepEqual([withdrawal.status, statusIn(withdrawal)], [201, 'ACSC']);
  const effects = await house.bank.effects();
  assert.deepEqual(
    effects.map(({ direction, amountMinor, currency }) => [direction, amountMinor, currency]),
    [
      ['CRDT', '1000', 'EUR'],
      ['DBIT', '400', 'EUR'],
    ],
  );
  const { json } = await core('/v1/players/main/player-1/balances');
  assert.deepEqual((json as { balances: object[] }).balances, [
    { currency: 'EUR', posted: '6.00', held: '0.00', available: '6.00' },
  ]);
  assert.deepEqual(await house.ledger.violations(10), []);
});

test('an outcome that was unknown is found by looking at its Location, and counts once', async () => {
  await house.bank.misbehave('timeoutAfter');
  const reply = await core('/v1/deposits', instruction('rest-3', 'debtor'));
  assert.deepEqual([reply.status, statusIn(reply)], [202, 'PDNG AB06']);
  const found = await core(reply.headers.location ?? '');
  assert.deepEqual([found.status, statusIn(found)], [200, 'ACSC']);
  const again = await core('/v1/deposits', instruction('rest-3', 'debtor'));
  assert.deepEqual([again.status, again.headers['idempotency-replayed']], [200, 'true']);
  const { payments } = (await core('/v1/payments?partner=core&order=newest&limit=1')).json as {
    payments: { partnerReference: string }[];
  };
  assert.equal(payments[0]?.partnerReference, 'rest-3');
  assert.equal((await house.bank.instructions()).filter(({ submissions }) => submissions !== 1).length, 0);
});

test('a partner of the SOAP door with the same reference has a payment of his own', async () => {
  const read = await house.send(paymentMessage('1.1', { operation: 'Deposit', reference: 'rest-1' }));
  assert.deepEqual([read.http, read.status], [200, 'ACSC']);
  const { payments } = (await core('/v1/payments?brand=main&playerId=player-1')).json as {
    payments: { partner: string; partnerReference: string }[];
  };
  const same = payments.filter(({ partnerReference }) => partnerReference === 'rest-1');
  assert.deepEqual(
    same.map(({ partner }) => partner),
    ['core', 'partner-a'],
  );
});

/** A request with the person where no person belongs. */
const telltale: readonly (readonly [string, string, object | string])[] = [
  [
    'in the amount',
    '/v1/deposits',
    instruction('t-1', 'debtor', { amount: { value: person.iban, currency: 'EUR' } }),
  ],
  ['as a reference', '/v1/deposits', instruction(person.name, 'debtor')],
  ['as the name of a member', '/v1/deposits', { ...instruction('t-2', 'debtor'), [person.iban]: 1 }],
  [
    'as a property',
    '/v1/deposits',
    instruction('t-3', 'debtor', { properties: { [person.bic]: person.token } }),
  ],
  ['in half a document', '/v1/deposits', JSON.stringify(instruction('t-4', 'debtor')).slice(0, -1)],
  ['in a member twice', '/v1/deposits', `{"debtor":{"name":"${person.name}","name":"${person.iban}"}}`],
  ['in a payment of nobody', `/v1/payments/${person.iban}/cancel`, {}],
  [
    'in a reference that was used',
    '/v1/deposits',
    instruction('rest-1', 'debtor', { returnUrl: `https://x/${person.token}` }),
  ],
];

for (const [place, path, document] of telltale) {
  test(`the person ${place}: refused without quoting it`, async () => {
    const reply = await core(path, document);
    assert.ok(reply.status >= 400, reply.text);
    const id = String(reply.headers['x-correlation-id']);
    const events = linesAbout(house.whole.log(), id).map((line) => line['message']);
    assert.deepEqual(events, ['request.refused']);
    house.silence.check();
  });
}

test('the person in a query: refused without quoting it', async () => {
  const reply = await core(`/v1/payments?playerId=${encodeURIComponent(person.name)}&brand=${person.iban}`);
  assert.equal(reply.status, 400);
  house.silence.check();
});
