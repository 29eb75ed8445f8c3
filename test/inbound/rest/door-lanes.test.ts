/** Two lanes at the internal door: a question about one payment is answered while there is no place for another instruction. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Endpoint } from '../../../src/inbound/rest/endpoint.ts';
import { bearer, type DoorChanges, openRestDoor, tokenOf } from './open-door.ts';

const unknown = '/v1/payments/0193f2a0-1c2c-7a10-9b20-c3d4e5f60718';

/** An endpoint whose work ends when the test says so. */
function slow(more: Partial<Endpoint> & Pick<Endpoint, 'path' | 'operation'>) {
  const [arrived, decided] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const endpoint: Endpoint = {
    method: 'GET',
    ...more,
    async respond() {
      arrived.resolve();
      await decided.promise;
      return { document: {} };
    },
  };
  return { endpoint, arrived: arrived.promise, decide: decided.resolve };
}

async function openBusyDoor(t: TestContext, doorLimits: DoorChanges['doorLimits'] & object) {
  const work = slow({ path: '/v1/slow', operation: 'slow' });
  const question = slow({ path: '/v1/slow-question', operation: 'slowQuestion', lane: 'status' });
  const door = await openRestDoor(t, { doorLimits, more: [work.endpoint, question.endpoint] });
  const under = door.get('/v1/slow');
  await work.arrived;
  return { ...door, work, question, under };
}

test('no place for work: a payment can be asked about, instructions are told to come again', async (t) => {
  const { get, ask, post, work, under } = await openBusyDoor(t, {
    requestsMax: 1,
    overloadedRetryAfterSeconds: 7,
  });
  for (const as of ['core', 'shop']) {
    assert.equal((await get(unknown, { as })).status, 404);
    const refused = await post('/v1/deposits', {}, { as });
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '7']);
    assert.partialDeepStrictEqual(refused.json, {
      code: 'OVERLOADED',
      outcome: 'UNKNOWN',
      retry: 'SAME_ID',
    });
  }
  for (const path of ['/health', '/ready', '/metrics']) assert.equal((await ask({ path })).status, 200);
  const headers = [bearer(tokenOf('core'))];
  assert.equal((await ask({ path: '/v1/nothing', headers })).status, 404, 'needs no place');
  work.decide();
  assert.equal((await under).status, 200);
  assert.equal((await post('/v1/deposits', {})).status, 400, 'a place that was left is free');
});

test('questions have so many places and no more, and take none from work', async (t) => {
  const { get, question, work, under } = await openBusyDoor(t, {
    requestsMax: 2,
    partnerStatusRequestsMax: 1,
  });
  const asked = get('/v1/slow-question');
  await question.arrived;
  assert.equal((await get(unknown)).status, 503);
  assert.equal((await get(unknown, { as: 'shop' })).status, 404, 'the others keep theirs');
  assert.equal((await get('/v1/payments')).status, 200);
  question.decide();
  work.decide();
  for (const { status } of await Promise.all([asked, under])) assert.equal(status, 200);
  assert.equal((await get(unknown)).status, 404);
});

for (const [title, body, ending] of [
  ['whose body is there keeps his connection', '{}', /Connection: keep-alive\r\n/],
  ['whose body does not come is not waited for', '{', /Connection: close\r\n/],
] as const) {
  test(`who finds no place and ${title}`, async (t) => {
    const doorLimits = { requestsMax: 1, overloadedBodyMs: 40, drainMsMax: 40 };
    const { port, work, under } = await openBusyDoor(t, doorLimits);
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const head = ['POST /v1/deposits HTTP/1.1', 'Host: localhost', bearer(tokenOf('core')).join(': ')];
    socket.write([...head, 'Content-Type: application/json', 'Content-Length: 2', '', body].join('\r\n'));
    const [answer] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    assert.match(answer, /^HTTP\/1\.1 503 /);
    assert.match(answer, ending);
    work.decide();
    assert.equal((await under).status, 200);
  });
}
