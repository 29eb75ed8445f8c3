import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import https from 'node:https';
import { before, describe, test } from 'node:test';
import type { Payments } from '../../../src/payments/payments.ts';
import { refusedUnasked } from '../../../src/payments/refusals.ts';
import { type Credential } from '../../../src/pki/authority.ts';
import { fingerprintOf } from '../../../src/pki/certificate.ts';
import {
  ask,
  type Asking,
  contentType,
  depositRequest,
  dial,
  head,
  openDoor,
  part,
  receivedPayment,
  statusRequest,
  type Version,
} from '../../support/door-open.ts';
import { type Callers, makeCallers, partner } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const versions: readonly Version[] = ['1.1', '1.2'];
const fingerprint = ({ certificate }: Credential): string => fingerprintOf(new X509Certificate(certificate));

function broken(): never {
  throw new Error('the engine is gone');
}

describe('a partner at the SOAP door', () => {
  for (const version of versions) {
    test(`is answered in SOAP ${version}, with a correlation id that the use case knows too`, async (t) => {
      const seen: unknown[] = [];
      const initiate: Payments['initiate'] = async ({ id }, request, { correlationId }) => {
        seen.push([id, request.partnerReference, request.direction, correlationId]);
        return Promise.resolve({ payment: receivedPayment(), replayed: false });
      };
      const { port, told } = await openDoor(t, callers, { payments: { initiate } });
      const headers = { 'content-type': contentType(version) };
      const reply = await ask(
        port,
        { caller: callers.acme, headers, body: depositRequest(version) },
        callers.acmeCa,
      );
      assert.equal(reply.status, 200);
      assert.equal(reply.headers['content-type'], contentType(version));
      assert.equal(part(reply.body, 'TransactionStatus'), 'RCVD');
      const correlationId = reply.headers['x-correlation-id'];
      assert.match(String(correlationId), /^[0-9a-f-]{36}$/);
      assert.deepEqual(seen, [['acme', 'ref-1', 'CRDT', correlationId]]);
      const [{ durationMs, traceparent, ...answered }] = told.answered as [(typeof told.answered)[number]];
      assert.ok(durationMs >= 0);
      assert.match(String(traceparent), /^00-/);
      assert.deepEqual(answered, {
        operation: 'deposit',
        partnerId: 'acme',
        result: 'received',
        correlationId,
      });
      assert.deepEqual(told.refused, []);
    });
  }

  test('keeps one connection for many calls, and a refused use case does not end it', async (t) => {
    const { port, told } = await openDoor(t, callers, {
      payments: { initiate: async () => Promise.resolve(refusedUnasked('LEDGER_UNAVAILABLE')) },
    });
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    for (let call = 0; call < 3; call += 1) {
      const status = await ask(port, { caller: callers.acme, agent, body: statusRequest() }, callers.acmeCa);
      assert.equal(status.status, 200);
      const deposit = await ask(
        port,
        { caller: callers.acme, agent, body: depositRequest() },
        callers.acmeCa,
      );
      assert.equal(part(deposit.body, 'Code'), 'LEDGER_UNAVAILABLE');
    }
    assert.equal(sockets.size, 1);
    assert.deepEqual(
      told.refused.map(({ reason, operation, partnerId }) => [reason, operation, partnerId]),
      Array.from({ length: 3 }, () => ['LEDGER_UNAVAILABLE', 'deposit', 'acme']),
    );
  });

  test('reads nothing of a failure but that there was one', async (t) => {
    for (const version of versions) {
      const secret = 'DE89370400440532013000 at store/writer.ts:12';
      const { port, told } = await openDoor(t, callers, {
        payments: { initiate: async () => Promise.reject(new Error(secret)) },
      });
      const headers = { 'content-type': contentType(version) };
      const reply = await ask(
        port,
        { caller: callers.acme, headers, body: depositRequest(version) },
        callers.acmeCa,
      );
      assert.equal(reply.status, 500);
      assert.equal(part(reply.body, 'Code'), 'INTERNAL_ERROR');
      assert.equal(part(reply.body, 'Outcome'), 'UNKNOWN');
      assert.equal(part(reply.body, 'Retry'), 'SAME_ID');
      assert.doesNotMatch(JSON.stringify(reply), /DE89|writer/);
      assert.equal(told.failed.length, 1);
      assert.equal(told.failed[0]?.correlationId, reply.headers['x-correlation-id']);
      assert.equal(told.refused[0]?.reason, 'INTERNAL_ERROR');
    }
  });

  test('still reads HTTP where even the fault cannot be written', async (t) => {
    const { port } = await openDoor(t, callers, {
      parts: { codec: { readMessage: broken, writeResult: broken, writeFault: broken } },
    });
    const reply = await ask(port, { caller: callers.acme, body: statusRequest() }, callers.acmeCa);
    assert.deepEqual([reply.status, reply.body], [500, 'The request could not be answered.\n']);
  });

  test('is answered within answerTimeoutMs, whatever the use case does', async (t) => {
    const { port, told } = await openDoor(t, callers, {
      limits: { answerTimeoutMs: 50 },
      payments: { initiate: async () => new Promise(() => {}) },
    });
    const reply = await ask(port, { caller: callers.acme, body: depositRequest() }, callers.acmeCa);
    assert.equal(part(reply.body, 'Code'), 'INTERNAL_ERROR');
    assert.match(
      String(told.failed[0]?.error),
      /^AnswerTimeout: no answer of deposit within answerTimeoutMs/,
    );
  });

  test('may go away before his answer comes, and the door stays open', async (t) => {
    const arrived = Promise.withResolvers<void>();
    const decided = Promise.withResolvers<void>();
    const { port, told } = await openDoor(t, callers, {
      payments: {
        initiate: async () => {
          arrived.resolve();
          await decided.promise;
          return { payment: receivedPayment(), replayed: false };
        },
      },
    });
    const body = depositRequest();
    const { socket } = await dial(port, callers.acmeCa, callers.acme);
    socket.write(head({ 'Content-Type': 'text/xml', 'Content-Length': String(body.length) }) + body);
    await arrived.promise;
    socket.destroy();
    decided.resolve();
    const reply = await ask(port, { caller: callers.acme, body: statusRequest() }, callers.acmeCa);
    assert.equal(reply.status, 200);
    assert.deepEqual(
      told.answered.map(({ operation }) => operation),
      ['deposit', 'status'],
    );
  });

  test('is told to come again when too many are being answered', async (t) => {
    const decided = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { port, told } = await openDoor(t, callers, {
      limits: { requestsMax: 1, overloadedRetryAfterSeconds: 7 },
      payments: {
        initiate: async () => {
          arrived.resolve();
          await decided.promise;
          return { payment: receivedPayment(), replayed: false };
        },
      },
    });
    const first = ask(port, { caller: callers.acme, body: depositRequest() }, callers.acmeCa);
    await arrived.promise;
    const second = await ask(port, { caller: callers.birch, body: depositRequest() }, callers.acmeCa);
    assert.equal(second.status, 500);
    assert.equal(part(second.body, 'Code'), 'OVERLOADED');
    assert.equal(part(second.body, 'RetryAfterSeconds'), '7');
    assert.equal(told.refused[0]?.partnerId, 'birch');
    decided.resolve();
    assert.equal((await first).status, 200);
  });

  test('leaves the others their place: bodies that trickle fill one partner’s share and no more', async (t) => {
    const { port, told } = await openDoor(t, callers, { limits: { partnerRequestsMax: 2 } });
    const body = depositRequest();
    const slow = {
      'Content-Type': contentType('1.1'),
      'Content-Length': String(body.length),
      Expect: '100-continue',
    };
    const trickling = await Promise.all([1, 2].map(() => dial(port, callers.acmeCa, callers.acme)));
    for (const { socket } of trickling) socket.write(head(slow));
    // Who is told to go on has his place.
    await Promise.all(trickling.map((each) => each.until('100 Continue')));
    const oneMore = await ask(port, { caller: callers.acme, body }, callers.acmeCa);
    assert.equal(part(oneMore.body, 'Code'), 'OVERLOADED');
    assert.equal(told.refused[0]?.partnerId, 'acme');
    assert.equal((await ask(port, { caller: callers.birch, body }, callers.acmeCa)).status, 200);
    for (const each of trickling) {
      each.socket.write(body);
      await each.until('</soap:Envelope>');
    }
    assert.equal((await ask(port, { caller: callers.acme, body }, callers.acmeCa)).status, 200);
  });

  test('keeps his places until his payments are carried, although he hangs up', async (t) => {
    const decided = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    let carried = 0;
    const { port } = await openDoor(t, callers, {
      limits: { partnerRequestsMax: 2 },
      payments: {
        initiate: async () => {
          carried += 1;
          if (carried === 2) arrived.resolve();
          await decided.promise;
          return { payment: receivedPayment(), replayed: false };
        },
      },
    });
    const body = depositRequest();
    const leaving = await Promise.all([1, 2].map(() => dial(port, callers.acmeCa, callers.acme)));
    const headers = { 'Content-Type': 'text/xml', 'Content-Length': String(body.length) };
    for (const { socket } of leaving) socket.write(head(headers) + body);
    await arrived.promise;
    for (const { socket } of leaving) socket.destroy();
    const question = { body: statusRequest() };
    assert.equal((await ask(port, { caller: callers.birch, ...question }, callers.acmeCa)).status, 200);
    const another = await ask(port, { caller: callers.acme, body }, callers.acmeCa);
    assert.equal(part(another.body, 'Code'), 'OVERLOADED');
    decided.resolve();
    assert.equal((await ask(port, { caller: callers.acme, body }, callers.acmeCa)).status, 200);
  });

  test('finds a place however many strangers are being turned away', async (t) => {
    const { port } = await openDoor(t, callers, { limits: { requestsMax: 1 } });
    const length = { 'Content-Type': contentType('1.1'), 'Content-Length': '1000' };
    const strangers = await Promise.all([1, 2].map(() => dial(port, callers.acmeCa, callers.expired)));
    for (const { socket } of strangers) socket.write(head(length));
    await Promise.all(strangers.map((each) => each.until('</soap:Envelope>')));
    assert.equal(
      (await ask(port, { caller: callers.acme, body: statusRequest() }, callers.acmeCa)).status,
      200,
    );
  });
});

describe('who is no partner at this moment (I13)', () => {
  type Row = readonly [string, (made: Callers) => Credential | undefined, reason: string, partnerId?: string];
  const rows: readonly Row[] = [
    ['no certificate', () => undefined, 'noCertificate'],
    ['self-signed', (c) => c.selfSigned, 'chainRefused'],
    ['unknown CA', (c) => c.unknownCa, 'chainRefused'],
    ['expired', (c) => c.expired, 'chainRefused'],
    ['not yet valid', (c) => c.notYetValid, 'chainRefused'],
    ['serverAuth only', (c) => c.serverOnly, 'chainRefused'],
    ['no extended key usage', (c) => c.noUsage, 'notForClients'],
    ['X.509 v1', (c) => c.version1, 'notVersion3'],
    ['RSA of 1024 bits', (c) => c.rsa1024, 'chainRefused'],
    ["same name under another partner's CA", (c) => c.sameNameOtherCa, 'otherIssuer', 'acme'],
    ['a name that nobody has', (c) => c.notConfigured, 'unknownName'],
  ];
  for (const version of versions) {
    for (const [title, choose, reason, partnerId] of rows) {
      test(`reads a fault in SOAP ${version}: ${title}`, async (t) => {
        const reached = t.mock.fn(async () =>
          Promise.resolve({ payment: receivedPayment(), replayed: false }),
        );
        const { port, told } = await openDoor(t, callers, { payments: { initiate: reached } });
        const caller = choose(callers);
        const asking: Asking = {
          headers: { 'content-type': contentType(version) },
          body: depositRequest(version),
          ...(caller === undefined ? {} : { caller }),
        };
        const reply = await ask(port, asking, callers.acmeCa);
        assert.equal(reply.status, version === '1.1' ? 500 : 400);
        assert.equal(reply.headers['content-type'], contentType(version));
        assert.equal(reply.headers['connection'], 'close');
        const missing = caller === undefined;
        const code = missing ? 'CLIENT_CERTIFICATE_MISSING' : 'CLIENT_CERTIFICATE_NOT_ACCEPTED';
        assert.equal(part(reply.body, 'Code'), code);
        assert.equal(part(reply.body, 'Outcome'), 'UNKNOWN');
        assert.equal(part(reply.body, 'Retry'), 'SAME_ID');
        assert.equal(part(reply.body, 'CorrelationId'), reply.headers['x-correlation-id']);
        assert.doesNotMatch(reply.body, new RegExp(`${reason}|acme`));
        assert.equal(reached.mock.callCount(), 0);
        assert.deepEqual(told.answered, []);
        const [refused] = told.refused;
        assert.equal(refused?.reason, reason);
        assert.equal(refused?.partnerId, partnerId);
        assert.equal(refused?.correlationId, reply.headers['x-correlation-id']);
        assert.equal(
          refused?.certificate?.fingerprint256,
          caller === undefined ? undefined : fingerprint(caller),
        );
      });
    }
  }

  test('reads it too where the floor is TLS 1.3 and he speaks 1.2', async (t) => {
    const { port, told, directory } = await openDoor(t, callers);
    directory.set([partner('acme', callers.acmeCa, { tlsFloor: 'TLSv1.3' })]);
    const asking: Asking = { caller: callers.acme, body: statusRequest() };
    const refused = await ask(port, { ...asking, maxVersion: 'TLSv1.2' }, callers.acmeCa);
    assert.equal(part(refused.body, 'Code'), 'CLIENT_CERTIFICATE_NOT_ACCEPTED');
    assert.equal(told.refused[0]?.reason, 'tlsBelowFloor');
    assert.equal((await ask(port, asking, callers.acmeCa)).status, 200);
  });

  test('loses the connection that he holds open: disabled and revoked in between', async (t) => {
    const { port, told, directory } = await openDoor(t, callers);
    const changes: readonly (readonly [string, () => void])[] = [
      ['disabled', () => directory.set([partner('acme', callers.acmeCa, { enabled: false })])],
      ['revoked', () => directory.revoke(fingerprint(callers.acme))],
    ];
    for (const [reason, change] of changes) {
      directory.set([partner('acme', callers.acmeCa)]);
      const body = statusRequest();
      const post = head({ 'Content-Type': 'text/xml', 'Content-Length': String(body.length) }) + body;
      const connection = await dial(port, callers.acmeCa, callers.acme);
      connection.socket.write(post);
      await connection.until('</soap:Envelope>');
      change();
      connection.socket.write(post);
      const received = await connection.untilClosed();
      assert.match(
        received,
        /^HTTP\/1.1 200 OK[\s\S]*HTTP\/1.1 500 Internal Server Error[\s\S]*NOT_ACCEPTED/,
      );
      assert.equal(told.refused.at(-1)?.reason, reason);
    }
  });

  test('loses it while his body is still on its way', async (t) => {
    const reached = t.mock.fn(async () => Promise.resolve({ payment: receivedPayment(), history: [] }));
    const { port, told, directory } = await openDoor(t, callers, { payments: { status: reached } });
    const body = statusRequest();
    const connection = await dial(port, callers.acmeCa, callers.acme);
    const headers = {
      'Content-Type': 'text/xml',
      'Content-Length': String(body.length),
      Expect: '100-continue',
    };
    connection.socket.write(head(headers));
    // The door waits for the body from here on: it has let the caller in.
    await connection.until('100 Continue');
    directory.revoke(fingerprint(callers.acme));
    connection.socket.write(body);
    assert.match(await connection.untilClosed(), /NOT_ACCEPTED/);
    assert.equal(told.refused[0]?.reason, 'revoked');
    assert.equal(reached.mock.callCount(), 0);
  });
});

describe('what HTTP alone refuses', () => {
  const xml = { 'content-type': 'text/xml' };
  const rows: readonly (readonly [string, Asking, status: number, reason: string])[] = [
    ['PUT', { method: 'PUT', headers: xml, body: 'x' }, 405, 'methodNotAllowed'],
    ['DELETE', { method: 'DELETE', headers: xml }, 405, 'methodNotAllowed'],
    ['OPTIONS', { method: 'OPTIONS', headers: xml }, 405, 'methodNotAllowed'],
    [
      'two content types',
      { headers: { 'Content-Type': ['text/xml', 'application/soap+xml'] } },
      400,
      'headerRepeated',
    ],
    ['two actions', { headers: { ...xml, SOAPAction: ['""', '"urn:x"'] } }, 400, 'headerRepeated'],
    ['application/xml', { headers: { 'content-type': 'application/xml' } }, 415, 'mediaType'],
    ['JSON', { headers: { 'content-type': 'application/json' } }, 415, 'mediaType'],
    ['no media type', { headers: { 'content-type': '' } }, 415, 'mediaType'],
    ['gzip', { headers: { ...xml, 'content-encoding': 'gzip' } }, 415, 'contentEncoding'],
    ['another path', { path: '/soap/v2/payments', headers: xml }, 404, 'unknownPath'],
    ['a path with a slash more', { path: '/soap/v1/payments/', headers: xml }, 404, 'unknownPath'],
    ['another expectation', { headers: { ...xml, expect: 'a-miracle' } }, 417, 'expectation'],
    ['GET without a question', { method: 'GET' }, 404, 'unknownDocument'],
    [
      'GET of an unknown schema',
      { method: 'GET', path: '/soap/v1/payments?xsd=../package.json' },
      404,
      'unknownDocument',
    ],
  ];
  for (const [title, asking, status, reason] of rows) {
    for (const known of [true, false]) {
      test(`${title}, ${known ? 'by a partner' : 'by nobody'}`, async (t) => {
        const { port, told } = await openDoor(t, callers);
        const body = asking.body ?? (asking.method === 'GET' ? '' : statusRequest());
        const reply = await ask(
          port,
          { ...asking, body, ...(known ? { caller: callers.acme } : {}) },
          callers.acmeCa,
        );
        assert.equal(reply.status, status);
        assert.equal(reply.headers['content-type'], 'text/plain; charset=utf-8');
        assert.doesNotMatch(reply.body, /Envelope/);
        assert.equal(reply.headers['connection'], 'close');
        assert.equal(reply.headers['allow'], status === 405 ? 'GET, HEAD, POST' : undefined);
        assert.equal(told.refused[0]?.reason, reason);
        assert.equal(told.refused[0]?.status, status);
      });
    }
  }

  test('what is no HTTP is told so, and only where nobody waits for another answer', async (t) => {
    const { port, told } = await openDoor(t, callers);
    const rowsOfBytes: readonly (readonly [string, status: string, reason: string])[] = [
      ['NONSENSE\r\n\r\n', '400', 'malformedHttp'],
      [head({ 'X-Long': 'a'.repeat(20_000) }), '431', 'headersTooLarge'],
      [head({ 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }), '400', 'malformedHttp'],
      [head({ 'Content-Length': '5\r\nContent-Length: 6' }), '400', 'malformedHttp'],
      [head({ 'Content-Length': '-1' }), '400', 'malformedHttp'],
    ];
    for (const [bytes, status, reason] of rowsOfBytes) {
      const connection = await dial(port, callers.acmeCa, callers.acme);
      connection.socket.write(bytes);
      assert.match(await connection.untilClosed(), new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(told.refused.at(-1)?.reason, reason);
    }
  });

  test('nonsense behind a request leaves that request its own answer', async (t) => {
    const decided = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { port } = await openDoor(t, callers, {
      payments: {
        initiate: async () => {
          arrived.resolve();
          await decided.promise;
          return { payment: receivedPayment(), replayed: false };
        },
      },
    });
    const body = depositRequest();
    const connection = await dial(port, callers.acmeCa, callers.acme);
    connection.socket.write(
      head({ 'Content-Type': 'text/xml', 'Content-Length': String(body.length) }) + body,
    );
    await arrived.promise;
    connection.socket.write('NONSENSE\r\n\r\n');
    setImmediate(() => decided.resolve());
    const received = await connection.untilClosed();
    assert.match(received, /^HTTP\/1.1 200 OK/);
    assert.doesNotMatch(received, /HTTP\/1.1 400/);
  });
});

describe('the contract', () => {
  test('is read by everybody alike, partner or not', async (t) => {
    const { port, told } = await openDoor(t, callers);
    const agent = new https.Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    for (const query of ['wsdl', 'WSDL', 'singleWsdl', 'xsd=types-v1.xsd']) {
      const path = `/soap/v1/payments?${query}`;
      const bodies = new Set<string>();
      for (const caller of [undefined, callers.acme, callers.expired, callers.selfSigned]) {
        const asking: Asking = { agent, method: 'GET', path, headers: { host: 'evil.example' } };
        const reply = await ask(port, caller === undefined ? asking : { ...asking, caller }, callers.acmeCa);
        assert.equal(reply.status, 200);
        assert.match(String(reply.headers['content-type']), /^text\/xml; charset=utf-8$/);
        assert.equal(reply.headers['connection'], 'close', 'partners need the place');
        bodies.add(reply.body);
      }
      assert.equal(bodies.size, 1, query);
      assert.doesNotMatch([...bodies].join(), /evil\.example/);
      const [document = ''] = bodies;
      const inHead = await ask(port, { method: 'HEAD', path }, callers.acmeCa);
      assert.deepEqual([inHead.status, inHead.body], [200, '']);
      assert.equal(inHead.headers['content-length'], String(Buffer.byteLength(document)));
    }
    assert.deepEqual(told.refused, []);
  });
});
