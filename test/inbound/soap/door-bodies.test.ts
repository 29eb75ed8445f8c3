import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import {
  ask,
  contentType,
  dial,
  head,
  openDoor,
  part,
  statusRequest,
  type Version,
} from '../../support/door-open.ts';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const xml = { 'Content-Type': 'text/xml' };
const chunked = { ...xml, 'Transfer-Encoding': 'chunked' };
const tenMegabytes = Buffer.alloc(10_000_000, ' ');

/** Fails when `work` has not ended in time: a door that waits for ever must not make the test do so. */
async function withinMs<T>(ms: number, work: Promise<T>): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(new Error(`not ended within ${ms} ms`)), ms);
  return Promise.race([work, timer.promise]).finally(() => clearTimeout(timeout));
}

describe('a body that is small enough', () => {
  const sizes: readonly (readonly [number, number])[] = [
    [65_535, 200],
    [65_536, 200],
    [65_537, 413],
  ];
  for (const [bytes, status] of sizes) {
    test(`${bytes} bytes, with a length and chunked`, async (t) => {
      const { port } = await openDoor(t, callers);
      const body = statusRequest('1.1', bytes);
      const whole = await ask(port, { caller: callers.acme, body }, callers.acmeCa);
      assert.equal(whole.status, status);
      const headers = { 'transfer-encoding': 'chunked' };
      const inChunks = await ask(port, { caller: callers.acme, headers, body }, callers.acmeCa);
      assert.equal(inChunks.status, status);
    });
  }

  test('in chunks of one byte', async (t) => {
    const { port } = await openDoor(t, callers);
    const connection = await dial(port, callers.acmeCa, callers.acme);
    const chunks = statusRequest()
      .split('')
      .map((byte) => `1\r\n${byte}\r\n`)
      .join('');
    connection.socket.write(`${head(chunked)}${chunks}0\r\n\r\n`);
    assert.match(await connection.until('</soap:Envelope>'), /^HTTP\/1.1 200 OK/);
    connection.socket.destroy();
  });

  test('after 100 Continue, and at once behind it', async (t) => {
    const { port } = await openDoor(t, callers);
    const body = statusRequest();
    const headers = { ...xml, 'Content-Length': String(body.length), Expect: '100-continue' };
    const patient = await dial(port, callers.acmeCa, callers.acme);
    patient.socket.write(head(headers));
    await patient.until('HTTP/1.1 100 Continue\r\n\r\n');
    patient.socket.write(body);
    assert.match(await patient.until('</soap:Envelope>'), /HTTP\/1.1 200 OK/);
    // The connection is as good as before.
    patient.socket.write(head({ ...headers, Connection: 'close' }) + body);
    assert.match(await patient.untilClosed(), /(?:100 Continue[\s\S]*200 OK[\s\S]*){2}/);
  });
});

describe('a body that is too large', () => {
  const versions: readonly Version[] = ['1.1', '1.2'];
  for (const version of versions) {
    test(`of 10 MB: its fault is read by a client that writes everything first, SOAP ${version}`, async (t) => {
      const { port, told } = await openDoor(t, callers);
      for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
        const asking = { headers: { 'content-type': contentType(version), ...headers }, body: tenMegabytes };
        const reply = await withinMs(8_000, ask(port, { ...asking, caller: callers.acme }, callers.acmeCa));
        assert.equal(reply.status, 413);
        assert.equal(reply.headers['content-type'], contentType(version));
        assert.equal(part(reply.body, 'Code'), 'BODY_TOO_LARGE');
        assert.equal(part(reply.body, 'Outcome'), 'UNKNOWN');
        assert.equal(told.refused.at(-1)?.reason, 'BODY_TOO_LARGE');
      }
    });
  }

  test('of 10 MB and without a certificate: the length refuses it first, without one the caller', async (t) => {
    const { port } = await openDoor(t, callers);
    const declared = await ask(port, { body: tenMegabytes }, callers.acmeCa);
    assert.equal(part(declared.body, 'Code'), 'BODY_TOO_LARGE');
    const headers = { 'transfer-encoding': 'chunked' };
    const undeclared = await ask(port, { headers, body: tenMegabytes }, callers.acmeCa);
    assert.equal(part(undeclared.body, 'Code'), 'CLIENT_CERTIFICATE_MISSING');
  });

  test('is not asked for with 100 Continue', async (t) => {
    const { port } = await openDoor(t, callers);
    const connection = await dial(port, callers.acmeCa, callers.acme);
    connection.socket.write(head({ ...xml, 'Content-Length': '10000000', Expect: '100-continue' }));
    const answer = await connection.until('</soap:Envelope>');
    assert.match(answer, /^HTTP\/1.1 413 /);
    connection.socket.end();
    await connection.untilClosed();
  });

  test('without an end: answered as soon as it is too large, closed after a bounded drain', async (t) => {
    const limits = { drainMsMax: 300 };
    const { port } = await openDoor(t, callers, { limits });
    const connection = await dial(port, callers.acmeCa, callers.acme);
    const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
    connection.socket.write(head(chunked));
    let written = 0;
    const pump = (): void => {
      while (!connection.socket.destroyed && connection.socket.write(chunk)) written += 0x1000;
      connection.socket.once('drain', pump);
    };
    pump();
    const received = await withinMs(20_000, connection.untilClosed());
    assert.match(received, /^HTTP\/1.1 413 [\s\S]*<Code>BODY_TOO_LARGE<\/Code>[\s\S]*<\/soap:Envelope>/);
    assert.ok(written > 65_536);
  });
});

describe('a body that comes slowly', () => {
  const rows: readonly (readonly [string, Record<string, string>, string])[] = [
    ['with a length', { ...xml, 'Content-Length': '500' }, '<a>'],
    ['in chunks', chunked, '3\r\n<a>\r\n'],
    ['not at all', { ...xml, 'Content-Length': '500' }, ''],
    ['in chunks that are none', chunked, '3\r\n<a>\r\nZZ\r\n'],
  ];
  for (const [title, headers, start] of rows) {
    test(`${title}: the fault comes when the time is up`, async (t) => {
      const { port, told } = await openDoor(t, callers, { limits: { bodyTimeoutMs: 200, drainMsMax: 200 } });
      const connection = await dial(port, callers.acmeCa, callers.acme);
      connection.socket.write(head(headers) + start);
      const received = await withinMs(5_000, connection.untilClosed());
      assert.match(received, /^HTTP\/1.1 500 [\s\S]*<Code>BODY_INCOMPLETE<\/Code>/);
      assert.match(received, /\r\nConnection: close\r\n/);
      assert.equal(told.refused[0]?.partnerId, 'acme');
    });
  }

  test('a byte now and then does not buy more time', async (t) => {
    const { port } = await openDoor(t, callers, { limits: { bodyTimeoutMs: 300, drainMsMax: 100 } });
    const connection = await dial(port, callers.acmeCa, callers.acme);
    connection.socket.write(head({ ...xml, 'Content-Length': '500' }));
    const drip = setInterval(() => connection.socket.write(' '), 20);
    t.after(() => clearInterval(drip));
    assert.match(await withinMs(5_000, connection.untilClosed()), /BODY_INCOMPLETE/);
  });

  test('broken off in the middle: nobody is answered, and it is told', async (t) => {
    const refused = Promise.withResolvers<string>();
    const { port } = await openDoor(t, callers, {
      parts: {
        events: {
          refused: ({ reason }) => refused.resolve(reason),
          answered: () => refused.resolve('answered'),
          failed: () => refused.resolve('failed'),
          ledgerFailed: () => {},
          dismissed: () => {},
          letInUnlisted: () => {},
          handshakeFailed: () => {},
          connectionDropped: () => {},
        },
      },
    });
    const connection = await dial(port, callers.acmeCa, callers.acme);
    connection.socket.write(head({ ...xml, 'Content-Length': '500', Expect: '100-continue' }));
    await connection.until('100 Continue');
    connection.socket.destroy();
    assert.equal(await withinMs(5_000, refused.promise), 'BODY_INCOMPLETE');
  });
});

describe('a stranger with a body', () => {
  test('of any kind reads his fault, and the door does not wait for the body', async (t) => {
    const { port } = await openDoor(t, callers, { limits: { drainMsMax: 200 } });
    const starts: readonly (readonly [Record<string, string>, string])[] = [
      [{ ...xml, 'Content-Length': '500' }, ''],
      [{ ...xml, 'Content-Length': '5' }, '<a/> '],
      [chunked, '3\r\n<a>\r\n'],
      [{ ...xml, 'Content-Length': '500', Expect: '100-continue' }, ''],
    ];
    for (const [headers, start] of starts) {
      const connection = await dial(port, callers.acmeCa, callers.unknownCa);
      connection.socket.write(head(headers) + start);
      const received = await withinMs(3_000, connection.untilClosed());
      assert.match(received, /^HTTP\/1.1 500 [\s\S]*CLIENT_CERTIFICATE_NOT_ACCEPTED/);
      assert.doesNotMatch(received, /100 Continue/);
    }
  });
});

describe('other people’s clients', () => {
  const run = promisify(execFile);

  async function curl(t: TestContext, port: number, body: Buffer | string, more: readonly string[]) {
    const directory = await mkdtemp(join(tmpdir(), 'cagebridge-curl-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const files = {
      ca: callers.acmeCa.certificate,
      cert: callers.acme.certificate,
      key: callers.acme.key,
      body,
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const identity = [
      '--cacert',
      join(directory, 'ca'),
      '--cert',
      join(directory, 'cert'),
      '--key',
      join(directory, 'key'),
    ];
    const args = [
      '-sS',
      '-m',
      '20',
      ...identity,
      '--data-binary',
      `@${join(directory, 'body')}`,
      '-H',
      'Content-Type: text/xml',
    ];
    const written = await run('curl', [
      ...args,
      ...more,
      '-w',
      '\n%{http_code}',
      `https://localhost:${port}/soap/v1/payments`,
    ]);
    return written.stdout;
  }

  test('curl reads the answer, and the fault of 10 MB with and without 100-continue', async (t) => {
    const hasCurl = await run('curl', ['--version']).then(
      () => true,
      () => false,
    );
    if (!hasCurl) return t.skip('curl is not here');
    const { port } = await openDoor(t, callers);
    assert.match(await curl(t, port, statusRequest(), []), /<TransactionStatus>RCVD<[\s\S]*\n200$/);
    for (const more of [
      [],
      ['-H', 'Expect:'],
      ['-H', 'Transfer-Encoding: chunked'],
      ['-H', 'Expect: 100-continue'],
    ]) {
      assert.match(await curl(t, port, tenMegabytes, more), /BODY_TOO_LARGE[\s\S]*\n413$/, more.join());
    }
  });

  test('a Node client that streams on one kept connection reads the fault of 10 MB', async (t) => {
    const { port } = await openDoor(t, callers);
    const agent = new https.Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const request = https.request({
      host: '127.0.0.1',
      port,
      path: '/soap/v1/payments',
      method: 'POST',
      agent,
      ca: callers.acmeCa.certificate,
      cert: callers.acme.certificate,
      key: callers.acme.key,
      headers: xml,
    });
    const errors: Error[] = [];
    request.on('error', (error) => errors.push(error));
    for (let sent = 0; sent < 200; sent += 1) request.write(Buffer.alloc(50_000, ' '));
    request.end();
    const [response] = (await withinMs(8_000, once(request, 'response'))) as [{ statusCode: number }];
    assert.equal(response.statusCode, 413);
    assert.deepEqual(errors, []);
  });
});
