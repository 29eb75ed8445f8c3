/** What is heard of a call, and what is left of it before anybody may keep it: both as files, for both kinds. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { scrubBankTranscript } from '../../src/gateways/bank-soap/scrub.ts';
import { scrubPspTranscript } from '../../src/gateways/psp-rest/scrub.ts';
import { transcriptOf } from '../../src/gateways/transcript.ts';
import { readJsonText } from '../../src/platform/json-text.ts';
import { gatewayTo, inEnvelope, report, say as saySoap, scriptedBank, submitReply } from './bank-calls.ts';
import { order } from './calls.ts';
import { replying, scrubbedBody } from './scrubbing.ts';
import { payment, pspTo, say, scriptedPsp, signingKey } from './psp-calls.ts';
import { assertCheap } from '../support/cheapest.ts';

const golden = (name: string): Promise<string> => readFile(`test/gateways/golden/${name}.txt`, 'utf8');

const clock = { now: (): Date => new Date('2026-11-22T10:00:00.123Z') };
const deposit = order({
  instrId: '0190f5e27c0a7c00a000000000000001',
  endToEndId: 'E2E-Doe-1',
  paymentToken: 'tok_Jane',
  counterparty: { name: 'Jane "JD" Doe', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  remittanceInformation: 'for Jane Doe',
  returnUrl: 'https://casino.example/back?player=Jane',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  sendBefore: new Date('2026-11-22T10:01:00Z'),
});
const secrets = [
  'Jane',
  'Doe',
  '3704004405',
  'tok_',
  'casino.example',
  'psp.example',
  'Zm9v',
  'signature: v1',
  signingKey.secret,
];

function isClean(text: string): void {
  for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is left`);
}

test('the transcript of a call to a bank, before and after it was scrubbed', async (t) => {
  const security =
    '<w:Security xmlns:w="urn:w"><w:UsernameToken><w:Username>Jane</w:Username><w:Password>Zm9v</w:Password></w:UsernameToken></w:Security>';
  const reply = submitReply({ instrId: deposit.instrId, status: 'RJCT', reason: 'AC04' })
    .replace('of the bank', 'Jane Doe has closed DE89370400440532013000')
    .replace('<s:Body>', `<s:Header>${security}</s:Header><s:Body>`);
  const bank = await scriptedBank(t, (response) => saySoap(response, reply));
  const gateway = await gatewayTo(t, bank.url, { clock });
  const heard: string[] = [];
  const answer = await gateway.submit(deposit, (transcript) => heard.push(transcript));
  assert.equal(answer.kind, 'declined');
  assert.equal(bank.received[0]?.headers['traceparent'], deposit.traceparent);
  assert.deepEqual(heard, [await golden('bank-transcript.before')]);
  const scrubbed = gateway.scrub(heard[0] ?? '');
  assert.equal(scrubbed, await golden('bank-transcript.after'));
  isClean(scrubbed);
});

test('the transcript of a call to a PSP, before and after it was scrubbed', async (t) => {
  const reply = payment(deposit.instrId, {
    status: 'REQUIRES_ACTION',
    reasonCode: 'CUST',
    nextAction: { redirectUrl: 'https://psp.example/3ds?for=Jane', expiresAt: '2026-11-22T10:15:00Z' },
  });
  const psp = await scriptedPsp(t, (response) => say(response, reply, { status: 201 }));
  const gateway = await pspTo(t, psp.url, { clock });
  const heard: string[] = [];
  const answer = await gateway.submit(deposit, (transcript) => heard.push(transcript));
  assert.equal(answer.kind, 'pending');
  assert.equal(psp.received[0]?.headers['traceparent'], deposit.traceparent);
  assert.deepEqual(heard, [await golden('psp-transcript.before')]);
  const scrubbed = gateway.scrub(heard[0] ?? '');
  assert.equal(scrubbed, await golden('psp-transcript.after'));
  isClean(scrubbed);
});

test('every verb is heard, once a call', async (t) => {
  const psp = await scriptedPsp(t, (response) => say(response, payment('I-1')));
  const gateway = await pspTo(t, psp.url);
  const heard: string[] = [];
  const hear = (transcript: string): void => void heard.push(transcript.split('\n')[0] ?? '');
  const enquiry = { instrId: 'I-1', correlationId: 'c' };
  await gateway.submit(order(), hear);
  await gateway.status(enquiry, hear);
  await gateway.cancel?.(enquiry, hear);
  await gateway.refund?.(order({ refundOf: { instrId: 'I-1' } }), hear);
  assert.deepEqual(heard, [
    '> POST /psp/v1/payments',
    '> GET /psp/v1/payments/I-1',
    '> POST /psp/v1/payments/I-1/cancel',
    '> POST /psp/v1/payments/I-1/refunds',
  ]);
});

test('whoever listens cannot take the answer away', async (t) => {
  const bank = await scriptedBank(t, (response) => saySoap(response, inEnvelope(report({}))));
  const gateway = await gatewayTo(t, bank.url);
  const answer = await gateway.submit(order(), () => {
    throw new Error('deaf');
  });
  assert.deepEqual(answer, { kind: 'unknown', cause: 'invalidReply' });
});

const written = { method: 'POST', path: '/p', headers: {}, body: Buffer.from('{}') } as const;

test('a failure is told in its own word, and bytes that are no text by their number', () => {
  assert.equal(
    transcriptOf(written, { kind: 'unknown', cause: 'timeout' }),
    '> POST /p\n  {}\n\n< no answer: timeout',
  );
  for (const body of [Buffer.from([0xff, 0xfe, 0x4a]), Buffer.from('J\0a\0n')]) {
    const told = transcriptOf(written, { kind: 'answered', status: 200, body });
    assert.equal(told, `> POST /p\n  {}\n\n< 200\n< (${body.length} bytes that are no text)`);
    assert.equal(scrubPspTranscript(told), told);
  }
});

const rows: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    'what is known',
    '{"status":"SETTLED","fees":[{"kind":"a"}]}',
    '{"status":"SETTLED","fees":[{"kind":"a"}]}',
  ],
  ['a name', '{"party": {"name" : "Jane"}}', '{"party": {"name" : "[redacted]"}}'],
  ['a name in another spelling', '{"n\\u0061me":"Jane"}', '{"[redacted]":"[redacted]"}'],
  ['a member that nobody knows', '{"nickname":"JD"}', '{"nickname":"[redacted]"}'],
  ['a member that is somebody’s name', '{"Jane Doe":1}', '{"[redacted]":1}'],
  ['quotes inside', '{"name":"Jane \\"JD\\" Doe","status":"A"}', '{"name":"[redacted]","status":"A"}'],
  [
    'a list of names',
    '{"status":["A"],"x":["Jane","Doe"]}',
    '{"status":["A"],"x":["[redacted]","[redacted]"]}',
  ],
  ['a text that is cut off', '{"name":"Jane Do', '{"name":"[redacted]"'],
  ['a text that is cut off behind a backslash', '{"name":"Jane\\', '{"name":"[redacted]"'],
  ['words outside of texts', '{"name":Jane,"a":true,"b":-1.5e3}', '{"name":[redacted],"a":true,"b":-1.5e3}'],
  ['a name where a code belongs', '{"status":"Jane Doe"}', '{"status":"[redacted]"}'],
  ['a text that has no name', '{"status":"A","Jane"}', '{"status":"A","[redacted]"}'],
  ['a number that is none', '{"a":1Jane}', '{"a":[redacted]}'],
  ['a line that looks like ours', '[\n> Jane\n< 200 Jane]', '[\n[redacted] 200 [redacted]]'],
  ['a page', '<h1>Jane Doe</h1>', '(17 characters that are no JSON)'],
  [
    'an IBAN under a known name',
    '{"pspReference":"DE89370400440532013000"}',
    '{"pspReference":"[redacted]"}',
  ],
];

for (const [what, before, after] of rows) {
  test(`a PSP’s body with ${what}`, () => assert.equal(scrubbedBody(scrubPspTranscript, before), after));
}

const scrubbers = { PSP: scrubPspTranscript, bank: scrubBankTranscript } as const;

/** What a proxy that tells what it was sent, or who wants to be kept in our ledger, puts into a body. */
const lookAlikes = [
  '> Debtor: Jan Novak, Praha 4',
  '> Psp-Signature: v1,Novak/secret',
  '> psp-key-id: Novak',
  '> X-Correlation-Id: Novak',
  '< content-type: Novak',
  '> GET /players/Novak?iban=x',
  '< no answer: Novak',
  '< (1 bytes that are no text) Novak',
  '  > X-Correlation-Id: Novak',
  '',
];

for (const [kind, scrub] of Object.entries(scrubbers)) {
  for (const ends of ['\n', '\r\n', '\r', '\u2028']) {
    for (const start of ['bad gateway', '{', '["', '<html>', '<Cd>', '']) {
      test(`nothing of lines that look like ours is left of what a ${kind} says, after ${JSON.stringify(start + ends)}`, () => {
        const body = [start, ...lookAlikes, ...lookAlikes].join(ends);
        for (const text of [body, `\n${body}`, `${ends}${body}`]) {
          const left = scrubbedBody(scrub, text);
          assert.ok(!left.includes('Novak') && !left.includes('secret'), left);
        }
      });
    }
  }
}

test('wherever a transcript is cut, nothing more is left of it than of the whole one', () => {
  const body = ['{"name":"Novak', ...lookAlikes, '"}'].join('\n');
  const headers = { 'X-Correlation-Id': 'c-1', 'Idempotency-Key': 'i-1' };
  const sent = { method: 'POST', path: '/p', headers, body: Buffer.from(body) } as const;
  const whole = transcriptOf(sent, {
    kind: 'answered',
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: Buffer.from(body),
  });
  for (const scrub of Object.values(scrubbers)) {
    for (let end = 0; end <= whole.length; end += 1) {
      const left = scrub(whole.slice(0, end));
      assert.ok(!left.includes('Nov') && !left.includes('Praha'), left);
    }
  }
});

const frames: readonly (readonly [line: string, left: string])[] = [
  ['> authorization: Bearer abc.def', '[redacted]'],
  ['> Psp-Signature: v1,abc', '[redacted]'],
  ['> psp-key-id: k1', '> psp-key-id: k1'],
  [
    '< content-type: application/problem+json; charset=utf-8',
    '< content-type: application/problem+json; charset=utf-8',
  ],
  ['< content-type: text/html', '< content-type: text/html'],
  ['< content-type: Jan Novak', '[redacted]'],
  ['< content-type: text/html; charset=Jan Novak', '[redacted]'],
  ['< x-powered-by: Jan', '[redacted]'],
  ['< 200', '< 200'],
  ['< 200 Jan', '[redacted]'],
  ['Jan Novak', '[redacted]'],
  [' Jan Novak', '[redacted]'],
];

for (const [line, left] of frames) {
  test(`outside of bodies only what is ours is kept: ${line}`, () => {
    assert.equal(scrubPspTranscript(line), left);
    assert.equal(scrubBankTranscript(line), left);
  });
}

test('a header stays one line, whatever it holds', () => {
  const request = {
    method: 'POST',
    path: '/p',
    headers: { SOAPAction: 'a\n  {"b' },
    body: Buffer.alloc(0),
  } as const;
  const reply = {
    kind: 'answered',
    status: 200,
    contentType: 'tëxt\r\n> a: b',
    body: Buffer.alloc(0),
  } as const;
  const told = transcriptOf(request, reply);
  assert.equal(told, '> POST /p\n> SOAPAction: a?  {"b\n\n< 200\n< content-type: t?xt?> a: b');
  assert.equal(scrubPspTranscript(told), '> POST /p\n> SOAPAction: a?  {"b\n\n< 200\n[redacted]');
});

test('the longest reply that may be configured is scrubbed and read without an overflow', () => {
  const longest = 'x'.repeat(1_048_576 - 20);
  assert.equal(scrubbedBody(scrubPspTranscript, `{"a":"${longest}"}`), '{"a":"[redacted]"}');
  assert.equal(scrubbedBody(scrubPspTranscript, `{"a":"${longest}`), '{"a":"[redacted]"');
  assert.equal(scrubbedBody(scrubBankTranscript, `<a>${longest}</a>`), '<a>[redacted]</a>');
  const read = readJsonText(`{"a":"${longest}"}`, { depthMax: 8 });
  assert.ok(typeof read !== 'string');
});

test('a hostile transcript is scrubbed in time', async () => {
  await assertCheap(3_000, () => {
    for (const piece of ['{"', '"\\', '{"a":"b",', '< ', '\n\n', '[', 'x', '"a" :']) {
      for (const told of [
        piece.repeat(30_000),
        replying(`{${piece.repeat(30_000)}`),
        replying(piece.repeat(30_000)),
      ]) {
        scrubPspTranscript(told);
        scrubBankTranscript(told);
      }
    }
    for (const piece of ['<Security>', '<w:Security ', '</Security>', '<Text>x</Text'])
      scrubBankTranscript(replying(piece.repeat(20_000)));
  });
});
