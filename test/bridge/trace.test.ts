/**
 * One trace through the whole bridge: the id that a caller sends reaches the bank's wire, every line of the log, and the
 * transcript that is kept of a call that failed. The bank is a bare TLS socket here, so that what it reads is what was sent.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import type { Bridge } from '../../src/app.ts';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import {
  type Address,
  type House,
  type LogLine,
  openHouse,
  paymentsIn,
  send,
} from '../support/bridge-house.ts';
import { paymentMessage, person } from '../support/bridge-requests.ts';
import { call } from '../support/http.ts';

/** What was read before the socket was closed without an answer. */
const heads: string[] = [];
let house: House;
let bank: tls.Server;
let traced: Address;
let bridge: Bridge;

before(async () => {
  house = await openHouse();
  const { server } = house.address.certificates;
  bank = tls.createServer({ cert: server.certificate, key: server.key }, (socket) => {
    let read = '';
    socket.setEncoding('latin1').on('error', () => {});
    socket.on('data', (text: string) => {
      read += text;
      if (!/\r\n\r\n[\s\S]*Envelope>/.test(read)) return;
      heads.push(read.slice(0, read.indexOf('\r\n\r\n')));
      socket.destroy();
    });
  });
  bank.listen(0, '127.0.0.1');
  await once(bank, 'listening');
  const url = `https://127.0.0.1:${(bank.address() as AddressInfo).port}`;
  bridge = await house.whole.another((config) => ({
    ...config,
    gateways: config.gateways.map((gateway) => (gateway.name === 'bank' ? { ...gateway, url } : gateway)),
    routes: [{ gateways: ['bank'] }],
  }));
  traced = { port: bridge.ports.soap, certificates: house.address.certificates };
});
after(async () => {
  await house.close();
  bank.close();
});

/** The headers that the bank read last, by their names in lower case. */
function lastHead(): Map<string, string> {
  const [, ...lines] = heads.at(-1)?.split('\r\n') ?? [];
  return new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(': ');
      return [name.toLowerCase(), rest.join(': ')] as const;
    }),
  );
}

function linesOf(traceId: string): LogLine[] {
  const lines = house.whole.log().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line['trace.id'] === traceId);
}

const events = ['payment.submitted', 'gateway.called', 'payment.unanswered', 'request.answered'];

/** What holds for a call at either door: one span of ours, on the wire and in every line. */
function followed(traceId: string, callerSpan: string): void {
  const [, wireTrace, wireSpan = '', flags] = lastHead().get('traceparent')?.split('-') ?? [];
  assert.deepEqual([wireTrace, flags], [traceId, '01']);
  assert.notEqual(wireSpan, callerSpan);
  const lines = linesOf(traceId);
  assert.deepEqual(
    lines.map(({ message }) => message),
    events,
  );
  for (const line of lines) assert.equal(line['span.id'], wireSpan);
}

test('from SOAP to the wire, the log and the transcript', async () => {
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const read = await send(traced, paymentMessage('1.1', { operation: 'Deposit', reference: 'trace-soap' }), {
    headers: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=secret' },
  });
  assert.equal(read.status, 'PDNG AB06');
  followed(traceId, spanId);
  assert.equal(lastHead().get('x-correlation-id'), read.correlationId);
  assert.equal(lastHead().get('tracestate'), undefined);

  const payments = await paymentsIn(house.ledger);
  const payment = payments.find(({ instruction }) => instruction.partnerReference === 'trace-soap');
  const [kept, ...more] = await house.ledger.transcriptsOf(payment?.id ?? '', 10);
  assert.deepEqual(
    [kept?.operation, kept?.gateway, kept?.answer, more.length],
    ['submit', 'bank', 'unknown', 0],
  );
  assert.match(kept?.text ?? '', new RegExp(`^> traceparent: 00-${traceId}-[0-9a-f]{16}-01$`, 'm'));
  // The BIC stays: it names a bank and not a person.
  const { bic: _bank, ...personal } = person;
  for (const [name, value] of Object.entries(personal)) assert.ok(!kept?.text.includes(value), name);
});

test('from REST too', async () => {
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const token = readFileSync(tokenPath(house.whole.home), 'utf8').trim();
  const { status } = await call(bridge.ports.internal, {
    method: 'POST',
    path: '/v1/deposits',
    headers: [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
      ['Traceparent', `00-${traceId}-${spanId}-01`],
    ],
    body: JSON.stringify({
      partnerReference: 'trace-rest',
      playerId: 'player-1',
      amount: { value: '10.00', currency: 'EUR' },
      paymentMethod: 'BANK_TRANSFER',
    }),
  });
  assert.equal(status, 202);
  followed(traceId, spanId);
});

test('without a trace of the caller the bridge begins one, which nobody needs to record', async () => {
  await send(traced, paymentMessage('1.1', { operation: 'Deposit', reference: 'trace-none' }));
  const [, traceId = '', , flags] = lastHead().get('traceparent')?.split('-') ?? [];
  assert.equal(flags, '00');
  assert.equal(linesOf(traceId).length, events.length);
});

test('I12: none of this names the person or holds a secret', () => house.silence.check());
