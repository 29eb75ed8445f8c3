/** Connections of the internal door on which somebody came in who is nobody any more. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { test, type TestContext } from 'node:test';
import { tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { bearer, openRestDoor, restPartner, someClients, tokenOf } from './open-door.ts';

/** A caller who keeps his one connection. */
function keptCaller(t: TestContext, port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return async (path: string, token?: string) => {
    const headers = token === undefined ? {} : Object.fromEntries([bearer(token)]);
    const sent = request({ host: '127.0.0.1', port, path, agent, headers });
    // Idle again, the connection is the agent's.
    const over = once(sent, 'close');
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { socket } = response;
    response.resume();
    await once(response, 'end');
    await over;
    return { status: response.statusCode, reused: sent.reusedSocket, socket };
  };
}

/** Who is in the directory next, and whether the connection on which core has called stays. */
const next: readonly (readonly [string, Parameters<typeof restPartner>[1], boolean])[] = [
  ['he is as he was', {}, true],
  ['he may do less', { operations: ['read'] }, true],
  ['he is disabled', { enabled: false }, false],
  ['he has another token', { tokenDigests: [tokenDigest(tokenOf('other'))] }, false],
];

for (const [name, changes, stays] of next) {
  test(`an idle connection after a change: ${name}: ${stays ? 'stays' : 'is closed'}`, async (t) => {
    const { port, setPartners, told } = await openRestDoor(t);
    const ask = keptCaller(t, port);
    const { socket } = await ask('/v1/payments', tokenOf('core'));
    const shop = keptCaller(t, port);
    await shop('/v1/payments', tokenOf('shop'));
    const monitoring = keptCaller(t, port);
    await monitoring('/health');
    const closed = stays ? Promise.resolve() : once(socket, 'close');
    told.length = 0;
    setPartners([...someClients.filter(({ id }) => id !== 'core'), restPartner('core', changes)]);
    await closed;
    const refused =
      changes?.enabled === false ? { refused: 'disabled', partnerId: 'core' } : { refused: 'unknownToken' };
    const dismissed = stays ? [] : [{ event: 'dismissed', about: refused }];
    assert.deepEqual(told, dismissed);
    assert.equal((await ask('/health')).reused, stays);
    assert.equal((await shop('/health')).reused, true);
    assert.equal((await monitoring('/health')).reused, true);
  });
}

test('a connection that was refused, and let nobody in, stays: there is nothing on it', async (t) => {
  const { port, setPartners } = await openRestDoor(t);
  const ask = keptCaller(t, port);
  assert.equal((await ask('/v1/payments', tokenOf('nobody'))).status, 401);
  setPartners([restPartner('core')]);
  assert.equal((await ask('/health')).reused, true);
});

test('a busy connection is answered, told that it ends, and closed', async (t) => {
  const answer = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const slow = {
    method: 'GET',
    path: '/v1/slow',
    operation: 'slow',
    async respond() {
      asked.resolve();
      await answer.promise;
      return { document: {} };
    },
  } as const;
  const { port, setPartners } = await openRestDoor(t, { more: [slow] });
  const ask = keptCaller(t, port);
  const answered = ask('/v1/slow', tokenOf('core'));
  await asked.promise;
  setPartners([restPartner('core', { enabled: false })]);
  answer.resolve();
  const { status, socket } = await answered;
  assert.equal(status, 200);
  if (!socket.closed) await once(socket, 'close');
  assert.equal((await ask('/health')).reused, false);
});
