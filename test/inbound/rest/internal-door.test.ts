import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import type { Endpoint } from '../../../src/inbound/rest/endpoint.ts';
import type { HttpCall } from '../../support/http.ts';
import { paid, someRequest, somePartner } from '../../support/payments.ts';
import { bearer as bearerOf, type DoorChanges, json, openRestDoor, tokenOf } from './open-door.ts';

const token = tokenOf('core');
const bearer = bearerOf(token);

/** The door over a real ledger, with one completed deposit of 10.00 EUR for player-1 of the brand lucky. */
async function openDoor(t: TestContext, changes: DoorChanges = {}) {
  const door = await openRestDoor(t, changes);
  const { payments, ask, post } = door;
  const deposit = paid(await payments.initiate(somePartner(), someRequest(), { correlationId: 'c-1' }));
  const authorized = async ({ headers = [], ...asked }: HttpCall) =>
    ask({ ...asked, headers: [bearer, ...headers] });
  const transfer = async (changed: object = {}) => post('/v1/transfers', { ...someTransfer, ...changed });
  return { ...door, authorized, transfer, deposit };
}

const someTransfer = {
  transferId: 'transfer-1',
  brand: 'lucky',
  playerId: 'player-1',
  direction: 'TO_PLAY',
  amount: { value: '4.00', currency: 'EUR' },
};

test('monitoring needs no credentials: health, ready, metrics', async (t) => {
  const { ask } = await openDoor(t);
  assert.deepEqual((await ask({ path: '/health' })).json, { status: 'up' });
  const ready = await ask({ path: '/ready' });
  assert.equal(ready.status, 200);
  assert.deepEqual(ready.json, {
    status: 'ready',
    ledger: { status: 'up' },
    gateways: [{ name: 'bank', breaker: 'closed' }],
    certificates: { status: 'up' },
  });
  const metrics = await ask({ path: '/metrics' });
  assert.match(metrics.headers['content-type'] ?? '', /^text\/plain/);
  assert.match(metrics.text, /^cagebridge_payments\{state="completed"\} 1$/m);
});

test('who stops is alive but not ready', async (t) => {
  const { ask, stop } = await openDoor(t);
  stop();
  assert.equal((await ask({ path: '/health' })).status, 200);
  const ready = await ask({ path: '/ready' });
  assert.deepEqual([ready.status, (ready.json as { status: string }).status], [503, 'stopping']);
});

test('a ledger that is away: not ready, and refused with a word on when to come again', async (t) => {
  const { ask, authorized, ledger, told } = await openDoor(t);
  await ledger.close();
  const ready = await ask({ path: '/ready' });
  assert.equal(ready.status, 503);
  assert.deepEqual((ready.json as { ledger: object }).ledger, { status: 'down' });
  const read = await authorized({ path: '/v1/players/lucky/player-1/balances' });
  assert.equal(read.status, 503);
  const { code, outcome, retry } = read.json as Record<string, string>;
  assert.deepEqual([code, outcome, retry], ['LEDGER_UNAVAILABLE', 'UNKNOWN', 'SAME_ID']);
  assert.equal(read.headers['retry-after'], '2');
  const failure = told.find(({ event }) => event === 'ledgerFailed')?.about as Record<string, unknown>;
  assert.deepEqual(
    [failure['trouble'], failure['correlationId']],
    ['closed', read.headers['x-correlation-id']],
  );
  assert.equal((await ask({ path: '/metrics' })).status, 200);
});

test('a payment is told without its counterparty', async (t) => {
  const { authorized, deposit } = await openDoor(t);
  const { status, json: view, text } = await authorized({ path: `/v1/payments/${deposit.id}` });
  assert.equal(status, 200);
  assert.doesNotMatch(text, /Erika|DE02|Mustermann/);
  const { acceptedAt, endedAt, history, ...rest } = view as Record<string, unknown> & { history: unknown[] };
  assert.deepEqual(rest, {
    id: deposit.id,
    partner: 'partner-a',
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
  assert.equal(acceptedAt, deposit.acceptedAt.toISOString());
  assert.match(String(endedAt), /Z$/);
  assert.deepEqual(
    history.map((entry) => (entry as { status: string }).status),
    ['ACSP', 'ACSC'],
  );
});

test('what a player has at the cage, and what nobody ever had', async (t) => {
  const { authorized } = await openDoor(t);
  const { json: mine } = await authorized({ path: '/v1/players/lucky/player-1/balances' });
  assert.deepEqual(mine, {
    brand: 'lucky',
    playerId: 'player-1',
    balances: [{ currency: 'EUR', posted: '10.00', held: '0.00', available: '10.00' }],
  });
  const { status, json: nobodys } = await authorized({ path: '/v1/players/lucky/nobody/balances' });
  assert.deepEqual([status, (nobodys as { balances: unknown[] }).balances], [200, []]);
});

test('a transfer moves money once, however often it is sent', async (t) => {
  const { transfer, authorized } = await openDoor(t);
  const first = await transfer();
  assert.equal(first.status, 200);
  assert.equal(first.headers['idempotency-replayed'], undefined);
  const { at, ...receipt } = first.json as Record<string, unknown>;
  assert.deepEqual(receipt, someTransfer);
  assert.match(String(at), /^\d{4}-.*Z$/);

  const again = await transfer({ amount: { value: '4', currency: 'EUR' } });
  assert.equal(again.text, first.text);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  const { json: after } = await authorized({ path: '/v1/players/lucky/player-1/balances' });
  assert.equal((after as { balances: { available: string }[] }).balances[0]?.available, '6.00');

  await transfer({
    transferId: 'transfer-2',
    direction: 'FROM_PLAY',
    amount: { value: '1.50', currency: 'EUR' },
  });
  const { json: last } = await authorized({ path: '/v1/players/lucky/player-1/balances' });
  assert.equal((last as { balances: { available: string }[] }).balances[0]?.available, '7.50');
});

test('a transfer is told under the correlation id of its caller', async (t) => {
  const { authorized, happened } = await openDoor(t);
  const headers = [json, ['X-Correlation-Id', 'core-4711']] as const;
  await authorized({ method: 'POST', path: '/v1/transfers', headers, body: JSON.stringify(someTransfer) });
  const { told, about } = happened.at(-1)!;
  assert.deepEqual([told, about['correlationId']], ['transferred', 'core-4711']);
});

/** A transfer that is changed, and how it is refused: status, code, outcome, retry. */
const transferRefusals: readonly (readonly [string, object, number, string, string, string])[] = [
  [
    'too little available',
    { amount: { value: '10.01', currency: 'EUR' } },
    422,
    'INSUFFICIENT_FUNDS',
    'NOT_EXECUTED',
    'SAME_ID',
  ],
  [
    'too many decimals',
    { amount: { value: '1.001', currency: 'EUR' } },
    422,
    'AMOUNT_TOO_MANY_DECIMALS',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'an unknown currency',
    { amount: { value: '1.00', currency: 'EUX' } },
    422,
    'CURRENCY_FORBIDDEN',
    'UNKNOWN',
    'SAME_ID',
  ],
  ['nothing', { amount: { value: '0.00', currency: 'EUR' } }, 422, 'AMOUNT_ZERO', 'UNKNOWN', 'SAME_ID'],
  ['an unknown brand', { brand: 'nowhere' }, 403, 'BRAND_FORBIDDEN', 'UNKNOWN', 'SAME_ID'],
  [
    'an amount that is a number',
    { amount: { value: 4, currency: 'EUR' } },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'an amount with an exponent',
    { amount: { value: '1e3', currency: 'EUR' } },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  [
    'a negative amount',
    { amount: { value: '-4.00', currency: 'EUR' } },
    400,
    'REQUEST_INVALID',
    'UNKNOWN',
    'SAME_ID',
  ],
  ['no direction', { direction: undefined }, 400, 'REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'],
  ['a member too many', { note: 'x' }, 400, 'REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'],
  ['a colon in the player', { playerId: 'a:b' }, 400, 'REQUEST_INVALID', 'UNKNOWN', 'SAME_ID'],
];

test('a transfer that is refused moves nothing', async (t) => {
  const { transfer, ledger } = await openDoor(t);
  for (const [name, changes, status, code, outcome, retry] of transferRefusals) {
    await t.test(`${name}: ${code}`, async () => {
      const reply = await transfer(changes);
      const problem = reply.json as Record<string, unknown>;
      assert.equal(reply.headers['content-type'], 'application/problem+json');
      const said = [reply.status, problem['code'], problem['outcome'], problem['retry']];
      assert.deepEqual(said, [status, code, outcome, retry]);
      assert.equal(problem['correlationId'], reply.headers['x-correlation-id']);
    });
  }
  assert.equal((await ledger.entries({}, { limit: 10 })).length, 1);
});

test('violations name places and rules, and repeat no value', async (t) => {
  const { transfer } = await openDoor(t);
  const { json: problem, text } = await transfer({
    playerId: 'DE02:SECRET',
    amount: { value: 'SECRET', currency: 'EUR' },
  });
  assert.doesNotMatch(text, /SECRET/);
  assert.deepEqual((problem as { violations: object[] }).violations, [
    { path: '/playerId', rule: 'pattern' },
    { path: '/amount/value', rule: 'pattern' },
  ]);
});

test('the same transfer id with another meaning is refused, and says what became of the first', async (t) => {
  const { transfer } = await openDoor(t);
  await transfer();
  const { status, json: problem } = await transfer({ amount: { value: '5.00', currency: 'EUR' } });
  const { code, reasonCode, outcome, retry, type } = problem as Record<string, string>;
  assert.deepEqual(
    [status, code, reasonCode, outcome, retry],
    [422, 'REFERENCE_REUSED', 'DU04', 'EXECUTED', 'NO'],
  );
  assert.equal(type, 'urn:cagebridge:problem:reference-reused');
});

const body = JSON.stringify(someTransfer);
const post = { method: 'POST', path: '/v1/transfers', body } as const;

/** A request, and what it reads instead of an answer. */
const doorRefusals: readonly (readonly [string, HttpCall, number, string])[] = [
  ['no token', { path: '/v1/payments/x' }, 401, 'CREDENTIALS_MISSING'],
  [
    'another token',
    { path: '/v1/payments/x', headers: [['Authorization', 'Bearer another']] },
    401,
    'CREDENTIALS_NOT_ACCEPTED',
  ],
  [
    'another scheme',
    { path: '/v1/payments/x', headers: [['Authorization', `Basic ${token}`]] },
    401,
    'CREDENTIALS_NOT_ACCEPTED',
  ],
  ['the token twice', { path: '/v1/payments/x', headers: [bearer, bearer] }, 400, 'HEADER_REPEATED'],
  [
    'two content types',
    { ...post, headers: [bearer, json, ['content-type', 'text/plain']] },
    400,
    'HEADER_REPEATED',
  ],
  [
    'two hosts',
    {
      path: '/health',
      headers: [
        ['Host', 'localhost'],
        ['Host', 'evil.example'],
      ],
    },
    400,
    'HEADER_REPEATED',
  ],
  [
    'a host that is not ours',
    { path: '/health', headers: [['Host', 'evil.example']] },
    403,
    'HOST_NOT_ALLOWED',
  ],
  [
    'a host with our name in it',
    { path: '/health', headers: [['Host', 'localhost.evil.example']] },
    403,
    'HOST_NOT_ALLOWED',
  ],
  [
    'an address that is another machine’s',
    { path: '/health', headers: [['Host', '127.0.0.2']] },
    403,
    'HOST_NOT_ALLOWED',
  ],
  [
    'a foreign origin',
    { path: '/metrics', headers: [['Origin', 'https://evil.example']] },
    403,
    'ORIGIN_FOREIGN',
  ],
  ['the null origin', { path: '/metrics', headers: [['Origin', 'null']] }, 403, 'ORIGIN_FOREIGN'],
  ['a path that is not there', { path: '/v1/nothing', headers: [bearer] }, 404, 'NOTHING_HERE'],
  ['a path that cannot be decoded', { path: '/v1/payments/%zz', headers: [bearer] }, 404, 'NOTHING_HERE'],
  ['a path in another case', { path: '/V1/transfers', headers: [bearer] }, 404, 'NOTHING_HERE'],
  ['an id that is none', { path: '/v1/payments/x', headers: [bearer] }, 404, 'PAYMENT_NOT_FOUND'],
  [
    'a payment that is not there',
    { path: '/v1/payments/0199a1b2-c3d4-7e5f-8a6b-123456789012', headers: [bearer] },
    404,
    'PAYMENT_NOT_FOUND',
  ],
  [
    'a brand that cannot be',
    { path: '/v1/players/a%3Ab/p/balances', headers: [bearer] },
    400,
    'REQUEST_INVALID',
  ],
  [
    'another method',
    { method: 'DELETE', path: '/v1/transfers', headers: [bearer] },
    405,
    'METHOD_NOT_ALLOWED',
  ],
  [
    'a post to what is read',
    { method: 'POST', path: '/health', body: '{}', headers: [json] },
    405,
    'METHOD_NOT_ALLOWED',
  ],
  ['text', { ...post, headers: [bearer, ['Content-Type', 'text/plain']] }, 415, 'MEDIA_TYPE_NOT_ACCEPTED'],
  ['no media type', { ...post, headers: [bearer] }, 415, 'MEDIA_TYPE_NOT_ACCEPTED'],
  [
    'another charset',
    { ...post, headers: [bearer, ['Content-Type', 'application/json; charset=latin1']] },
    415,
    'MEDIA_TYPE_NOT_ACCEPTED',
  ],
  [
    'a packed body',
    { ...post, headers: [bearer, json, ['Content-Encoding', 'gzip']] },
    415,
    'MEDIA_TYPE_NOT_ACCEPTED',
  ],
  [
    'half a document',
    { ...post, body: body.slice(0, 20), headers: [bearer, json] },
    400,
    'JSON_NOT_WELL_FORMED',
  ],
  ['no document', { ...post, body: '', headers: [bearer, json] }, 400, 'JSON_NOT_WELL_FORMED'],
  [
    'bytes that are not UTF-8',
    { ...post, body: Buffer.from([0x22, 0xff, 0x22]), headers: [bearer, json] },
    400,
    'JSON_NOT_WELL_FORMED',
  ],
  ['a list', { ...post, body: '[]', headers: [bearer, json] }, 400, 'REQUEST_INVALID'],
  [
    'a prototype',
    { ...post, body: '{"__proto__":{"transferId":"x"}}', headers: [bearer, json] },
    400,
    'REQUEST_INVALID',
  ],
  ['70 kB', { ...post, body: `"${'x'.repeat(70_000)}"`, headers: [bearer, json] }, 413, 'BODY_TOO_LARGE'],
];

test('what the door refuses, it refuses in problem+json', async (t) => {
  const { ask, told } = await openDoor(t);
  for (const [name, asked, status, code] of doorRefusals) {
    await t.test(`${name}: ${status} ${code}`, async () => {
      const reply = await ask(asked);
      const problem = reply.json as Record<string, unknown>;
      assert.deepEqual([reply.status, problem['code'], problem['status']], [status, code, status]);
      assert.equal(reply.headers['content-type'], 'application/problem+json');
      assert.deepEqual([problem['outcome'], problem['retry']], ['UNKNOWN', 'SAME_ID']);
      assert.equal(reply.headers['x-powered-by'], undefined);
      assert.equal(told.pop()?.event, 'refused');
      assert.deepEqual(told, []);
      if (status === 401) assert.match(reply.headers['www-authenticate'] ?? '', /^Bearer/);
      if (status === 405) assert.match(reply.headers.allow ?? '', /^(GET, HEAD|POST)$/);
    });
  }
});

test('our own origin, localhost, and HEAD are welcome', async (t) => {
  const { ask, port } = await openDoor(t);
  const own = [
    ['Host', `localhost:${port}`],
    ['Origin', `http://localhost:${port}`],
  ] as const;
  assert.equal((await ask({ path: '/health', headers: own })).status, 200);
  const head = await ask({ method: 'HEAD', path: '/health' });
  assert.deepEqual([head.status, head.text], [200, '']);
});

test("a caller's correlation id is kept where it is one", async (t) => {
  const { ask } = await openDoor(t);
  const withId = async (id: string) =>
    (await ask({ path: '/health', headers: [['X-Correlation-Id', id]] })).headers['x-correlation-id'];
  assert.equal(await withId('core-4711'), 'core-4711');
  assert.match(String(await withId('a b')), /^[0-9a-f-]{36}$/);
});

test('a failure of ours says so, without a word of it', async (t) => {
  const broken: Endpoint = {
    method: 'GET',
    path: '/v1/broken',
    operation: 'broken',
    respond: () => Promise.reject(new Error('SECRET of Erika')),
  };
  const invalid: Endpoint = {
    method: 'GET',
    path: '/v1/invalid',
    operation: 'invalid',
    response: { type: 'object', required: ['value'] },
    respond: () => Promise.resolve({ document: { other: 'SECRET' } }),
  };
  const { authorized, told } = await openDoor(t, { more: [broken, invalid] });
  for (const path of ['/v1/broken', '/v1/invalid']) {
    const { status, json: problem, text } = await authorized({ path });
    assert.deepEqual([status, (problem as { code: string }).code], [500, 'INTERNAL_ERROR']);
    assert.doesNotMatch(text, /SECRET|Erika|Error:|\.ts/);
  }
  assert.deepEqual(
    told.map(({ event }) => event),
    ['failed', 'refused', 'answerInvalidated', 'refused'],
  );
  assert.partialDeepStrictEqual(told[2], { about: { answer: 'invalid', findings: ['/: required'] } });
});

test('one client cannot take every place, and who is turned away takes none', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow: Endpoint = {
    method: 'GET',
    path: '/v1/slow',
    operation: 'slow',
    respond: async () => promise.then(() => ({ document: {} })),
  };
  const doorLimits = { requestsMax: 3, partnerRequestsMax: 2 };
  const { ask, get } = await openDoor(t, { doorLimits, more: [slow] });
  const mine = Array.from({ length: 3 }, async () => get('/v1/slow'));
  assert.equal((await Promise.race(mine)).status, 503);
  const strangers = Array.from({ length: 5 }, async () => ask({ path: '/v1/slow' }));
  for (const { status } of await Promise.all(strangers)) assert.equal(status, 401);
  assert.equal((await get('/v1/payments', { as: 'shop' })).status, 200);
  resolve();
  const statuses = (await Promise.all(mine)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 2);
  assert.equal((await get('/v1/payments')).status, 200, 'a place that was left is free');
});

/** An endpoint whose work ends when the test says so, and that tells when so many are at it. */
function slowWork(expected: number) {
  const [arrived, decided] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let working = 0;
  const endpoint: Endpoint = {
    method: 'GET',
    path: '/v1/slow',
    operation: 'slow',
    async respond() {
      working += 1;
      if (working === expected) arrived.resolve();
      await decided.promise;
      return { document: {} };
    },
  };
  return { endpoint, arrived: arrived.promise, decide: decided.resolve };
}

test('who hangs up has his places until his work has ended', async (t) => {
  const { endpoint, arrived, decide } = slowWork(2);
  const { port, get } = await openDoor(t, { doorLimits: { partnerRequestsMax: 2 }, more: [endpoint] });
  const callers = [1, 2].map(() => connect(port, '127.0.0.1'));
  const request = `GET /v1/slow HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  for (const caller of callers) caller.write(request);
  await arrived;
  for (const caller of callers) caller.destroy();
  assert.equal((await get('/v1/payments', { as: 'shop' })).status, 200, 'the others keep theirs');
  assert.equal((await get('/v1/payments')).status, 503);
  decide();
  assert.equal((await get('/v1/payments')).status, 200);
});

test('who is told that his answer takes too long has his place until it is there', async (t) => {
  const { endpoint, decide } = slowWork(1);
  const doorLimits = { partnerRequestsMax: 1, answerTimeoutMs: 50 };
  const { get } = await openDoor(t, { doorLimits, more: [endpoint] });
  assert.equal((await get('/v1/slow')).status, 500);
  assert.equal((await get('/v1/payments')).status, 503);
  decide();
  assert.equal((await get('/v1/payments')).status, 200);
});

test('more requests at once than the door takes are told to come again', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow: Endpoint = {
    method: 'GET',
    path: '/v1/slow',
    operation: 'slow',
    respond: async () => promise.then(() => ({ document: {} })),
  };
  const { ask, authorized, told } = await openDoor(t, { doorLimits: { requestsMax: 1 }, more: [slow] });
  const first = authorized({ path: '/v1/slow' });
  const second = authorized({ path: '/v1/slow' });
  const refused = await Promise.race([first, second]);
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '2']);
  assert.equal((refused.json as { code: string }).code, 'OVERLOADED');
  assert.equal((await ask({ path: '/health' })).status, 200, 'monitoring is answered all the same');
  const foreign = await ask({ path: '/health', headers: [['Host', 'evil.example']] });
  assert.equal(foreign.status, 403);
  told.splice(1);
  resolve();
  const statuses = new Set((await Promise.all([first, second])).map(({ status }) => status));
  assert.deepEqual(statuses, new Set([200, 503]));
  assert.deepEqual(
    told.map(({ event }) => event),
    ['refused', 'answered'],
  );
});

test('a body that does not come is not waited for', async (t) => {
  const { port } = await openDoor(t, { doorLimits: { bodyTimeoutMs: 50, drainMsMax: 50 } });
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /v1/transfers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += String(piece);
  assert.match(text, /^HTTP\/1\.1 408 /);
  assert.match(text, /"code":"BODY_INCOMPLETE"/);
});

/** Bytes that are no request, and what they read. */
const noRequests: readonly (readonly [string, string, number, string])[] = [
  ['nonsense', 'NONSENSE\r\n\r\n', 400, 'malformedHttp'],
  ['headers without an end', `GET /health HTTP/1.1\r\nX-Long: ${'a'.repeat(20_000)}`, 431, 'headersTooLarge'],
  ['headers that do not come', 'GET /health HTTP/1.1\r\nHost: ', 408, 'headersTooSlow'],
];

for (const [name, bytes, status, reason] of noRequests) {
  test(`${name}: ${status}, and told`, async (t) => {
    const { port, told } = await openDoor(t, { doorLimits: { headersTimeoutMs: 100, checkIntervalMs: 20 } });
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    let text = '';
    for await (const piece of socket.setEncoding('utf8')) text += String(piece);
    assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `));
    const about = { operation: 'none', reason, status, durationMs: 0 };
    assert.deepEqual(told, [{ event: 'refused', about }]);
  });
}

test('one connection more than the door takes is closed, and told', async (t) => {
  const { port, told } = await openDoor(t, { doorLimits: { connectionsMax: 1 } });
  const first = connect(port, '127.0.0.1');
  await once(first, 'connect');
  const second = connect(port, '127.0.0.1').on('error', () => {});
  await once(second.resume(), 'close');
  first.destroy();
  assert.deepEqual(told, [{ event: 'connectionDropped', about: {} }]);
});
