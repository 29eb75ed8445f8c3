import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { paymentNowSchema, paymentViewSchema } from '../../../src/inbound/rest/payment-view.ts';
import { problemSchema } from '../../../src/inbound/rest/problems.ts';
import { paid, someRequest } from '../../support/payments.ts';
import type { HttpReply } from '../../support/http.ts';
import { scriptedGateway, settledFor } from '../../support/gateway.ts';
import { compileJsonSchema } from '../../../src/platform/json-schema.ts';
import { bearer, json, openRestDoor, restPartner, someClients, tokenOf } from './open-door.ts';

const deposit = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  amount: { value: '10', currency: 'EUR' },
  paymentMethod: 'BANK_TRANSFER',
  debtor: { name: 'Erika Mustermann', account: { iban: 'DE02120300000000202051' } },
};
const { debtor, ...common } = deposit;
const withdrawal = { ...common, partnerReference: 'ref-w', creditor: debtor };

const breaks = {
  now: compileJsonSchema(paymentNowSchema, { violationsMax: 5 }),
  view: compileJsonSchema(paymentViewSchema, { violationsMax: 5 }),
  problem: compileJsonSchema(problemSchema, { violationsMax: 5 }),
};

function read(reply: HttpReply, kind: keyof typeof breaks = 'now'): Record<string, unknown> {
  assert.deepEqual(breaks[kind](reply.json), [], reply.text);
  return reply.json as Record<string, unknown>;
}

function refusalOf(reply: HttpReply): (string | number | undefined)[] {
  assert.equal(reply.headers['content-type'], 'application/problem+json');
  const { code, outcome, retry, status } = read(reply, 'problem');
  assert.equal(status, reply.status);
  return [reply.status, code as string, outcome as string, retry as string];
}

test('a new payment that is final: 201, its place, and what is told of it', async (t) => {
  const { post, get } = await openRestDoor(t);
  const reply = await post('/v1/deposits', deposit);
  assert.equal(reply.status, 201);
  const { id, acceptedAt: _at, endedAt: _ended, ...told } = read(reply);
  assert.equal(reply.headers.location, `/v1/payments/${String(id)}`);
  assert.equal(reply.headers['idempotency-replayed'], undefined);
  assert.equal(reply.headers['retry-after'], undefined);
  assert.deepEqual(told, {
    partner: 'core',
    partnerReference: 'ref-1',
    direction: 'CRDT',
    brand: 'lucky',
    playerId: 'player-1',
    method: 'BANK_TRANSFER',
    instructedAmount: { value: '10.00', currency: 'EUR' },
    settledAmount: { value: '10.00', currency: 'EUR' },
    charges: [],
    status: 'ACSC',
    underReview: false,
    version: 2,
    gateway: 'bank',
    gatewayReference: 'B-1',
  });
  const { history, ...same } = read(await get(reply.headers.location ?? ''), 'view');
  assert.deepEqual([same, (history as unknown[]).length], [reply.json, 2]);
});

test('the same again: 200, marked, the same bytes, and nothing more is sent', async (t) => {
  const gateway = scriptedGateway();
  const { post } = await openRestDoor(t, { gateways: [gateway] });
  const first = await post('/v1/deposits', deposit);
  for (const written of [
    deposit,
    { ...deposit, amount: { value: '10.00', currency: 'EUR' }, brand: 'lucky' },
  ]) {
    const again = await post('/v1/deposits', written);
    assert.deepEqual([again.status, again.headers['idempotency-replayed']], [200, 'true']);
    assert.equal(again.text, first.text);
    assert.equal(again.headers.location, first.headers.location);
  }
  assert.equal(gateway.orders.length, 1);
});

test('a payment that is declined is an answer, not an error', async (t) => {
  const gateway = scriptedGateway();
  gateway.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({ kind: 'declined', echo: { instrId, amount }, reason: { code: 'AC04' } });
  const { post } = await openRestDoor(t, { gateways: [gateway] });
  const declined = await post('/v1/deposits', deposit);
  const { status, reasonCode } = read(declined);
  assert.deepEqual([declined.status, status, reasonCode], [201, 'RJCT', 'AC04']);
  const short = await post('/v1/withdrawals', withdrawal);
  const told = read(short);
  assert.deepEqual([short.status, told['status'], told['reasonCode']], [201, 'RJCT', 'AM04']);
});

test('a payment that is not final: 202 with its place and when to look; then what became of it', async (t) => {
  const gateway = scriptedGateway();
  gateway.onSubmit = ({ instrId, amount }) =>
    Promise.resolve({
      kind: 'pending',
      echo: { instrId, amount },
      nextAction: { redirectUrl: 'https://psp.example/go?x=1', expiresAt: new Date('2026-11-22T10:00:00Z') },
    });
  gateway.onStatus = ({ instrId }) =>
    Promise.resolve(settledFor({ instrId, amount: { minor: 1000n, currency: 'EUR' } }));
  const { post, get } = await openRestDoor(t, { gateways: [gateway] });
  const first = await post('/v1/deposits', deposit);
  assert.equal(first.status, 202);
  assert.deepEqual([first.headers['retry-after'], first.headers['idempotency-replayed']], ['5', undefined]);
  const told = read(first);
  assert.equal(told['status'], 'PDNG');
  assert.deepEqual(told['nextAction'], {
    redirectUrl: 'https://psp.example/go?x=1',
    expiresAt: '2026-11-22T10:00:00.000Z',
  });
  const again = await post('/v1/deposits', deposit);
  assert.deepEqual([again.status, again.headers['idempotency-replayed']], [202, 'true']);
  assert.equal(again.text, first.text);
  const looked = read(await get(first.headers.location ?? ''), 'view');
  assert.equal(looked['status'], 'ACSC', 'asking for one’s own payment asks its gateway');
  const last = await post('/v1/deposits', deposit);
  assert.deepEqual([last.status, read(last)['status']], [200, 'ACSC']);
});

test('an outcome that nobody knows is 202 as well', async (t) => {
  const gateway = scriptedGateway();
  gateway.onSubmit = () => Promise.resolve({ kind: 'unknown', cause: 'timeout' });
  const { post } = await openRestDoor(t, { gateways: [gateway] });
  const reply = await post('/v1/deposits', deposit);
  const { status, reasonCode } = read(reply);
  assert.deepEqual([reply.status, status, reasonCode], [202, 'PDNG', 'AB06']);
});

test('50 copies at once are one payment, sent once, and each says so', async (t) => {
  const gateway = scriptedGateway();
  gateway.onSubmit = async (order) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return settledFor(order);
  };
  const doorLimits = { partnerRequestsMax: 50 };
  const { post, ledger } = await openRestDoor(t, { gateways: [gateway], doorLimits });
  const replies = await Promise.all(Array.from({ length: 50 }, async () => post('/v1/deposits', deposit)));
  assert.equal(new Set(replies.map((reply) => read(reply)['id'])).size, 1);
  // One made it; a copy that found it before it was carried is told the present state, the others waited for the end.
  assert.equal(replies.filter(({ status }) => status === 201).length, 1);
  assert.ok(replies.every(({ status }) => [200, 201, 202].includes(status)));
  const byVersion = Map.groupBy(replies, (reply) => read(reply)['version']);
  for (const same of byVersion.values()) assert.equal(new Set(same.map(({ text }) => text)).size, 1);
  assert.equal(gateway.orders.length, 1);
  assert.equal((await ledger.payments({}, { limit: 10 })).length, 1);
  assert.equal((await ledger.entries({}, { limit: 10 })).length, 1);
});

test('a copy that does not wait for long is told where the payment stands', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const gateway = scriptedGateway();
  const submitted = Promise.withResolvers<void>();
  gateway.onSubmit = async (order) => {
    submitted.resolve();
    return promise.then(() => settledFor(order));
  };
  const { post } = await openRestDoor(t, { gateways: [gateway], limits: { copyWaitMs: 20 } });
  const first = post('/v1/deposits', deposit);
  await submitted.promise;
  const copy = await post('/v1/deposits', deposit);
  assert.deepEqual([copy.status, read(copy)['status']], [202, 'ACSP']);
  resolve();
  assert.equal((await first).status, 201);
});

test('one reference through both doors is one payment of that partner, and of no other', async (t) => {
  const gateway = scriptedGateway();
  const { post, payments } = await openRestDoor(t, { gateways: [gateway] });
  const partner = someClients[0]!;
  const bySoap = paid(await payments.initiate(partner, someRequest(), { correlationId: 'c-1' }));
  const byRest = await post('/v1/deposits', deposit);
  assert.deepEqual([byRest.status, read(byRest)['id']], [200, bySoap.id]);
  const other = await post('/v1/deposits', deposit, { as: 'shop' });
  assert.equal(other.status, 201);
  assert.notEqual(read(other)['id'], bySoap.id);
  assert.equal(gateway.orders.length, 2);
});

test('the Idempotency-Key, where there is one, is the reference', async (t) => {
  const { post } = await openRestDoor(t);
  const withKey = async (key: string) =>
    post('/v1/deposits', deposit, { headers: [['Idempotency-Key', key]] });
  assert.deepEqual(refusalOf(await withKey('ref-2')), [400, 'IDEMPOTENCY_KEY_OTHER', 'UNKNOWN', 'SAME_ID']);
  assert.deepEqual(refusalOf(await withKey('')), [400, 'IDEMPOTENCY_KEY_OTHER', 'UNKNOWN', 'SAME_ID']);
  assert.equal((await withKey('ref-1')).status, 201);
  assert.equal((await withKey('"ref-1"')).status, 200);
  const twice = [
    ['Idempotency-Key', 'ref-1'],
    ['Idempotency-Key', 'ref-1'],
  ] as const;
  assert.equal(refusalOf(await post('/v1/deposits', deposit, { headers: twice }))[1], 'HEADER_REPEATED');
  const transfer = {
    transferId: 't-1',
    brand: 'lucky',
    playerId: 'player-1',
    direction: 'TO_PLAY',
    amount: { value: '1.00', currency: 'EUR' },
  };
  const other = { headers: [['Idempotency-Key', 't-2']] } as const;
  assert.equal(refusalOf(await post('/v1/transfers', transfer, other))[1], 'IDEMPOTENCY_KEY_OTHER');
});

test('the same reference with other content is refused, and says what became of the first', async (t) => {
  const { post } = await openRestDoor(t);
  const first = read(await post('/v1/deposits', deposit));
  const other = await post('/v1/deposits', { ...deposit, playerId: 'player-2' });
  assert.deepEqual(refusalOf(other), [422, 'REFERENCE_REUSED', 'EXECUTED', 'NO']);
  assert.equal((other.json as { paymentId: string }).paymentId, first['id']);
  const crossed = await post('/v1/withdrawals', { ...withdrawal, partnerReference: 'ref-1' });
  assert.equal(refusalOf(crossed)[1], 'REFERENCE_REUSED');
});

type Row = readonly [string, string, object | string, number, string, string, string];

/** A request with what is changed in it, and how it is refused: status, code, outcome, retry. */
const refusals: readonly Row[] = [
  ['a brand of others', 'deposits', { brand: 'north' }, 403, 'BRAND_FORBIDDEN', 'NOT_EXECUTED', 'NEW_ID'],
  [
    'a currency of others',
    'deposits',
    { amount: { value: '1', currency: 'USD' } },
    422,
    'CURRENCY_FORBIDDEN',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'a currency of nobody',
    'deposits',
    { amount: { value: '1', currency: 'EUX' } },
    422,
    'CURRENCY_FORBIDDEN',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'too many decimals',
    'deposits',
    { amount: { value: '1.001', currency: 'EUR' } },
    422,
    'AMOUNT_TOO_MANY_DECIMALS',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'nothing',
    'deposits',
    { amount: { value: '0', currency: 'EUR' } },
    422,
    'AMOUNT_ZERO',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'too much',
    'deposits',
    { amount: { value: '10000.01', currency: 'EUR' } },
    422,
    'AMOUNT_ABOVE_LIMIT',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'nowhere to pay to',
    'withdrawals',
    { creditor: { name: 'E' } },
    422,
    'CREDITOR_ACCOUNT_MISSING',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'a card number',
    'deposits',
    { debtor: { account: { other: '4111 1111 1111 1111' } } },
    422,
    'CARD_NUMBER_REFUSED',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'a property',
    'deposits',
    { properties: { colour: 'red' } },
    422,
    'PROPERTY_UNKNOWN',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'a validity that has passed',
    'deposits',
    { validUntil: '2020-01-01T00:00:00Z' },
    422,
    'VALIDITY_PASSED',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'no gateway for it',
    'deposits',
    { amount: { value: '5', currency: 'JPY' } },
    422,
    'NO_ROUTE',
    'NOT_EXECUTED',
    'NEW_ID',
  ],
  [
    'a creditor of a deposit',
    'deposits',
    { creditor: { name: 'E' } },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'a debtor of a withdrawal',
    'withdrawals',
    { debtor: { name: 'E' } },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'a creditor without a name',
    'withdrawals',
    { creditor: {} },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'both accounts',
    'deposits',
    { debtor: { account: { iban: 'DE02120300000000202051', other: '1' } } },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'a day that is none',
    'deposits',
    { requestedExecutionDate: '2026-02-30' },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'an instant that is none',
    'deposits',
    { validUntil: '2026-02-30T00:00:00Z' },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  ['a member too many', 'deposits', { messageId: 'm-1' }, 400, 'REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'],
  ['no reference', 'deposits', { partnerReference: undefined }, 400, 'REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'],
  ['null for nothing', 'deposits', { brand: null }, 400, 'REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'],
  [
    'a lone surrogate',
    'deposits',
    { remittanceInformation: '\ud800' },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'what XML cannot carry',
    'deposits',
    { remittanceInformation: '\uFFFE' },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'a member twice',
    'deposits',
    '{"playerId":"a","playerId":"b"}',
    400,
    'JSON_NOT_ALLOWED',
    'UNKNOWN',
    'SAME_ID',
  ],
  ['too deep', 'deposits', '['.repeat(17) + ']'.repeat(17), 400, 'JSON_NOT_ALLOWED', 'UNKNOWN', 'SAME_ID'],
  ['nothing that is JSON', 'deposits', 'playerId=a', 400, 'JSON_NOT_WELL_FORMED', 'UNKNOWN', 'SAME_ID'],
];

test('what is refused leaves nothing behind, and says no value', async (t) => {
  const gateway = scriptedGateway({ capabilities: { currencies: ['EUR'] } });
  const { post, ledger } = await openRestDoor(t, { gateways: [gateway] });
  for (const [name, path, changed, ...expected] of refusals) {
    await t.test(`${name}: ${expected[1]}`, async () => {
      const whole = path === 'deposits' ? deposit : withdrawal;
      const reply = await post(
        `/v1/${path}`,
        typeof changed === 'string' ? changed : { ...whole, ...changed },
      );
      assert.deepEqual(refusalOf(reply), expected);
      assert.doesNotMatch(reply.text, /Erika|DE02|4111|messageId|colour/);
    });
  }
  assert.deepEqual(await ledger.payments({}, { limit: 10 }), []);
  assert.deepEqual(gateway.orders, []);
});

test('violations name the places, the missing ones too, and never what a caller called them', async (t) => {
  const { post } = await openRestDoor(t);
  const reply = await post('/v1/deposits', {
    playerId: 'a b',
    amount: { value: '1' },
    paymentMethod: 'CASH',
    'DE02 1203': 1,
  });
  const { violations } = read(reply, 'problem');
  assert.deepEqual(violations, [
    { path: '/partnerReference', rule: 'required' },
    { path: '/', rule: 'additionalProperties' },
    { path: '/playerId', rule: 'pattern' },
    { path: '/amount/currency', rule: 'required' },
    { path: '/paymentMethod', rule: 'enum' },
  ]);
});

/** Who asks for what, and what he reads: a status, and a code where it is refused. */
const permissions: readonly (readonly [string, readonly string[], 'POST' | 'GET', string, string])[] = [
  ['pays in', ['deposit'], 'POST', '/v1/deposits', '201'],
  ['pays in without leave', ['withdrawal', 'read'], 'POST', '/v1/deposits', '403 OPERATION_FORBIDDEN'],
  ['pays out', ['withdrawal'], 'POST', '/v1/withdrawals', '201'],
  ['pays out without leave', ['deposit', 'read'], 'POST', '/v1/withdrawals', '403 OPERATION_FORBIDDEN'],
  ['transfers without leave', ['deposit', 'read'], 'POST', '/v1/transfers', '403 OPERATION_FORBIDDEN'],
  ['cancels without leave', ['status', 'read'], 'POST', '/v1/payments/ID/cancel', '403 OPERATION_FORBIDDEN'],
  [
    "cancels another's payment",
    ['cancel', 'read'],
    'POST',
    '/v1/payments/ID/cancel',
    '404 PAYMENT_NOT_FOUND',
  ],
  ["reads another's payment", ['read'], 'GET', '/v1/payments/ID', '200'],
  ["looks at another's payment", ['status'], 'GET', '/v1/payments/ID', '404 PAYMENT_NOT_FOUND'],
  ['looks without leave', ['deposit'], 'GET', '/v1/payments/ID', '403 OPERATION_FORBIDDEN'],
  ['reads balances', ['read'], 'GET', '/v1/players/lucky/player-1/balances', '200'],
  [
    'reads balances without leave',
    ['status'],
    'GET',
    '/v1/players/lucky/player-1/balances',
    '403 OPERATION_FORBIDDEN',
  ],
  ['lists payments', ['read'], 'GET', '/v1/payments', '200'],
  ['lists his own', ['status'], 'GET', '/v1/payments', '200'],
  ['lists without leave', ['deposit'], 'GET', '/v1/payments', '403 OPERATION_FORBIDDEN'],
  ["lists another's", ['status'], 'GET', '/v1/payments?partner=core', '403 OPERATION_FORBIDDEN'],
  ['lists entries', ['read'], 'GET', '/v1/entries', '200'],
  ['lists entries without leave', ['status'], 'GET', '/v1/entries', '403 OPERATION_FORBIDDEN'],
  ['reads the contract', [], 'GET', '/v1/openapi.json', '200'],
];

const bodies: Readonly<Record<string, object>> = {
  '/v1/deposits': { ...deposit, partnerReference: 'asked-1' },
  '/v1/withdrawals': { ...withdrawal, partnerReference: 'asked-2' },
  '/v1/transfers': {
    transferId: 't-1',
    brand: 'lucky',
    playerId: 'player-1',
    direction: 'TO_PLAY',
    amount: { value: '1.00', currency: 'EUR' },
  },
};

test('each endpoint asks for its own leave', async (t) => {
  const { ask, post, setPartners } = await openRestDoor(t);
  const { id } = read(await post('/v1/deposits', deposit));
  for (const [name, operations, method, path, expected] of permissions) {
    await t.test(`who ${name}: ${expected}`, async () => {
      setPartners([restPartner('asker', { operations: operations as never })]);
      const reply = await ask({
        method,
        path: path.replace('ID', String(id)),
        headers: [bearer(tokenOf('asker')), ...(method === 'POST' ? [json] : [])],
        ...(method === 'POST' && { body: JSON.stringify(bodies[path] ?? {}) }),
      });
      const refused = reply.status >= 400 ? ` ${String(refusalOf(reply)[1])}` : '';
      assert.equal(`${reply.status}${refused}`, expected);
    });
  }
});

test('a transfer stays within the brands and currencies of its partner', async (t) => {
  const { post, setPartners } = await openRestDoor(t);
  setPartners([restPartner('core', { brands: ['lucky'], defaultBrand: 'lucky', currencies: ['EUR'] })]);
  const transfer = bodies['/v1/transfers'];
  const brand = await post('/v1/transfers', { ...transfer, brand: 'royal' });
  assert.deepEqual(refusalOf(brand), [403, 'BRAND_FORBIDDEN', 'UNKNOWN', 'SAME_ID']);
  const currency = await post('/v1/transfers', { ...transfer, amount: { value: '1', currency: 'JPY' } });
  assert.deepEqual(refusalOf(currency), [422, 'CURRENCY_FORBIDDEN', 'UNKNOWN', 'SAME_ID']);
});

test('the token of the home looks and transfers, and pays nothing', async (t) => {
  const homeToken = tokenOf('home');
  const { post, get, payments } = await openRestDoor(t, { partners: [], homeToken });
  await payments.initiate(someClients[0]!, someRequest(), { correlationId: 'c-1' });
  const as = 'home';
  for (const path of ['/v1/deposits', '/v1/withdrawals']) {
    const reply = await post(path, path.endsWith('deposits') ? deposit : withdrawal, { as });
    assert.deepEqual(refusalOf(reply), [403, 'CLIENT_WITHOUT_PARTNER', 'UNKNOWN', 'SAME_ID']);
  }
  const listed = await get('/v1/payments', { as });
  const [{ id } = { id: '' }] = (listed.json as { payments: { id: string }[] }).payments;
  assert.equal(refusalOf(await post(`/v1/payments/${id}/cancel`, {}, { as }))[1], 'CLIENT_WITHOUT_PARTNER');
  assert.equal((await get(`/v1/payments/${id}`, { as })).status, 200);
  assert.equal((await post('/v1/transfers', bodies['/v1/transfers'], { as })).status, 200);
});

test('who is disabled is refused at his next request, and the log learns who he was', async (t) => {
  const { get, setPartners, told } = await openRestDoor(t);
  assert.equal((await get('/v1/payments', { as: 'shop' })).status, 200);
  setPartners(someClients.map((partner) => ({ ...partner, enabled: partner.id !== 'shop' })));
  const reply = await get('/v1/payments', { as: 'shop' });
  assert.deepEqual(refusalOf(reply), [401, 'CREDENTIALS_NOT_ACCEPTED', 'UNKNOWN', 'SAME_ID']);
  assert.doesNotMatch(reply.text, /disabled|shop/);
  const about: { partnerId?: string } | undefined = told.at(-1)?.about;
  assert.equal(about?.partnerId, 'shop');
});

test('who is disabled while his body is on its way gets no further', async (t) => {
  const { port, setPartners, ledger } = await openRestDoor(t);
  const body = JSON.stringify(deposit);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /v1/deposits HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${bearer(tokenOf('core')).join(': ')}\r\n` +
      `${json.join(': ')}\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  // Who is told to go on has passed the first look.
  await once(socket, 'data');
  setPartners(someClients.map((partner) => ({ ...partner, enabled: false })));
  socket.write(body);
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += String(piece);
  assert.match(text, /^HTTP\/1\.1 401 [\s\S]*"CREDENTIALS_NOT_ACCEPTED"/);
  assert.deepEqual(await ledger.payments({}, { limit: 10 }), []);
});

test('an answer is waited for so long and no longer, and the payment goes on', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const gateway = scriptedGateway();
  gateway.onSubmit = async (order) => promise.then(() => settledFor(order));
  // Long enough for the ledger's writer to have started, which a door does not wait for.
  const doorLimits = { answerTimeoutMs: 1_500 };
  const { post, told } = await openRestDoor(t, { gateways: [gateway], doorLimits });
  const late = await post('/v1/deposits', deposit);
  assert.deepEqual(refusalOf(late), [500, 'INTERNAL_ERROR', 'UNKNOWN', 'SAME_ID']);
  const failure = told.find(({ event }) => event === 'failed')?.about as { error: Error; partnerId: string };
  assert.deepEqual([failure.error.name, failure.partnerId], ['AnswerTimeout', 'core']);
  resolve();
  const again = await post('/v1/deposits', deposit);
  assert.deepEqual([again.status, gateway.orders.length], [200, 1]);
});
