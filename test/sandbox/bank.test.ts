import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { compileSchema, messageLimits, readXml } from '../../src/platform/xml.ts';
import { readEnvelope } from '../../src/platform/soap.ts';
import { certificates, getPaymentStatus, getStatement, runBank, submitPayment } from './running-bank.ts';

const schemaName = 'bank-gateway-v1.xsd';
const schema = compileSchema(new Map([[schemaName, await readFile(`xsd/${schemaName}`)]]), schemaName);

/** Every answer that claims to be one follows the contract. */
function field(body: string, name: string): string | undefined {
  const reading = readXml(Buffer.from(body), { ...messageLimits, bytesMax: 1_000_000, nodesMax: 20_000 });
  assert.ok(!('refused' in reading), body);
  using document = reading;
  const envelope = readEnvelope(document.root, '1.1');
  assert.ok('child' in envelope);
  if (envelope.child.name !== 'Fault') assert.deepEqual(schema.validate(envelope.child), []);
  return new RegExp(`<${name}[^>]*>([^<]*)</${name}>`).exec(body)?.[1];
}

test('an instruction is executed once, answered with its echo, and found again', async (t) => {
  const bank = await runBank(t);
  const submitted = await bank.post(submitPayment({ id: 'I-1', amount: '1234.50' }));
  assert.equal(submitted.status, 200);
  assert.equal(field(submitted.body, 'TxSts'), 'ACSC');
  assert.equal(field(submitted.body, 'InstrId'), 'I-1');
  assert.equal(field(submitted.body, 'Amt'), '1234.50');
  assert.match(submitted.body, /<Amt Ccy="EUR">/);

  const asked = await bank.post(getPaymentStatus('I-1'));
  assert.equal(field(asked.body, 'FndgSts'), 'FOUN');
  assert.equal(field(asked.body, 'TxSts'), 'ACSC');
  const [effect, ...more] = await bank.effects();
  assert.deepEqual(more, []);
  const { at, ...rest } = effect ?? {};
  assert.match(String(at), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(rest, {
    gateway: 'bank',
    instructionId: 'I-1',
    direction: 'CRDT',
    amountMinor: '123450',
    currency: 'EUR',
    status: 'settled',
  });
});

test('an id that the bank does not know is answered as not found', async (t) => {
  const bank = await runBank(t);
  const asked = await bank.post(getPaymentStatus('I-9'));
  assert.equal(field(asked.body, 'FndgSts'), 'NFND');
  assert.equal(field(asked.body, 'InstrId'), 'I-9');
});

test('fifty copies of one instruction at once are one effect, and the bank counted fifty', async (t) => {
  const bank = await runBank(t);
  const answers = await Promise.all(Array.from({ length: 50 }, () => bank.post(submitPayment())));
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1, 'all copies read the same report');
  assert.equal((await bank.effects()).length, 1);
  assert.equal((await bank.instructions())[0]?.['submissions'], 50);
});

test('the same id with other content is refused as a duplicate, and nothing is executed', async (t) => {
  const bank = await runBank(t);
  await bank.post(submitPayment({ amount: '10.10' }));
  const spelled = await bank.post(submitPayment({ amount: '10.1' }));
  assert.equal(field(spelled.body, 'TxSts'), 'ACSC', '10.1 and 10.10 are one value');
  for (const other of [
    { amount: '10.11' },
    { currency: 'USD' },
    { direction: 'DBIT' as const },
    { more: '<b:RmtInf>x</b:RmtInf>' },
  ]) {
    const clash = await bank.post(submitPayment({ amount: '10.10', ...other }));
    assert.equal(clash.status, 500);
    assert.equal(field(clash.body, 'Cd'), 'DUPL');
  }
  assert.equal((await bank.effects()).length, 1);
});

const amounts: readonly [text: string, currency: string, minor: string | undefined][] = [
  ['1000', 'JPY', '1000'],
  ['1000.00', 'JPY', undefined],
  ['1.234', 'KWD', '1234'],
  ['1.2345', 'KWD', undefined],
  ['9999999999999.99', 'EUR', '999999999999999'],
  ['0.00', 'EUR', undefined],
];

for (const [amount, currency, minor] of amounts) {
  test(`${amount} ${currency} arrives as ${minor ?? 'nothing: it is refused'}`, async (t) => {
    const bank = await runBank(t);
    const answered = await bank.post(submitPayment({ amount, currency }));
    if (minor === undefined) assert.equal(field(answered.body, 'Cd'), 'AM12');
    assert.deepEqual(
      (await bank.effects()).map(({ amountMinor }) => amountMinor),
      minor === undefined ? [] : [minor],
    );
  });
}

const broken: readonly [what: string, child: string, options: { soapAction?: string; raw?: boolean }][] = [
  ['no XML', 'nothing', { raw: true }],
  ['a DOCTYPE', '<!DOCTYPE a><a/>', { raw: true }],
  ['no envelope', '<a/>', { raw: true }],
  ['another namespace', submitPayment().replaceAll('bank-gateway:v1', 'bank-gateway:v2'), {}],
  ['an amount outside the schema', submitPayment({ amount: '+10' }), {}],
  [
    'an answer for a request',
    getPaymentStatus().replaceAll('GetPaymentStatus', 'GetPaymentStatusResponse'),
    {},
  ],
  [
    'an action that is not its body',
    submitPayment(),
    { soapAction: '"urn:cagebridge:bank-gateway:v1/GetStatement"' },
  ],
];

for (const [what, child, options] of broken) {
  test(`a message with ${what} is refused with FF01 and no effect`, async (t) => {
    const bank = await runBank(t);
    const answered = await bank.post(child, options);
    assert.equal(answered.status, 500);
    assert.equal(field(answered.body, 'Cd'), 'FF01');
    assert.deepEqual(await bank.effects(), []);
  });
}

test('decline: the bank says RJCT with a reason, now and later, and no money moved', async (t) => {
  const bank = await runBank(t);
  await bank.arm({ mode: 'decline' });
  assert.equal(field((await bank.post(submitPayment({ direction: 'DBIT' }))).body, 'TxSts'), 'RJCT');
  const asked = await bank.post(getPaymentStatus());
  assert.equal(field(asked.body, 'TxSts'), 'RJCT');
  assert.equal(field(asked.body, 'Cd'), 'AC04');
  assert.deepEqual(await bank.effects(), []);
  assert.equal((await bank.instructions())[0]?.['status'], 'declined');
  assert.equal(field((await bank.post(submitPayment({ id: 'I-2' }))).body, 'TxSts'), 'ACSC', 'once only');
});

for (const [mode, final] of [
  ['pendingThenSettled', 'ACSC'],
  ['pendingThenDeclined', 'RJCT'],
] as const) {
  test(`${mode}: PDNG until the delay is over, then ${final}`, async (t) => {
    let now = Date.parse('2026-11-22T10:00:00Z');
    const bank = await runBank(t, { clock: { now: () => new Date(now) } });
    await bank.arm({ mode, delayMs: 60_000 });
    assert.equal(field((await bank.post(submitPayment())).body, 'TxSts'), 'PDNG');
    now += 59_999;
    assert.equal(field((await bank.post(getPaymentStatus())).body, 'TxSts'), 'PDNG');
    assert.equal((await bank.effects())[0]?.['status'], 'pending');
    now += 1;
    assert.equal(field((await bank.post(getPaymentStatus())).body, 'TxSts'), final);
    assert.equal((await bank.effects()).length, final === 'ACSC' ? 1 : 0);
  });

  test(`${mode} without a delay: PDNG first, ${final} to the first question`, async (t) => {
    const bank = await runBank(t);
    await bank.arm({ mode });
    assert.equal(field((await bank.post(submitPayment())).body, 'TxSts'), 'PDNG');
    assert.equal(field((await bank.post(getPaymentStatus())).body, 'TxSts'), final);
  });
}

test('wrongAmount: the bank executes another amount and stands by it', async (t) => {
  const bank = await runBank(t);
  await bank.arm({ mode: 'wrongAmount' });
  assert.equal(field((await bank.post(submitPayment({ amount: '10.10' }))).body, 'Amt'), '10.11');
  assert.equal(field((await bank.post(getPaymentStatus())).body, 'Amt'), '10.11');
  assert.equal((await bank.effects())[0]?.['amountMinor'], '1011');
});

test('notFoundOnce: a known instruction is denied once', async (t) => {
  const bank = await runBank(t);
  await bank.post(submitPayment());
  await bank.arm({ mode: 'notFoundOnce' });
  assert.equal(field((await bank.post(getPaymentStatus())).body, 'FndgSts'), 'NFND');
  assert.equal(field((await bank.post(getPaymentStatus())).body, 'FndgSts'), 'FOUN');
});

for (const [mode, executed] of [
  ['timeoutBefore', 0],
  ['timeoutAfter', 1],
] as const) {
  test(`${mode}: no answer, and ${executed} effects`, async (t) => {
    const bank = await runBank(t);
    await bank.arm({ mode, delayMs: 30 });
    await assert.rejects(bank.post(submitPayment()), /socket hang up/);
    assert.equal((await bank.effects()).length, executed);
  });
}

test('error500 has no effect, garbage and slow have one', async (t) => {
  const bank = await runBank(t);
  await bank.arm({ mode: 'error500' });
  assert.equal((await bank.post(submitPayment())).status, 500);
  assert.equal((await bank.effects()).length, 0);
  await bank.arm({ mode: 'garbage' });
  const { status, body } = await bank.post(submitPayment());
  assert.equal(status, 200);
  assert.ok('refused' in readXml(Buffer.from(body), messageLimits));
  assert.equal((await bank.effects()).length, 1);
  await bank.arm({ mode: 'slow', delayMs: 20, operation: 'status' });
  assert.equal(field((await bank.post(getPaymentStatus())).body, 'TxSts'), 'ACSC');
});

test('connectionRefused: the system refuses until the fault is deleted, on the same port', async (t) => {
  const bank = await runBank(t);
  await bank.arm({ mode: 'connectionRefused' });
  await assert.rejects(bank.post(submitPayment()), { code: 'ECONNREFUSED' });
  await assert.rejects(bank.post(submitPayment()), { code: 'ECONNREFUSED' });
  await bank.disarm();
  assert.equal((await bank.post(submitPayment())).status, 200);
});

test('connectionRefused with a duration ends by itself', async (t) => {
  const bank = await runBank(t);
  const armed = await bank.arm({ mode: 'connectionRefused', delayMs: 150 });
  assert.equal(armed.status, 201);
  await assert.rejects(bank.post(submitPayment()), { code: 'ECONNREFUSED' });
  const until = Date.now() + 5_000;
  while ((await (await fetch(`http://127.0.0.1:${bank.control}/sandbox/faults`)).text()) !== '[]\n') {
    assert.ok(Date.now() < until, 'it never ended');
  }
  assert.equal((await bank.post(submitPayment())).status, 200);
});

test('connectionRefused with a count resets so many connections before their handshake', async (t) => {
  const bank = await runBank(t);
  await bank.arm({ mode: 'connectionRefused', count: 2 });
  for (const _ of [1, 2]) await assert.rejects(bank.post(submitPayment()), { code: 'ECONNRESET' });
  assert.equal((await bank.post(submitPayment())).status, 200);
});

test('only a client with a certificate of the CA gets through the handshake', async (t) => {
  const bank = await runBank(t);
  const { stranger, expired } = await certificates();
  for (const client of ['nobody', stranger, expired] as const) {
    await assert.rejects(bank.post(submitPayment(), { client }));
  }
  assert.deepEqual(await bank.instructions(), []);
});

test('a body above its bound is refused', async (t) => {
  const bank = await runBank(t);
  const answered = await bank.post('x'.repeat(70_000)).catch((error: NodeJS.ErrnoException) => error);
  assert.ok(
    'status' in answered
      ? answered.status === 413
      : answered.code === 'EPIPE' || answered.code === 'ECONNRESET',
  );
});

test('the statement shows the booked entries of its day and currency, page by page', async (t) => {
  let now = Date.parse('2026-11-21T23:59:59.999Z');
  const bank = await runBank(t, { clock: { now: () => new Date(now) } });
  await bank.post(submitPayment({ id: 'yesterday' }));
  now += 1;
  await bank.arm({ mode: 'decline' });
  await bank.post(submitPayment({ id: 'declined' }));
  await bank.post(submitPayment({ id: 'dollars', currency: 'USD' }));
  const ids = Array.from({ length: 501 }, (_, n) => `today-${n}`);
  await Promise.all(ids.map((id) => bank.post(submitPayment({ id }))));

  const first = (await bank.post(getStatement('2026-11-22', 'EUR'))).body;
  assert.equal(field(first, 'LastPgInd'), 'false');
  const second = (await bank.post(getStatement('2026-11-22', 'EUR', 2))).body;
  assert.equal(field(second, 'LastPgInd'), 'true');
  const shown = [first, second].flatMap((page) =>
    [...page.matchAll(/<InstrId>([^<]*)/g)].map(([, id]) => id),
  );
  assert.equal(shown.length, ids.length);
  assert.deepEqual(new Set(shown), new Set(ids));
  assert.equal(field((await bank.post(getStatement('2026-11-21', 'EUR'))).body, 'InstrId'), 'yesterday');
});

test('what was executed survives a restart, and a repeat after it is no second effect', async (t) => {
  const before = await runBank(t);
  const answered = await before.post(submitPayment());
  const effects = await before.effects();
  await before.close();
  const after = await runBank(t, { home: before.home });
  assert.deepEqual(await after.effects(), effects);
  assert.equal((await after.post(submitPayment())).body, answered.body);
  assert.equal((await after.effects()).length, 1);
});

test('a full journal refuses new instructions and still knows the old ones', async (t) => {
  const bank = await runBank(t, { instructionsMax: 1 });
  await bank.post(submitPayment({ id: 'I-1' }));
  assert.equal(field((await bank.post(submitPayment({ id: 'I-2' }))).body, 'Cd'), 'MS03');
  assert.equal(field((await bank.post(submitPayment({ id: 'I-1' }))).body, 'TxSts'), 'ACSC');
});
