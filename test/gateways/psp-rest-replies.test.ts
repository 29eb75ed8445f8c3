/** pspRest against a server that says what no honest PSP would: what is not the contract is never believed. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { order } from './calls.ts';
import { payment, pspTo, say, scriptedPsp, settle } from './psp-calls.ts';

const good = payment('I-1');
const goodText = JSON.stringify(good);
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

function changed(member: string, value: unknown): string {
  return JSON.stringify({ ...good, [member]: value });
}

function raw(response: ServerResponse, text: string): void {
  response.socket?.end(text);
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** What the server does with an instruction, and what that is: always unknown, because it has left. */
const badReplies: readonly (readonly [
  what: string,
  cause: string,
  reply: (response: ServerResponse) => void,
])[] = [
  ['nothing but a closed connection', 'connectionLost', (response) => void response.destroy()],
  ['half of its headers', 'connectionLost', (response) => raw(response, 'HTTP/1.1 200 OK\r\ncontent-le')],
  ['headers and then a reset', 'connectionLost', (response) => reset(response)],
  ['no HTTP', 'invalidReply', (response) => raw(response, 'hello\r\n\r\n')],
  [
    'headers beyond bounds',
    'invalidReply',
    (response) => raw(response, `${head}a: ${'x'.repeat(20_000)}\r\n\r\n`),
  ],
  [
    'chunks that are none',
    'invalidReply',
    (response) => raw(response, `${head}transfer-encoding: chunked\r\n\r\nzz\r\n{}`),
  ],
  [
    'a chunk cut off',
    'connectionLost',
    (response) => raw(response, `${head}transfer-encoding: chunked\r\n\r\nff\r\n{`),
  ],
  [
    'a length and chunks at once',
    'invalidReply',
    (response) =>
      raw(response, `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  ],
  [
    'two lengths',
    'invalidReply',
    (response) => raw(response, `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `),
  ],
  [
    'less than it announced',
    'connectionLost',
    (response) => (
      response.writeHead(200, { 'content-length': 500 }).write('{'),
      response.socket?.destroySoon()
    ),
  ],
  ['more bytes than its bound', 'invalidReply', (response) => say(response, goodText + ' '.repeat(70_000))],
  ['bytes without end', 'invalidReply', (response) => forever(response)],
  [
    'a byte now and then, past the total time-out',
    'timeout',
    (response) => trickle(response.writeHead(200, { 'content-type': 'application/json' })),
  ],
  ['nothing at all', 'timeout', () => undefined],
  [
    'interim answers without end',
    'timeout',
    (response) => void setInterval(() => response.writeProcessing(), 50).unref(),
  ],
  [
    '100 where nobody asked to continue',
    'connectionLost',
    (response) => raw(response, 'HTTP/1.1 100 Continue\r\n\r\n'),
  ],
  [
    'another protocol',
    'connectionLost',
    (response) => raw(response, 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
  ['an empty body', 'invalidReply', (response) => say(response, '')],
  ['204', 'invalidReply', (response) => void response.writeHead(204).end()],
  ['202', 'invalidReply', (response) => say(response, good, { status: 202 })],
  ['no JSON', 'invalidReply', (response) => say(response, 'ok')],
  ['JSON cut off', 'invalidReply', (response) => say(response, goodText.slice(0, -1))],
  ['two documents', 'invalidReply', (response) => say(response, goodText + goodText)],
  ['a list', 'invalidReply', (response) => say(response, [good])],
  ['nothing in it', 'invalidReply', (response) => say(response, 'null')],
  [
    'a member twice',
    'invalidReply',
    (response) => say(response, goodText.replace('{', '{"status":"DECLINED",')),
  ],
  [
    'a member twice in two spellings',
    'invalidReply',
    (response) => say(response, goodText.replace('{', '{"st\\u0061tus":"DECLINED",')),
  ],
  ['a document too deep', 'invalidReply', (response) => say(response, changed('fees', JSON.parse(deep(20))))],
  ['brackets without end', 'invalidReply', (response) => say(response, deep(30_000))],
  [
    'bytes that are no UTF-8',
    'invalidReply',
    (response) => say(response, Buffer.from(goodText.replace('PSP-7', '\xE9'), 'latin1')),
  ],
  ['UTF-16', 'invalidReply', (response) => say(response, Buffer.from(goodText, 'utf16le'))],
  ['a page', 'invalidReply', (response) => say(response, '<h1>ok</h1>', { type: 'text/html' })],
  ['JSON under another media type', 'invalidReply', (response) => say(response, good, { type: 'text/json' })],
  [
    'a problem that says 200',
    'invalidReply',
    (response) => say(response, good, { type: 'application/problem+json' }),
  ],
  [
    'another charset',
    'invalidReply',
    (response) => say(response, good, { type: 'application/json; charset=latin1' }),
  ],
  ['no media type', 'invalidReply', (response) => void response.writeHead(200).end(goodText)],
  [
    'two media types',
    'invalidReply',
    (response) =>
      raw(
        response,
        `${head}content-type: text/html\r\ncontent-length: ${goodText.length}\r\n\r\n${goodText}`,
      ),
  ],
  [
    'a compressed body',
    'invalidReply',
    (response) => {
      response.setHeader('content-encoding', 'gzip');
      say(response, gzipSync(goodText));
    },
  ],
  [
    'an amount as a number',
    'invalidReply',
    (response) => say(response, changed('amount', { currency: 'EUR', minorUnits: 1010 })),
  ],
  [
    'a decimal amount',
    'invalidReply',
    (response) => say(response, changed('amount', { currency: 'EUR', minorUnits: '10.10' })),
  ],
  [
    'an amount with a sign',
    'invalidReply',
    (response) => say(response, changed('amount', { currency: 'EUR', minorUnits: '-1010' })),
  ],
  [
    'an amount with zeros before it',
    'invalidReply',
    (response) => say(response, changed('amount', { currency: 'EUR', minorUnits: '01010' })),
  ],
  [
    'an amount in no currency',
    'invalidReply',
    (response) => say(response, changed('amount', { minorUnits: '1010' })),
  ],
  [
    'an amount in what is no money',
    'invalidReply',
    (response) => say(response, changed('amount', { currency: 'XAU', minorUnits: '1' })),
  ],
  [
    'an amount that no payment could be',
    'invalidReply',
    (response) => say(response, changed('amount', { currency: 'EUR', minorUnits: '9'.repeat(16) })),
  ],
  ['no amount', 'invalidReply', (response) => say(response, changed('amount', undefined))],
  ['no id', 'invalidReply', (response) => say(response, changed('instructionId', undefined))],
  ['a status in lower case', 'invalidReply', (response) => say(response, changed('status', 'settled'))],
  [
    'a member that the contract does not have',
    'invalidReply',
    (response) => say(response, changed('more', true)),
  ],
  [
    'a redirect to send it somewhere else',
    'invalidReply',
    (response) => void response.writeHead(307, { location: '/psp/v1/payments' }).end(),
  ],
  ['409 without a word', 'duplicate', (response) => void response.writeHead(409).end()],
  ['422 without a word', 'gatewayFault', (response) => void response.writeHead(422).end()],
  [
    '422 that repeats nothing',
    'gatewayFault',
    (response) => say(response, { title: 'No', code: 'REJECTED' }, { status: 422 }),
  ],
  ['404 without a word', 'gatewayFault', (response) => void response.writeHead(404).end()],
  [
    '404 of a web server',
    'gatewayFault',
    (response) => say(response, '<h1>no</h1>', { status: 404, type: 'text/html' }),
  ],
  ['403', 'gatewayFault', (response) => say(response, good, { status: 403 })],
  [
    'a good reply in a 500',
    'serverError',
    (response) => say(response, good, { status: 500, type: 'application/json' }),
  ],
  ['503', 'serverError', (response) => void response.writeHead(503).end()],
];

function reset(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
  response.write('{', () => response.socket?.destroy());
}

function trickle(response: ServerResponse): void {
  const drip = setInterval(() => response.write(' '), 50);
  response.once('close', () => clearInterval(drip));
}

function forever(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(10_000)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

for (const [what, cause, reply] of badReplies) {
  test(`the PSP answers with ${what}: unknown, ${cause}, sent once`, async (t) => {
    const psp = await scriptedPsp(t, reply);
    const gateway = await pspTo(t, psp.url, { limits: { totalTimeoutMs: 600 } });
    const heard: string[] = [];
    const from = performance.now();
    const answer = await gateway.submit(order({ instrId: 'I-1' }), (transcript) => heard.push(transcript));
    // Half of what a gateway waits for where nobody says otherwise.
    assert.ok(performance.now() - from < 10_000, 'within its bound');
    assert.deepEqual(answer, { kind: 'unknown', cause });
    assert.equal(psp.received.length, 1);
    assert.equal(heard.length, 1);
    // The same words as an answer to a question or a cancellation settle nothing and deny nothing.
    const enquiry = { instrId: 'I-2', correlationId: 'c' };
    assert.equal((await gateway.status(enquiry)).kind, 'unknown');
    assert.equal((await gateway.cancel?.(enquiry))?.kind, 'unknown');
    assert.equal(psp.received.length, 3);
  });
}

test('a redirect is not followed: nothing goes where nobody sent it', async (t) => {
  const elsewhere = await scriptedPsp(t, settle);
  for (const status of [301, 302, 303, 307, 308]) {
    const psp = await scriptedPsp(
      t,
      (response) => void response.writeHead(status, { location: elsewhere.url }).end(),
    );
    const gateway = await pspTo(t, psp.url);
    assert.deepEqual(await gateway.submit(order()), { kind: 'unknown', cause: 'invalidReply' });
  }
  assert.deepEqual(elsewhere.received, []);
});

test('an interim answer before the answer is passed over', async (t) => {
  const psp = await scriptedPsp(t, (response, received) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    settle(response, received);
  });
  const gateway = await pspTo(t, psp.url);
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('the echo is passed on as it is: that it is another one’s is for the domain to see', async (t) => {
  const other = { amount: { currency: 'JPY', minorUnits: '7' } };
  const psp = await scriptedPsp(t, (response) => say(response, payment('I-2', other)));
  const gateway = await pspTo(t, psp.url);
  const echo = { instrId: 'I-2', amount: { minor: 7n, currency: 'JPY' } };
  const settled = { kind: 'settled', echo, gatewayReference: 'PSP-7' };
  assert.deepEqual(await gateway.submit(order({ instrId: 'I-1' })), settled);
  assert.deepEqual(await gateway.status({ instrId: 'I-1', correlationId: 'c' }), settled);
});

test('an instant that the calendar does not have is left out, and the payment is settled all the same', async (t) => {
  const members = { settledAt: '2026-02-30T10:00:00Z' };
  const psp = await scriptedPsp(t, (response) => say(response, payment('I-1', members)));
  const gateway = await pspTo(t, psp.url);
  const answer = await gateway.submit(order({ instrId: 'I-1' }));
  assert.ok(answer.kind === 'settled');
  assert.equal(answer.settledAt, undefined);
});

test('a fee that no payment could be is left out, and the payment is settled all the same', async (t) => {
  const fees = ['9'.repeat(18), '25'].map((minorUnits) => ({
    kind: 'scheme',
    amount: { currency: 'EUR', minorUnits },
  }));
  const psp = await scriptedPsp(t, (response) => say(response, payment('I-1', { fees })));
  const gateway = await pspTo(t, psp.url);
  const answer = await gateway.submit(order({ instrId: 'I-1' }));
  assert.ok(answer.kind === 'settled');
  assert.deepEqual(answer.charges, [{ kind: 'scheme', amount: { minor: 25n, currency: 'EUR' } }]);
});

test('what no payment could be is refused in the gateway’s own count too', async (t) => {
  const amount = { currency: 'EUR', minorUnits: '9'.repeat(18) };
  const psp = await scriptedPsp(t, (response) => say(response, payment('I-1', { amount })));
  const gateway = await pspTo(t, psp.url, { exponents: { EUR: 0 } });
  const enquiry = { instrId: 'I-1', correlationId: 'c' };
  const unusable = { kind: 'unknown', cause: 'invalidReply' };
  const asked = order({ instrId: 'I-1', amount: { minor: 1000n, currency: 'EUR' } });
  assert.deepEqual(await gateway.submit(asked), unusable);
  assert.deepEqual(await gateway.status(enquiry), unusable);
  assert.deepEqual(await gateway.cancel?.(enquiry), unusable);
});
