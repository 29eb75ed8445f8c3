import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ask,
  depositRequest,
  dial,
  head,
  openDoor,
  receivedPayment,
  statusRequest,
} from '../../support/door-open.ts';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const quick = {
  handshakeTimeoutMs: 300,
  headersTimeoutMs: 300,
  requestTimeoutMs: 5_000,
  checkIntervalMs: 50,
};

function post(body: string): string {
  return head({ 'Content-Type': 'text/xml', 'Content-Length': String(body.length) }) + body;
}

async function closed(socket: net.Socket): Promise<void> {
  socket.on('error', () => {}).resume();
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

/** A use case that answers when the test says so. */
function slowUseCase() {
  const arrived = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const initiate = async () => {
    arrived.resolve();
    await decided.promise;
    return { payment: receivedPayment(), replayed: false };
  };
  return { initiate, arrived: arrived.promise, decide: () => decided.resolve() };
}

function keptAlive(t: TestContext) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  agent.on('free', ({ localPort }: net.Socket) => ports.add(localPort));
  return { agent, ports };
}

describe('slow connections', () => {
  test('that never shake hands are closed, a hundred at once', async (t) => {
    const { port, told } = await openDoor(t, callers, { limits: quick });
    const sockets = Array.from({ length: 100 }, () => net.connect(port, '127.0.0.1'));
    await Promise.all(sockets.map(closed));
    assert.equal(told.handshakes.length, 100);
    assert.equal(
      (await ask(port, { caller: callers.acme, body: statusRequest() }, callers.acmeCa)).status,
      200,
    );
  });

  test('that say nothing, or not all of their headers, are closed', async (t) => {
    const { port, told } = await openDoor(t, callers, { limits: quick });
    const silent = await dial(port, callers.acmeCa, callers.acme);
    const slow = await dial(port, callers.acmeCa, callers.acme);
    slow.socket.write('POST /soap/v1/payments HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const drip = setInterval(() => slow.socket.write('a'), 20);
    t.after(() => clearInterval(drip));
    assert.match(await slow.untilClosed(), /^HTTP\/1.1 408 /);
    assert.match(await silent.untilClosed(), /^HTTP\/1.1 408 /);
    assert.deepEqual(
      told.refused.map(({ reason }) => reason),
      ['headersTooSlow', 'headersTooSlow'],
    );
  });

  test('that are idle between two requests are not: headersTimeoutMs begins with a first byte', async (t) => {
    const { port } = await openDoor(t, callers, { limits: quick });
    const { agent, ports } = keptAlive(t);
    for (let call = 0; call < 2; call += 1) {
      const reply = await ask(port, { caller: callers.acme, agent, body: statusRequest() }, callers.acmeCa);
      assert.equal(reply.status, 200);
      // There is no event for "the limit went by and nothing happened".
      await sleep(quick.headersTimeoutMs * 3);
    }
    const last = await ask(port, { caller: callers.acme, agent, body: statusRequest() }, callers.acmeCa);
    assert.equal(last.status, 200);
    assert.equal(ports.size, 1);
  });

  test('that are idle for longer than keepAliveTimeoutMs are closed', async (t) => {
    const { port } = await openDoor(t, callers, { limits: { ...quick, keepAliveTimeoutMs: 100 } });
    const connection = await dial(port, callers.acmeCa, callers.acme);
    connection.socket.write(post(statusRequest()));
    assert.match(await connection.untilClosed(), /^HTTP\/1.1 200 OK/);
  });
});

describe('the number and the age of connections', () => {
  test('one more than connectionsMax is closed at once', async (t) => {
    const { port, told } = await openDoor(t, callers, { limits: { connectionsMax: 2 } });
    const first = await dial(port, callers.acmeCa, callers.acme);
    const second = await dial(port, callers.acmeCa, callers.acme);
    await closed(net.connect(port, '127.0.0.1'));
    assert.equal(told.dropped, 1);
    first.socket.destroy();
    second.socket.destroy();
  });

  test('an old connection is closed: at once when idle, after its answer when busy', async (t) => {
    const { initiate, arrived, decide } = slowUseCase();
    const { port } = await openDoor(t, callers, {
      limits: { socketLifetimeMsMax: 200 },
      payments: { initiate },
    });
    // The busy one is the older of the two, so when the idle one is past its time it is, too.
    const busy = await dial(port, callers.acmeCa, callers.acme);
    const idle = await dial(port, callers.acmeCa, callers.acme);
    busy.socket.write(post(depositRequest()));
    idle.socket.write(post(statusRequest()));
    assert.match(await idle.untilClosed(), /^HTTP\/1.1 200 OK/);
    await arrived;
    decide();
    assert.match(await busy.untilClosed(), /^HTTP\/1.1 200 OK[\s\S]*RCVD/);
  });
});

describe('closing the door', () => {
  test('lets a running request end, closes idle connections, takes no new ones', async (t) => {
    const { initiate, arrived, decide } = slowUseCase();
    const { port, door } = await openDoor(t, callers, { payments: { initiate } });
    const idle = await dial(port, callers.acmeCa, callers.acme);
    idle.socket.write(post(statusRequest()));
    await idle.until('</soap:Envelope>');
    const fresh = await dial(port, callers.acmeCa, callers.acme);
    const busy = await dial(port, callers.acmeCa, callers.acme);
    busy.socket.write(post(depositRequest()));
    await arrived;

    const closing = door.close(10_000);
    await Promise.all([idle.untilClosed(), fresh.untilClosed()]);
    const late = net.connect(port, '127.0.0.1');
    const [refusal] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    assert.equal(refusal.code, 'ECONNREFUSED');
    decide();
    assert.match(await busy.untilClosed(), /^HTTP\/1.1 200 OK[\s\S]*\r\nConnection: close\r\n[\s\S]*RCVD/);
    await closing;
  });

  test('is bounded: what does not end is cut, handshakes too', async (t) => {
    const { initiate, arrived } = slowUseCase();
    const { port, door } = await openDoor(t, callers, { payments: { initiate } });
    const shaking = net.connect(port, '127.0.0.1');
    const busy = await dial(port, callers.acmeCa, callers.acme);
    busy.socket.write(post(depositRequest()));
    await arrived;
    const startedAt = performance.now();
    await door.close(200);
    // Without its bound it waits for a use case that never ends.
    assert.ok(performance.now() - startedAt < 20_000);
    await Promise.all([closed(shaking), busy.untilClosed()]);
    await door.close(200);
  });
});
