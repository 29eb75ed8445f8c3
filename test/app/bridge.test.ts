import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import test from 'node:test';
import { controlCall } from '../../src/cli/demo-client.ts';
import { paymentRequest, statusRequest } from '../../src/cli/soap-examples.ts';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { impatient, wholeBridge, type WholeBridge } from '../support/bridge.ts';
import { call } from '../support/http.ts';

const deposit = (reference: string, amount: string) =>
  paymentRequest('1.1', { operation: 'Deposit', reference, playerId: 'player-1', amount, at: new Date() });

async function bearerOf({ home }: WholeBridge): Promise<readonly [string, string]> {
  return ['Authorization', `Bearer ${(await readFile(tokenPath(home), 'utf8')).trim()}`];
}

interface Effect {
  readonly status: string;
  readonly amountMinor: string;
}

const effectsOf = async ({ bank }: WholeBridge) =>
  (await controlCall('GET', `${bank.controlUrl}/sandbox/effects`)) as Effect[];

const misbehave = async ({ bank }: WholeBridge, mode: string, more: object = {}) =>
  controlCall('POST', `${bank.controlUrl}/sandbox/faults`, { gateway: 'bank', mode, count: 1, ...more });

test('a deposit goes in by SOAP, out to the bank, into the ledger, and is told by REST', async (t) => {
  const whole = await wholeBridge(t);
  const partner = await whole.client('partner-a');
  const answer = await partner.call('1.1', deposit('ref-1', '12.34'));
  assert.deepEqual([answer.status, answer.text('TransactionStatus')], [200, 'ACSC']);
  assert.deepEqual(
    (await effectsOf(whole)).map(({ status, amountMinor }) => [status, amountMinor]),
    [['settled', '1234']],
  );

  const { internal } = whole.bridge.ports;
  const headers = [await bearerOf(whole)];
  const payment = await call(internal, { path: `/v1/payments/${answer.text('PaymentId')}`, headers });
  assert.equal((payment.json as { status: string }).status, 'ACSC');
  const balances = await call(internal, { path: '/v1/players/main/player-1/balances', headers });
  assert.equal((balances.json as { balances: { available: string }[] }).balances[0]?.available, '12.34');
  const ready = await call(internal, { path: '/ready' });
  assert.equal((ready.json as { gateways: { lastAnswer: string }[] }).gateways[0]?.lastAnswer, 'settled');

  const { text } = await call(internal, { path: '/metrics' });
  for (const line of [
    'cagebridge_requests_total{door="soap",operation="deposit",partner="partner-a",blame="none",result="completed"} 1',
    'cagebridge_gateway_call_duration_seconds_count{gateway="bank",operation="submit",answer="settled"} 1',
    'cagebridge_payments{state="completed"} 1',
  ]) {
    assert.ok(text.includes(line), line);
  }
});

test('one line a payment and one a refusal, each with its correlation id, none with a name or an account', async (t) => {
  const whole = await wholeBridge(t);
  const partner = await whole.client('partner-a');
  const stranger = await whole.client('stranger');
  await partner.call('1.1', deposit('ref-1', '12.34'));
  const refused = await stranger.call('1.1', deposit('ref-2', '1.00'));
  assert.deepEqual([refused.status, refused.text('Outcome')], [500, 'UNKNOWN']);
  const log = whole.log();
  assert.doesNotMatch(log, /Erika|Mustermann|DE89|3704/);
  const lines = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['log.level'] !== 'debug');
  const settled = lines.filter((line) => line['message'] === 'payment.settled');
  const refusals = lines.filter((line) => line['message'] === 'request.refused');
  assert.deepEqual([settled.length, refusals.length], [1, 1]);
  assert.match(String(settled[0]?.['http.request.id']), /^[0-9a-f-]{36}$/);
  assert.equal(refusals[0]?.['http.request.id'], refused.text('CorrelationId'));
  assert.equal(refusals[0]?.['labels.refusal'], 'chainRefused');
  assert.match(String(refusals[0]?.['tls.client.hash.sha256']), /^[0-9a-f]{64}$/);
  const { text } = await call(whole.bridge.ports.internal, { path: '/metrics' });
  assert.ok(text.includes('cagebridge_door_refusals_total{door="soap",reason="chainRefused"} 1'));
});

test('an answer that is lost is found by asking, and counts once', async (t) => {
  const whole = await wholeBridge(t, impatient(300));
  const partner = await whole.client('partner-a');
  await misbehave(whole, 'timeoutAfter');
  const unknown = await partner.call('1.1', deposit('ref-1', '7.00'));
  assert.deepEqual([unknown.text('TransactionStatus'), unknown.text('Code')], ['PDNG', 'AB06']);
  const found = await partner.call('1.2', statusRequest('1.2', 'ref-1'));
  assert.equal(found.text('TransactionStatus'), 'ACSC');
  assert.equal((await effectsOf(whole)).length, 1);
});

test('a start asks about what the last one left open', async (t) => {
  const whole = await wholeBridge(t, impatient(300));
  const partner = await whole.client('partner-a');
  await misbehave(whole, 'timeoutAfter');
  const unknown = await partner.call('1.1', deposit('ref-1', '7.00'));
  assert.equal(unknown.text('TransactionStatus'), 'PDNG');
  partner.close();
  await whole.bridge.stop();
  const next = await whole.another();
  const headers = [await bearerOf(whole)];
  const path = `/v1/payments/${unknown.text('PaymentId')}`;
  let status = '';
  for (let tries = 0; tries < 100 && status !== 'ACSC'; tries += 1) {
    ({ status } = (await call(next.ports.internal, { path, headers })).json as { status: string });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(status, 'ACSC');
  assert.match(whole.log(), /"message":"recovery\.finished"/);
});

test('a stop lets the payment under way end, and refuses newcomers', async (t) => {
  const whole = await wholeBridge(t);
  const partner = await whole.client('partner-a');
  await misbehave(whole, 'slow', { delayMs: 700 });
  const underWay = partner.call('1.1', deposit('ref-1', '5.00'));
  while ((await effectsOf(whole)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const stopped = whole.bridge.stop();
  assert.equal(whole.bridge.stop(), stopped);
  const answer = await underWay;
  assert.equal(answer.text('TransactionStatus'), 'ACSC');
  await stopped;
  await assert.rejects(partner.call('1.1', deposit('ref-2', '5.00')), { code: 'ECONNREFUSED' });
});

test('where a door cannot open, what was opened before is closed again', async (t) => {
  const whole = await wholeBridge(t);
  const taken = whole.bridge.ports.internal;
  const onTakenPort = whole.another((config) => ({
    ...config,
    internal: { ...config.internal, port: taken },
  }));
  await assert.rejects(onTakenPort, { code: 'EADDRINUSE' });
  const partner = await whole.client('partner-a');
  assert.equal((await partner.call('1.1', deposit('ref-1', '5.00'))).text('TransactionStatus'), 'ACSC');
});

/** The WSDL, asked for under a name that is not ours. */
async function wsdl(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    port,
    path: '/soap/v1/payments?wsdl',
    headers: { Host: 'evil.example' },
    rejectUnauthorized: false,
  };
  request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
    let text = '';
    response
      .setEncoding('utf8')
      .on('data', (piece: string) => (text += piece))
      .on('end', () => resolve(text));
  })
    .on('error', reject)
    .end();
  return promise;
}

test('the contract names the address that was bound, or the one that is configured, never the Host', async (t) => {
  const whole = await wholeBridge(t);
  const published = await whole.another((config) => ({ ...config, publicUrl: 'https://cage.example/pay' }));
  assert.match(
    await wsdl(whole.bridge.ports.soap),
    new RegExp(`location="https://127\\.0\\.0\\.1:${whole.bridge.ports.soap}/soap`),
  );
  assert.match(await wsdl(published.ports.soap), /location="https:\/\/cage\.example\/pay\/soap/);
});

test('two partners see their own payments only', async (t) => {
  const whole = await wholeBridge(t);
  const [a, b] = [await whole.client('partner-a'), await whole.client('partner-b')];
  await a.call('1.1', deposit('ref-1', '5.00'));
  const asked = await b.call('1.1', statusRequest('1.1', 'ref-1'));
  assert.equal(asked.text('Code'), 'PAYMENT_NOT_FOUND');
  const withdrawal = {
    operation: 'Withdrawal',
    reference: 'w-1',
    playerId: 'player-1',
    amount: '1.00',
    at: new Date(),
  } as const;
  const forbidden = await b.call('1.1', paymentRequest('1.1', withdrawal));
  assert.deepEqual(
    [forbidden.text('Code'), forbidden.text('Outcome')],
    ['OPERATION_FORBIDDEN', 'NOT_EXECUTED'],
  );
});

test('the internal door is plain HTTP, and survives what is not', async (t) => {
  const whole = await wholeBridge(t);
  const socket = connect(whole.bridge.ports.internal, '127.0.0.1');
  socket.end('\u0016\u0003\u0001 this is not HTTP\r\n\r\n');
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += String(piece);
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal((await call(whole.bridge.ports.internal, { path: '/health' })).status, 200);
});
