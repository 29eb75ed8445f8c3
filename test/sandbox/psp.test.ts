/** What the PSP answers when it is well, and to whom: real TLS, every answer held against the contract. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startSandboxes } from '../../src/sandbox/sandboxes.ts';
import { clientOf, submitPayment } from './running-bank.ts';
import { order, pspClientOf, runPsp, signingKey, type Asking, type Json, type Wrong } from './running-psp.ts';
import { certificates, newHome } from './running.ts';

const payments = '/psp/v1/payments';

test('an order is executed once, answered 201 with its echo, repeated with 200, and found again', async (t) => {
  const psp = await runPsp(t, { clock: { now: () => new Date('2026-11-22T10:00:00Z') } });
  const first = await psp.submit();
  const settled = {
    instructionId: 'I-1',
    pspReference: 'PSP-1',
    status: 'SETTLED',
    amount: order.amount,
    settledAt: '2026-11-22T10:00:00.000Z',
    bookingDate: '2026-11-22',
    valueDate: '2026-11-22',
    fees: [{ kind: 'PROCESSING', amount: { currency: 'EUR', minorUnits: '10' } }],
    updatedAt: '2026-11-22T10:00:00.000Z',
  };
  assert.deepEqual(first, { ...settled, http: 201 });
  assert.deepEqual(await psp.submit(), { ...settled, http: 200 });
  assert.deepEqual(await psp.status(), { ...settled, http: 200 });
  assert.deepEqual(await psp.effects(), [
    {
      gateway: 'psp',
      instructionId: 'I-1',
      direction: 'CRDT',
      amountMinor: '1010',
      currency: 'EUR',
      status: 'settled',
      at: '2026-11-22T10:00:00.000Z',
    },
  ]);
  assert.equal((await psp.instructions())[0]?.['submissions'], 2);
});

test('every member of the contract is taken, in any order, and a payout costs nothing', async (t) => {
  const psp = await runPsp(t);
  const whole = {
    instructionId: 'W-1',
    direction: 'PAYOUT',
    amount: { currency: 'KWD', minorUnits: '1000000000' },
    endToEndId: 'E/1',
    uetr: '8a562c67-ca16-48ba-b074-65581be6f011',
    paymentToken: 'tok_1',
    party: { name: 'Zoë Özil', iban: 'MT31MALT01100000000000000000123', bic: 'MALTMTMT' },
    requestedExecutionDate: '2026-11-23',
    remittanceInformation: 'för dig',
    returnUrl: 'https://casino.example/back',
  };
  const paid = await psp.submit(whole);
  assert.equal(paid['status'], 'SETTLED');
  assert.equal(paid['fees'], undefined);
  const turned = Object.fromEntries(Object.entries({ ...order, ...whole }).toReversed());
  const again = await psp.ask({
    method: 'POST',
    path: payments,
    body: JSON.stringify(turned, undefined, 2),
    idempotencyKey: 'W-1',
  });
  assert.equal(again.status, 200);
  assert.equal((await psp.effects()).length, 1);
});

test('fifty copies at once are one effect: one 201, all others 200', async (t) => {
  const psp = await runPsp(t);
  const answers = await Promise.all(Array.from({ length: 50 }, () => psp.submit()));
  assert.equal(answers.filter(({ http }) => http === 201).length, 1);
  assert.equal(answers.filter(({ http }) => http === 200).length, 49);
  assert.equal((await psp.effects()).length, 1);
  assert.equal((await psp.instructions())[0]?.['submissions'], 50);
});

test('the same id with other content is 409, whichever member differs, and the first stays as it is', async (t) => {
  const psp = await runPsp(t);
  await psp.submit({ party: { name: 'A' } });
  const others: readonly Json[] = [
    { amount: { currency: 'EUR', minorUnits: '1011' } },
    { amount: { currency: 'USD', minorUnits: '1010' } },
    { direction: 'PAYOUT' },
    { method: 'EWALLET' },
    { brand: 'other' },
    { purpose: 'CASH' },
    { endToEndId: 'E' },
    { uetr: '8a562c67-ca16-48ba-b074-65581be6f011' },
    { paymentToken: 't' },
    { party: { name: 'B' } },
    { party: { iban: 'MT31MALT01100000000000000000123' } },
    { party: { otherAccount: '1' } },
    { party: { bic: 'MALTMTMT' } },
    { requestedExecutionDate: '2026-11-23' },
    { remittanceInformation: 'x' },
    { returnUrl: 'https://casino.example/' },
    { amount: { currency: 'EUR', minorUnits: '100000001' } },
  ];
  for (const other of others) {
    const clash = await psp.submit({ party: { name: 'A' }, ...other });
    assert.deepEqual([clash.http, clash['code']], [409, 'DUPLICATE'], Object.keys(other).join());
  }
  assert.equal((await psp.status())['status'], 'SETTLED');
  assert.equal((await psp.effects()).length, 1);
});

const rejected: readonly [minorUnits: string, currency: string, reason: string | undefined][] = [
  ['100000000', 'EUR', undefined],
  ['100000001', 'EUR', 'AM02'],
  ['1000000', 'JPY', undefined],
  ['1000001', 'JPY', 'AM02'],
  ['1000000001', 'KWD', 'AM02'],
  ['0', 'EUR', 'AM01'],
];

for (const [minorUnits, currency, reason] of rejected) {
  test(`${minorUnits} minor units of ${currency} are ${reason === undefined ? 'taken on' : `rejected with ${reason}`}`, async (t) => {
    const psp = await runPsp(t);
    const amount = { currency, minorUnits };
    const answered = await psp.submit({ amount });
    if (reason === undefined) return assert.equal(answered['status'], 'SETTLED');
    const { title: _title, type: _type, ...said } = answered;
    const rejection = { code: 'REJECTED', instructionId: 'I-1', amount, reasonCode: reason };
    assert.deepEqual(said, { ...rejection, status: 422, http: 422 });
    assert.equal((await psp.submit({ amount })).http, 422, 'it is remembered');
    assert.equal((await psp.submit()).http, 409, 'other content does not slip under the id');
    const asked = await psp.status();
    assert.deepEqual([asked['status'], asked['reasonCode']], ['DECLINED', reason]);
    assert.deepEqual(await psp.effects(), []);
    assert.equal((await psp.instructions())[0]?.['status'], 'rejected');
  });
}

test('an id that is not known is 404, for a question and for a cancellation', async (t) => {
  const psp = await runPsp(t);
  for (const answered of [await psp.status('I-9'), await psp.cancel('I-9')]) {
    assert.deepEqual([answered.http, answered['code']], [404, 'PAYMENT_NOT_FOUND']);
  }
});

const refusals: readonly [what: string, wrong: Wrong][] = [
  ['no signature', { headers: { 'Psp-Signature': undefined } }],
  ['no timestamp', { headers: { 'Psp-Timestamp': undefined } }],
  ['no key id', { headers: { 'Psp-Key-Id': undefined } }],
  ['another timestamp than the signed one', { headers: { 'Psp-Timestamp': '1' } }],
  ['a timestamp of 301 seconds ago', { lateSeconds: -301 }],
  ['a timestamp 302 seconds ahead', { lateSeconds: 302 }],
  ['another body', { sentBody: JSON.stringify({ ...order, amount: { currency: 'EUR', minorUnits: '1' } }) }],
  ['the path of another payment', { sentPath: `${payments}/I-2`, sentMethod: 'GET', sentBody: '' }],
  ['another idempotency key', { headers: { 'Idempotency-Key': 'I-2' } }],
  ['no idempotency key, where one was signed', { headers: { 'Idempotency-Key': undefined } }],
  ['a key that is not known', { key: { id: 'other', secret: signingKey.secret } }],
  ['another secret under the known name', { key: { id: 'test', secret: randomBytes(32) } }],
];

for (const [what, wrong] of refusals) {
  test(`a request with ${what} is 401 and has no effect`, async (t) => {
    const psp = await runPsp(t);
    const answered = await psp.submit({}, wrong);
    assert.deepEqual([answered.http, answered['code']], [401, 'UNAUTHORIZED']);
    assert.deepEqual(await psp.instructions(), []);
  });
}

for (const name of ['Psp-Key-Id', 'Psp-Timestamp', 'Psp-Signature', 'Idempotency-Key']) {
  test(`${name} twice is refused, also with the same value`, async (t) => {
    const psp = await runPsp(t);
    const now = Math.floor(Date.now() / 1000).toString();
    const value = { 'Psp-Key-Id': 'test', 'Psp-Timestamp': now, 'Idempotency-Key': 'I-1' }[name] ?? 'v1,x';
    const answered = await psp.submit({}, { headers: { [name]: [value, value] } });
    assert.equal(answered.http, 401);
    assert.deepEqual(await psp.instructions(), []);
  });
}

test('while one key follows the other both hold', async (t) => {
  const next = { id: 'next', secret: randomBytes(32) };
  const psp = await runPsp(t, {}, { signingKeys: [signingKey, next] });
  assert.equal((await psp.submit()).http, 201);
  assert.equal((await psp.submit({}, { key: next })).http, 200);
});

const requests: readonly [what: string, asking: Asking, http: number, code: string][] = [
  ['another address', { method: 'GET', path: '/psp/v1' }, 404, 'NOT_FOUND'],
  [
    'a query, which the contract does not have',
    { method: 'GET', path: `${payments}/I-1?a=1` },
    404,
    'NOT_FOUND',
  ],
  ['an id outside its pattern', { method: 'GET', path: `${payments}/${'a'.repeat(36)}` }, 404, 'NOT_FOUND'],
  ['a list of all payments', { method: 'GET', path: payments }, 405, 'METHOD_NOT_ALLOWED'],
  ['a cancellation by GET', { method: 'GET', path: `${payments}/I-1/cancel` }, 405, 'METHOD_NOT_ALLOWED'],
  ['no body', { method: 'POST', path: payments }, 400, 'INVALID_REQUEST'],
  ['no JSON', { method: 'POST', path: payments, body: 'order' }, 400, 'INVALID_REQUEST'],
  ['a member twice', { method: 'POST', path: payments, body: '{"a":1,"a":2}' }, 400, 'INVALID_REQUEST'],
  ['a list', { method: 'POST', path: payments, body: '[]' }, 400, 'INVALID_REQUEST'],
  [
    'no idempotency key',
    { method: 'POST', path: payments, body: JSON.stringify(order) },
    400,
    'INVALID_REQUEST',
  ],
  [
    'an idempotency key that is not the instruction id',
    { method: 'POST', path: payments, body: JSON.stringify(order), idempotencyKey: 'I-2' },
    400,
    'INVALID_REQUEST',
  ],
  ['a question with a body', { method: 'GET', path: `${payments}/I-1`, body: '{}' }, 400, 'INVALID_REQUEST'],
  [
    'a cancellation that says more',
    { method: 'POST', path: `${payments}/I-1/cancel`, body: '{"why":"no"}' },
    400,
    'INVALID_REQUEST',
  ],
  [
    'a body above its bound',
    { method: 'POST', path: payments, body: ' '.repeat(70_000) },
    413,
    'BODY_TOO_LARGE',
  ],
];

for (const [what, asking, http, code] of requests) {
  test(`${what} is ${http} ${code}`, async (t) => {
    const psp = await runPsp(t);
    const { status, mediaType, body } = await psp.ask(asking);
    assert.deepEqual([status, mediaType], [http, 'application/problem+json']);
    assert.equal((JSON.parse(body) as Json)['code'], code);
    assert.deepEqual(await psp.instructions(), []);
  });
}

for (const mediaType of [undefined, 'text/plain', 'application/xml', 'application/jsonp']) {
  test(`a body of ${mediaType ?? 'no media type'} is 415`, async (t) => {
    const psp = await runPsp(t);
    const answered = await psp.submit({}, { headers: { 'Content-Type': mediaType } });
    assert.deepEqual([answered.http, answered['code']], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
}

test('a problem repeats nothing of the request', async (t) => {
  const psp = await runPsp(t);
  const secret = 'MT31MALT01100000000000000000123';
  for (const wrong of [{ party: { iban: `${secret}!` } }, { [secret]: 1 }, { party: { [secret]: secret } }]) {
    const answered = await psp.submit(wrong);
    assert.equal(answered.http, 400);
    assert.ok(!JSON.stringify(answered).includes(secret));
  }
});

test('what was executed survives a restart, and a repeat after it is no second effect', async (t) => {
  const before = await runPsp(t);
  const { http: _first, ...answered } = await before.submit();
  await before.close();
  const after = await runPsp(t, { home: before.home });
  assert.deepEqual(await after.submit(), { ...answered, http: 200 });
  assert.equal((await after.effects()).length, 1);
});

test('a full journal refuses new instructions with 503 and still knows the old ones', async (t) => {
  const psp = await runPsp(t, { instructionsMax: 1 });
  await psp.submit();
  const full = await psp.submit({ instructionId: 'I-2' });
  assert.deepEqual([full.http, full['code']], [503, 'UNAVAILABLE']);
  assert.equal((await psp.submit()).http, 200);
});

test('bank and PSP share one control port, each with its own journal and its own faults', async (t) => {
  const certs = await certificates();
  const bankOptions = { port: 0, identity: certs.bank, clientAuthorities: [certs.ca.certificate] };
  const sandboxes = await startSandboxes({
    host: '127.0.0.1',
    controlPort: 0,
    home: await newHome(t),
    bank: bankOptions,
    psp: { port: 0, identity: certs.psp, signingKeys: [signingKey] },
  });
  t.after(() => sandboxes.close());
  const { bank = 0, psp = 0, control } = sandboxes;
  const [bankClient, pspClient] = [clientOf(certs, { bank, control }), await pspClientOf({ psp, control })];

  await bankClient.arm({ mode: 'decline' });
  assert.equal((await pspClient.submit({ instructionId: 'P-1' }))['status'], 'SETTLED');
  await bankClient.disarm();
  await bankClient.post(submitPayment({ id: 'B-1' }));
  assert.deepEqual(
    (await pspClient.effects()).map(({ gateway, instructionId }) => [gateway, instructionId]),
    [
      ['bank', 'B-1'],
      ['psp', 'P-1'],
    ],
  );
  assert.equal((await bankClient.arm({ mode: 'webhookNever' })).status, 400, 'the bank has no webhooks');
  assert.equal((await bankClient.arm({ mode: 'slow', operation: 'cancel' })).status, 400);
  assert.equal((await pspClient.arm({ mode: 'slow', operation: 'webhook' })).status, 400);
});
