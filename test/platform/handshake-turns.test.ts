import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { before, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { takeHandshakesInTurns } from '../../src/platform/handshake-turns.ts';
import { type Callers, makeCallers } from '../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

async function listening(t: TestContext, handshakeTimeoutMs: number) {
  const { certificate: cert, key } = callers.server;
  const server = createServer({ cert, key }, (_request, response) => response.end('here'));
  let gaveUp = 0;
  takeHandshakesInTurns(server, { handshakesPerTurnMax: 1, handshakeTimeoutMs }, () => (gaveUp += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, gaveUp: () => gaveUp };
}

test('however many come at once, each has its handshake and its answer', async (t) => {
  const { port, server } = await listening(t, 8_000);
  let [inThisTurn, most] = [0, 0];
  server.prependListener('secureConnection', () => {
    inThisTurn += 1;
    most = Math.max(most, inThisTurn);
    setImmediate(() => (inThisTurn = 0));
  });
  const answers = Array.from({ length: 40 }, async () => {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      ca: callers.acmeCa.certificate,
      servername: 'localhost',
    });
    await once(socket, 'secureConnect');
    socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += String(chunk);
    return answer;
  });
  for (const answer of await Promise.all(answers)) assert.match(answer, /\r\n\r\nhere$/);
  assert.ok(most < 40, `${most} handshakes ended in one turn`);
});

test('who hangs up while he waits takes no turn from the others', async (t) => {
  const { port, gaveUp } = await listening(t, 8_000);
  const leaving = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));
  await Promise.all(leaving.map(async (socket) => once(socket, 'connect')));
  for (const socket of leaving) socket.resetAndDestroy();
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    ca: callers.acmeCa.certificate,
    servername: 'localhost',
  });
  await once(socket, 'secureConnect');
  socket.destroy();
  assert.equal(gaveUp(), 0);
});

test('who waits longer than a handshake may take is closed, and that is told', async (t) => {
  const { port, gaveUp } = await listening(t, 0);
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'close');
  assert.equal(gaveUp(), 1);
});
