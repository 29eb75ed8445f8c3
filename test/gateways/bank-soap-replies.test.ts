/** bankSoap against a server that says what no honest bank would: what is not the contract is never believed. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Answer } from '../../src/payments/gateways.ts';
import {
  faultReply,
  gatewayTo,
  inEnvelope,
  instrIdOf,
  report,
  say,
  scriptedBank,
  statusReply,
  submitReply,
  type ReportFields,
} from './bank-calls.ts';
import { order } from './calls.ts';

const echo = (instrId: string) => ({ instrId, amount: { minor: 1010n, currency: 'EUR' } });
const reason = (code: string) => ({ code, information: 'of the bank' });

/** Neither a refusal nor a success: under a reason that nobody knows it may be "I have that one already". */
const unknownReason = (id: string, status: string, code: string): Answer => ({
  kind: 'pending',
  echo: echo(id),
  gatewayReference: 'BK-7',
  reason: reason(code),
  unknownCode: `${status}/${code}`,
});

/** One table for each source: the same code may mean different things in an answer and in a finding. */
const codes: readonly {
  readonly says: ReportFields;
  readonly submitted: (instrId: string) => Answer;
  readonly asked?: (instrId: string) => Answer;
}[] = [
  {
    says: { status: 'ACSC', more: '<BookgDt>2026-11-22</BookgDt><ValDt>2026-11-23</ValDt>' },
    submitted: (id) => ({
      kind: 'settled',
      echo: echo(id),
      gatewayReference: 'BK-7',
      bookingDate: '2026-11-22',
      valueDate: '2026-11-23',
    }),
  },
  ...['PDNG', 'ACSP', 'ACCP', 'ACTC', 'RCVD'].map((status) => ({
    says: { status },
    submitted: (id: string) => ({ kind: 'pending', echo: echo(id), gatewayReference: 'BK-7' }) as const,
  })),
  {
    says: { status: 'RJCT', reason: 'AC04' },
    submitted: (id) => ({
      kind: 'declined',
      echo: echo(id),
      gatewayReference: 'BK-7',
      reason: reason('AC04'),
    }),
  },
  {
    says: { status: 'RJCT' },
    submitted: (id) => ({
      kind: 'declined',
      echo: echo(id),
      gatewayReference: 'BK-7',
      reason: { code: 'MS03' },
    }),
  },
  {
    says: { status: 'RJCT', reason: 'DS24' },
    submitted: (id) => ({
      kind: 'declined',
      echo: echo(id),
      gatewayReference: 'BK-7',
      reason: reason('DS24'),
    }),
    asked: (id) => ({ kind: 'expired', echo: echo(id), gatewayReference: 'BK-7', reason: reason('DS24') }),
  },
  {
    says: { status: 'CANC', reason: 'CUST' },
    submitted: (id) => ({
      kind: 'pending',
      echo: echo(id),
      gatewayReference: 'BK-7',
      reason: reason('CUST'),
      unknownCode: 'CANC',
    }),
    asked: (id) => ({ kind: 'cancelled', echo: echo(id), gatewayReference: 'BK-7', reason: reason('CUST') }),
  },
  {
    says: { status: 'RJCT', reason: 'ZZ99' },
    submitted: (id) => unknownReason(id, 'RJCT', 'ZZ99'),
  },
  {
    says: { status: 'CANC', reason: 'ZZ99' },
    submitted: (id) => ({ ...unknownReason(id, 'CANC', 'ZZ99'), unknownCode: 'CANC' }),
    asked: (id) => unknownReason(id, 'CANC', 'ZZ99'),
  },
  {
    says: { status: 'ACSC', reason: 'AM04' },
    submitted: (id) => unknownReason(id, 'ACSC', 'AM04'),
  },
  ...['ZZZZ', 'ACWC', 'PART', 'XXXX'].map((status) => ({
    says: { status },
    submitted: (id: string) =>
      ({ kind: 'pending', echo: echo(id), gatewayReference: 'BK-7', unknownCode: status }) as const,
  })),
  ...['DUPL', 'AM05', 'DU01', 'DU03', 'DU04'].map((code) => ({
    says: { status: 'RJCT', reason: code },
    submitted: () => ({ kind: 'unknown', cause: 'duplicate' }) as const,
  })),
  {
    says: { instrId: 'other' },
    submitted: () => ({ kind: 'settled', echo: echo('other'), gatewayReference: 'BK-7' }),
  },
  {
    says: { amount: '1010', currency: 'JPY' },
    submitted: (id) => ({
      kind: 'settled',
      echo: { instrId: id, amount: { minor: 1010n, currency: 'JPY' } },
      gatewayReference: 'BK-7',
    }),
  },
  {
    says: { amount: '10.00', currency: 'JPY' },
    submitted: () => ({ kind: 'unknown', cause: 'invalidReply' }),
  },
  {
    says: { amount: '10.10', currency: 'QQQ' },
    submitted: () => ({ kind: 'unknown', cause: 'invalidReply' }),
  },
];

for (const { says, submitted, asked = submitted } of codes) {
  test(`the bank says ${JSON.stringify(says)}`, async (t) => {
    const sent = order();
    const rpt = { instrId: sent.instrId, ...says };
    const bank = await scriptedBank(t, (response, { body }) =>
      say(
        response,
        body.includes('SubmitPayment') ? submitReply(rpt) : statusReply(sent.instrId, 'FOUN', report(rpt)),
      ),
    );
    const gateway = await gatewayTo(t, bank.url);
    assert.deepEqual(await gateway.submit(sent), submitted(sent.instrId));
    assert.deepEqual(await gateway.status(sent), asked(sent.instrId));
  });
}

const good = submitReply({ instrId: 'I-1' });

/** What the server does with an instruction, and what that is: always unknown, because it has left. */
const badReplies: readonly [what: string, cause: string, reply: (response: ServerResponse) => void][] = [
  ['nothing but a closed connection', 'connectionLost', (response) => response.destroy()],
  [
    'half of its headers',
    'connectionLost',
    (response) => void response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le'),
  ],
  ['no HTTP', 'connectionLost', (response) => void response.socket?.end('hello\r\n\r\n')],
  [
    'less than it announced',
    'connectionLost',
    (response) => (
      response.writeHead(200, { 'content-length': 500 }).write('<'),
      response.socket?.destroySoon()
    ),
  ],
  ['more bytes than its bound', 'invalidReply', (response) => say(response, `<a>${'x'.repeat(70_000)}</a>`)],
  ['bytes without end', 'invalidReply', (response) => forever(response)],
  [
    'a byte now and then',
    'timeout',
    (response) => void (response.writeHead(200, { 'content-type': 'text/xml' }), response.write('<')),
  ],
  [
    'interim answers without end',
    'timeout',
    (response) => void setInterval(() => response.writeProcessing(), 50).unref(),
  ],
  ['an empty body', 'invalidReply', (response) => say(response, '')],
  ['no XML', 'invalidReply', (response) => say(response, 'ok')],
  ['a DOCTYPE', 'invalidReply', (response) => say(response, `<!DOCTYPE a [<!ENTITY b "c">]>${good}`)],
  [
    'another media type',
    'invalidReply',
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(good),
  ],
  ['no media type', 'invalidReply', (response) => void response.writeHead(200).end(good)],
  [
    'SOAP 1.2',
    'invalidReply',
    (response) =>
      say(
        response,
        good.replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'),
      ),
  ],
  [
    'a compressed body',
    'invalidReply',
    (response) =>
      void response
        .writeHead(200, { 'content-type': 'text/xml', 'content-encoding': 'gzip' })
        .end(gzipSync(good)),
  ],
  ['an answer to another question', 'invalidReply', (response) => say(response, statusReply('I-1', 'NFND'))],
  [
    'another namespace',
    'invalidReply',
    (response) => say(response, good.replaceAll('bank-gateway:v1', 'bank-gateway:v2')),
  ],
  ['no amount', 'invalidReply', (response) => say(response, good.replace(/<Amt.*<\/Amt>/, ''))],
  ['an amount with an exponent', 'invalidReply', (response) => say(response, good.replace('10.10', '1e1'))],
  [
    'an amount in two halves',
    'invalidReply',
    (response) => say(response, good.replace('10.10', '10.<!-- -->10')),
  ],
  ['two amounts', 'invalidReply', (response) => say(response, good.replace(/(<Amt.*<\/Amt>)/, '$1$1'))],
  ['a status in lower case', 'invalidReply', (response) => say(response, good.replace('ACSC', 'acsc'))],
  ['two Body children', 'invalidReply', (response) => say(response, inEnvelope('<a/><b/>'))],
  [
    'a header that must be understood',
    'invalidReply',
    (response) =>
      say(
        response,
        good.replace('<s:Body>', '<s:Header><a xmlns="u" s:mustUnderstand="1"/></s:Header><s:Body>'),
      ),
  ],
  ['a fault in a 200', 'invalidReply', (response) => say(response, faultReply('MS03'))],
  ['a good reply in a 500', 'serverError', (response) => say(response, good, 500)],
  [
    'a page in a 500',
    'serverError',
    (response) => void response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>no</h1>'),
  ],
  ['a fault of its own', 'gatewayFault', (response) => say(response, faultReply('MS03'), 500)],
  [
    'a fault without a detail',
    'gatewayFault',
    (response) =>
      say(
        response,
        inEnvelope('<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>'),
        500,
      ),
  ],
  ['a fault with DUPL', 'duplicate', (response) => say(response, faultReply('DUPL'), 500)],
  ['409', 'duplicate', (response) => say(response, '', 409)],
  ['202', 'invalidReply', (response) => say(response, good, 202)],
  ['404', 'invalidReply', (response) => say(response, good, 404)],
  ['503', 'serverError', (response) => say(response, good, 503)],
];

function forever(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/xml' });
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(10_000)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

for (const [what, cause, reply] of badReplies) {
  test(`the bank answers with ${what}: unknown, ${cause}, sent once`, async (t) => {
    const bank = await scriptedBank(t, reply);
    const gateway = await gatewayTo(t, bank.url, { limits: { totalTimeoutMs: 600 } });
    const from = performance.now();
    const answer = await gateway.submit(order({ instrId: 'I-1' }));
    // Half of what a gateway waits for where nobody says otherwise.
    assert.ok(performance.now() - from < 10_000, 'within its bound');
    assert.deepEqual(answer, { kind: 'unknown', cause });
    assert.equal(bank.received.length, 1);
    // The same words as an answer to a question settle nothing and deny nothing.
    assert.equal((await gateway.status({ instrId: 'I-2', correlationId: 'c' })).kind, 'unknown');
  });
}

const findings: readonly [what: string, reply: string, kind: Answer['kind']][] = [
  ['NFND', statusReply('I-1', 'NFND'), 'notFound'],
  ['NFND about another instruction', statusReply('I-2', 'NFND'), 'unknown'],
  ['NFND with a report', statusReply('I-1', 'NFND', report({ instrId: 'I-1' })), 'unknown'],
  ['FOUN without a report', statusReply('I-1', 'FOUN'), 'unknown'],
  ['FOUN under another id', statusReply('I-2', 'FOUN', report({ instrId: 'I-1' })), 'unknown'],
  ['a finding that it does not explain', statusReply('I-1', 'LOST'), 'unknown'],
  [
    'FOUN with the report of another instruction',
    statusReply('I-1', 'FOUN', report({ instrId: 'I-2' })),
    'settled',
  ],
];

for (const [what, reply, kind] of findings) {
  test(`asked about I-1 the bank says ${what}: ${kind}`, async (t) => {
    const bank = await scriptedBank(t, (response) => say(response, reply));
    const gateway = await gatewayTo(t, bank.url);
    const answer = await gateway.status({ instrId: 'I-1', correlationId: 'c' });
    assert.equal(answer.kind, kind);
    // The echo is passed on as it is: that it is another one's is for the domain to see.
    if ('echo' in answer) assert.equal(answer.echo.instrId, 'I-2');
  });
}

test('a redirect is not followed: nothing goes where nobody sent it', async (t) => {
  const elsewhere = await scriptedBank(t, (response) => say(response, good));
  for (const status of [301, 302, 303, 307, 308]) {
    const bank = await scriptedBank(
      t,
      (response) => void response.writeHead(status, { location: elsewhere.url }).end(),
    );
    const gateway = await gatewayTo(t, bank.url);
    assert.deepEqual(await gateway.submit(order()), { kind: 'unknown', cause: 'invalidReply' });
  }
  assert.deepEqual(elsewhere.received, []);
});

test('a proxy in the environment is not asked', async (t) => {
  const bank = await scriptedBank(t, (response, received) =>
    say(response, submitReply({ instrId: instrIdOf(received) })),
  );
  process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
  t.after(() => delete process.env['HTTPS_PROXY']);
  const gateway = await gatewayTo(t, bank.url);
  assert.equal((await gateway.submit(order())).kind, 'settled');
});

test('a reply in UTF-16 is read', async (t) => {
  const bank = await scriptedBank(t, (response) => {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(Buffer.from(`\uFEFF${good}`, 'utf16le'));
  });
  const gateway = await gatewayTo(t, bank.url);
  assert.equal((await gateway.submit(order({ instrId: 'I-1' }))).kind, 'settled');
});
