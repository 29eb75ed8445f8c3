/** Two lanes: who asks what became of a payment is answered while there is no place for another instruction. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { before, test, type TestContext } from 'node:test';
import {
  ask,
  contentType,
  depositRequest,
  dial,
  type DoorChanges,
  head,
  openDoor,
  part,
  receivedPayment,
  statusRequest,
  type Version,
} from '../../support/door-open.ts';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const action = (operation: string): string => `urn:cagebridge:payments:v1/${operation}`;

/** A door whose one place for work is taken by a deposit that is carried until the test says so. */
async function openBusyDoor(t: TestContext, limits: DoorChanges['limits'] = {}) {
  const arrived = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  t.after(() => decided.resolve());
  const door = await openDoor(t, callers, {
    limits: { requestsMax: 1, overloadedRetryAfterSeconds: 7, overloadedBodyMs: 60, ...limits },
    payments: {
      initiate: async () => {
        arrived.resolve();
        await decided.promise;
        return { payment: receivedPayment(), replayed: false };
      },
    },
  });
  const first = ask(door.port, { caller: callers.acme, body: depositRequest() }, callers.acmeCa);
  await arrived.promise;
  return { ...door, first, decide: decided.resolve };
}

interface Row {
  readonly title: string;
  readonly body: (version: Version) => string;
  readonly announced?: string;
  /** The code of the fault; nothing where it is answered. */
  readonly code?: string;
}

const rows: readonly Row[] = [
  { title: 'a Status that announces nothing', body: statusRequest },
  { title: 'a Status that announces itself', body: statusRequest, announced: action('Status') },
  { title: 'a Deposit that announces nothing', body: depositRequest, code: 'OVERLOADED' },
  {
    title: 'a Deposit that announces itself',
    body: depositRequest,
    announced: action('Deposit'),
    code: 'OVERLOADED',
  },
  {
    title: 'a Deposit that announces a Status',
    body: depositRequest,
    announced: action('Status'),
    code: 'SOAP_ACTION_MISMATCH',
  },
  {
    title: 'a Status that announces a Deposit',
    body: statusRequest,
    announced: action('Deposit'),
    code: 'OVERLOADED',
  },
];

for (const version of ['1.1', '1.2'] as const) {
  for (const { title, body, announced, code } of rows) {
    test(`no place for work, ${title}, SOAP ${version}: ${code ?? 'answered'}`, async (t) => {
      const { port, told, first, decide } = await openBusyDoor(t);
      const type = contentType(version);
      const headers =
        announced === undefined
          ? { 'content-type': type }
          : version === '1.1'
            ? { 'content-type': type, soapaction: `"${announced}"` }
            : { 'content-type': `${type}; action="${announced}"` };
      const caller = callers.birch;
      const reply = await ask(port, { caller, headers, body: body(version) }, callers.acmeCa);
      assert.equal(part(reply.body, 'Code'), code, reply.body);
      if (code === 'OVERLOADED') {
        assert.match(reply.body, version === '1.1' ? />soap:Server</ : />soap:Receiver</);
        const said = ['RetryAfterSeconds', 'Outcome', 'Retry'].map((name) => part(reply.body, name));
        assert.deepEqual(said, ['7', 'UNKNOWN', 'SAME_ID']);
      }
      assert.deepEqual(
        told.refused.map(({ reason }) => reason),
        code === undefined ? [] : [code],
      );
      decide();
      assert.equal((await first).status, 200);
    });
  }
}

test('the lane of Status is bounded too, and what asks takes no place from what instructs', async (t) => {
  const asked = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  let asking = 0;
  const { port } = await openDoor(t, callers, {
    limits: { requestsMax: 1, statusRequestsMax: 2, partnerStatusRequestsMax: 1 },
    payments: {
      status: async () => {
        asking += 1;
        if (asking === 2) asked.resolve();
        await decided.promise;
        return { payment: receivedPayment(), history: [] };
      },
    },
  });
  const question = { headers: { soapaction: action('Status') }, body: statusRequest() };
  const send = (caller: Callers['acme']) => ask(port, { caller, ...question }, callers.acmeCa);
  const mine = [send(callers.acme), send(callers.birch)];
  await asked.promise;
  for (const caller of [callers.acme, callers.birch]) {
    assert.equal(part((await send(caller)).body, 'Code'), 'OVERLOADED');
  }
  const deposit = await ask(port, { caller: callers.acme, body: depositRequest() }, callers.acmeCa);
  assert.equal(deposit.status, 200);
  decided.resolve();
  for (const { status } of await Promise.all(mine)) assert.equal(status, 200);
  assert.equal((await send(callers.acme)).status, 200, 'a place that was left is free');
});

test('who is refused for load keeps his connection, and is answered on it when there is room', async (t) => {
  const { port, first, decide } = await openBusyDoor(t);
  const { certificate: cert, key } = callers.birch;
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const post = async (body: string) => {
    const options = { host: '127.0.0.1', port, path: '/soap/v1/payments', method: 'POST', agent };
    const tls = { cert, key, ca: callers.acmeCa.certificate, servername: 'localhost' };
    const headers = { 'content-type': contentType('1.1') };
    const request = https.request({ ...options, ...tls, headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await text(response), reused: request.reusedSocket };
  };
  const refused = await post(depositRequest());
  assert.equal(part(refused.body, 'Code'), 'OVERLOADED');
  decide();
  await first;
  const answered = await post(depositRequest());
  assert.deepEqual([answered.status, answered.reused], [200, true]);
});

test('a body that does not come is not waited for where there is no place', async (t) => {
  const { port } = await openBusyDoor(t, { drainMsMax: 40 });
  const connection = await dial(port, callers.acmeCa, callers.birch);
  const announced = { SOAPAction: action('Deposit'), 'Content-Length': '1000' };
  connection.socket.write(head({ 'Content-Type': contentType('1.1'), ...announced }));
  const answer = await connection.untilClosed();
  assert.match(answer, /^HTTP\/1\.1 500 .*\r\n[^]*Connection: close\r\n/);
  assert.equal(part(answer, 'Code'), 'OVERLOADED');
});
