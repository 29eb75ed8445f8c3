/** Money that comes back on request of the control port: kept apart from effects, bounded, and told by webhooks. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Notice } from '../../src/payments/gateways.ts';
import { pspTo } from '../gateways/psp-calls.ts';
import { runBank } from './running-bank.ts';
import { certificates, newHome } from './running.ts';
import { runPsp } from './running-psp.ts';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const half = {
  instructionId: 'I-1',
  kind: 'chargeback',
  amountMinor: '505',
  reference: 'CB-1',
  reason: 'MD06',
};

interface Heard {
  readonly id: string;
  readonly notice: Notice | undefined;
}

/** A receiver that believes what our own gateway believes. */
async function hearing(t: TestContext) {
  const { server: identity, ca } = await certificates();
  const gateway = await pspTo(t, 'https://127.0.0.1:1/psp/v1', { webhookSecrets: [secret] });
  const heard: Heard[] = [];
  const server = createServer(
    { cert: identity.certificate, key: identity.key },
    (request, response) => void receive(request, response),
  );
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const headers = request.headers as Record<string, string>;
    const event = gateway.readWebhook?.({ headers, body: Buffer.concat(pieces), at: new Date() });
    response.writeHead(typeof event === 'object' ? 204 : 401).end();
    if (typeof event === 'object')
      heard.push({ id: event.eventId, notice: gateway.readNotice?.(event.text) });
    server.emit('heard');
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const came = async (count: number): Promise<Heard[]> => {
    while (heard.length < count) await once(server, 'heard', { signal: AbortSignal.timeout(8_000) });
    return heard;
  };
  return { webhook: { url, secret, authorities: [ca.certificate] }, came };
}

test('a chargeback, its reversal and a return are told as what they are; effects stay what was executed', async (t) => {
  const { webhook, came } = await hearing(t);
  const psp = await runPsp(t, {}, { webhook });
  await psp.submit();
  await came(1);
  const made = await psp.giveBack(half);
  assert.equal(made.status, 201);
  await came(2);
  await psp.giveBack({ ...half, kind: 'chargebackReversal', reference: undefined, reason: 'FOCR' });
  await came(3);
  await psp.giveBack({ ...half, kind: 'return', amountMinor: '1010', reference: 'RET-1', reason: 'AC04' });
  const heard = await came(4);

  const notices = heard.slice(1).map(({ notice }) => {
    assert.ok(notice?.kind === 'return' && notice.instrId === 'I-1');
    const { at, ...returned } = notice.returned;
    assert.ok(at);
    return returned;
  });
  const amount = { minor: 505n, currency: 'EUR' };
  assert.deepEqual(notices, [
    { kind: 'chargeback', amount, reference: 'CB-1', reason: { code: 'MD06' } },
    { kind: 'chargebackReversal', amount, reason: { code: 'FOCR' } },
    { kind: 'return', amount: { ...amount, minor: 1010n }, reference: 'RET-1', reason: { code: 'AC04' } },
  ]);
  assert.deepEqual(
    heard.map(({ id }) => id),
    ['msg_I-1', 'msg_I-1_1', 'msg_I-1_2', 'msg_I-1_3'],
  );
  assert.equal((await psp.effects()).length, 1);
  const rows = (await psp.returns()).map(({ at: _at, ...row }) => row);
  assert.deepEqual(rows[0], { gateway: 'psp', ...half, currency: 'EUR' });
  assert.equal(rows.length, 3);
});

test('the same reference is the same return: it is told again under its id, and counts once, over a restart too', async (t) => {
  const home = await newHome(t);
  const { webhook, came } = await hearing(t);
  const psp = await runPsp(t, { home }, { webhook });
  await psp.submit();
  const first = await psp.giveBack(half);
  await came(2);
  assert.deepEqual(await psp.giveBack(half), first);
  await came(3);
  await psp.close();
  const next = await runPsp(t, { home }, { webhook });
  assert.deepEqual(await next.giveBack(half), first);
  const heard = await came(4);
  assert.deepEqual(
    heard.slice(1).map(({ id }) => id),
    ['msg_I-1_1', 'msg_I-1_1', 'msg_I-1_1'],
  );
  assert.equal((await next.returns()).length, 1);
  const other = await next.giveBack({ ...half, amountMinor: '1' });
  assert.deepEqual(other, { status: 409, body: { error: 'the reference is another return’s' } });
});

test('webhookNever and duplicateWebhook hold for a return, too', async (t) => {
  const { webhook, came } = await hearing(t);
  const psp = await runPsp(t, {}, { webhook });
  await psp.submit();
  await came(1);
  await psp.arm({ mode: 'webhookNever' });
  await psp.giveBack({ ...half, amountMinor: '1', reference: 'A' });
  await psp.arm({ mode: 'duplicateWebhook' });
  await psp.giveBack({ ...half, amountMinor: '2', reference: 'B' });
  assert.deepEqual(
    (await came(3)).map(({ id }) => id),
    ['msg_I-1', 'msg_I-1_2', 'msg_I-1_2'],
  );
});

const refused: readonly (readonly [what: string, change: object, status: number, error: RegExp])[] = [
  ['a gateway that lets nothing come back', { gateway: 'bank' }, 400, /^gateway is one of: psp$/],
  [
    'a kind that is none',
    { kind: 'refund' },
    400,
    /^kind is one of: return, chargeback, chargebackReversal$/,
  ],
  ['a number', { amountMinor: 505 }, 400, /^amountMinor is a whole number above 0, as text$/],
  ['nothing', { amountMinor: '0' }, 400, /^amountMinor/],
  ['a reference with a blank', { reference: 'a b' }, 400, /^reference is/],
  ['a reason in words', { reason: 'stolen' }, 400, /^reason is/],
  ['a stranger', { iban: 'x' }, 400, /^"iban" is not known/],
  ['an id for no path', { instructionId: '../x' }, 400, /^instructionId is/],
  ['an instruction that nobody knows', { instructionId: 'I-9' }, 409, /^no such instruction$/],
  ['more than was settled', { amountMinor: '1011' }, 409, /^at most 1010 can come back$/],
  ['a reversal of nothing', { kind: 'chargebackReversal' }, 409, /^at most 0 can come back$/],
  ['what has not settled', { instructionId: 'I-2' }, 409, /^the instruction has not settled$/],
];

test('what cannot come back is refused with a sentence', async (t) => {
  const psp = await runPsp(t);
  await psp.submit();
  await psp.arm({ mode: 'decline' });
  await psp.submit({ instructionId: 'I-2' });
  for (const [what, change, status, error] of refused) {
    const answer = await psp.giveBack({ ...half, ...change });
    assert.equal(answer.status, status, what);
    assert.match((answer.body as { error: string }).error, error);
  }
  assert.deepEqual(await psp.returns(), []);
});

test('a bank alone lets nothing come back', async (t) => {
  const bank = await runBank(t);
  assert.equal((await bank.giveBack(half)).status, 400);
  assert.deepEqual(await bank.returns(), []);
});
