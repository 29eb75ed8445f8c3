/** What is tried again, how often, and within which time: by itself, and by both kinds of gateways over real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { test } from 'node:test';
import type { Exchange, ExchangeBounds } from '../../src/gateways/exchange.ts';
import { defaultCallLimits } from '../../src/gateways/kind.ts';
import { neverSentMs, triesOf } from '../../src/gateways/tries.ts';
import type { Gateway } from '../../src/payments/gateways.ts';
import { gatewayTo, scriptedBank, settle as settleAtBank } from './bank-calls.ts';
import { type Ending, type GatewayChange, order } from './calls.ts';
import { pspTo, scriptedPsp, settle as settleAtPsp } from './psp-calls.ts';

const limits = { ...defaultCallLimits, triesMax: 3, retryPauseMs: 20, totalTimeoutMs: 2_000 };
const answered: Exchange = { kind: 'answered', status: 200, body: Buffer.from('{}') };
const told = { isTooLate: () => false, sent: () => {} };

const rows: readonly (readonly [came: Exchange, tries: number])[] = [
  [{ kind: 'neverSent', cause: 'connectionRefused' }, 3],
  [{ kind: 'neverSent', cause: 'connectTimeout' }, 3],
  [{ kind: 'neverSent', cause: 'tlsFailed' }, 3],
  [{ kind: 'neverSent', cause: 'nameNotFound' }, 3],
  [{ kind: 'neverSent', cause: 'sendBeforeMissed' }, 1],
  [{ kind: 'neverSent', cause: 'gatewayBusy' }, 1],
  [{ kind: 'neverSent', cause: 'breakerOpen' }, 1],
  [{ kind: 'neverSent', cause: 'notWritable' }, 1],
  [{ kind: 'unknown', cause: 'timeout' }, 1],
  [{ kind: 'unknown', cause: 'connectionLost' }, 1],
  [{ kind: 'unknown', cause: 'serverError' }, 1],
  [{ kind: 'unknown', cause: 'duplicate' }, 1],
  [answered, 1],
];

for (const [came, tries] of rows) {
  test(`${'cause' in came ? `${came.kind}, ${came.cause}` : came.kind}: ${tries} in all`, async () => {
    let tried = 0;
    const exchange = async (): Promise<Exchange> => {
      tried += 1;
      return came;
    };
    assert.deepEqual(await triesOf(limits, () => 0)(exchange, told), came);
    assert.equal(tried, tries);
  });
}

test('a try that comes through ends them, and its answer is the answer', async () => {
  const coming: Exchange[] = [{ kind: 'neverSent', cause: 'connectionRefused' }, answered];
  const exchange = async (): Promise<Exchange> => coming.shift() ?? assert.fail('a third try');
  assert.deepEqual(await triesOf(limits, () => 0)(exchange, told), answered);
});

test('all tries share the time of the one call, and none begins where too little of it is left', async () => {
  const bounds: ExchangeBounds[] = [];
  const within = { ...limits, connectTimeoutMs: 100, totalTimeoutMs: 250, retryPauseMs: 60, triesMax: 10 };
  await triesOf(within, () => 0.999)(async (bound) => {
    bounds.push(bound);
    return { kind: 'neverSent', cause: 'connectionRefused' };
  }, told);
  assert.ok(bounds.length >= 2 && bounds.length <= 5, `${bounds.length} tries`);
  assert.ok((bounds.at(-1)?.totalTimeoutMs ?? 250) < 200);
  for (const { connectTimeoutMs, totalTimeoutMs } of bounds) assert.ok(connectTimeoutMs <= totalTimeoutMs);
});

test('nothing is tried again past sendBefore', async () => {
  let tried = 0;
  const late = { isTooLate: () => tried >= 1, sent: () => {} };
  await triesOf(limits, () => 0)(async () => {
    tried += 1;
    return { kind: 'neverSent', cause: 'connectionRefused' };
  }, late);
  assert.equal(tried, 1);
});

test('the longest that a call takes that was never sent', () => {
  const bounds = { ...limits, connectTimeoutMs: 1_000, retryPauseMs: 200 };
  assert.equal(neverSentMs({ ...bounds, totalTimeoutMs: 5_000 }), 3_400);
  assert.equal(neverSentMs({ ...bounds, totalTimeoutMs: 2_000 }), 2_000);
  assert.equal(neverSentMs({ ...bounds, triesMax: 1 }), 1_000);
});

/** A way to `port` that resets the first connections. */
async function resetting(
  t: Ending,
  port: number,
  resets: number,
): Promise<{ port: number; count: () => number }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    if (connections <= resets) return void socket.resetAndDestroy();
    const onward = connect(port, '127.0.0.1');
    t.after(async () => {
      socket.destroy();
      onward.destroy();
    });
    socket.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => socket.destroy()).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => void server.close());
  return { port: (server.address() as AddressInfo).port, count: () => connections };
}

interface Kind {
  readonly name: string;
  readonly open: (t: Ending, resets: number, change: GatewayChange) => Promise<Opened>;
}

interface Opened {
  readonly gateway: Gateway;
  readonly received: readonly unknown[];
  readonly count: () => number;
}

const kinds: readonly Kind[] = [
  {
    name: 'a bank',
    async open(t, resets, change) {
      const { url, received } = await scriptedBank(t, settleAtBank);
      const way = await resetting(t, Number(new URL(url).port), resets);
      const gateway = await gatewayTo(t, withPort(url, way.port), change);
      return { gateway, received, count: way.count };
    },
  },
  {
    name: 'a PSP',
    async open(t, resets, change) {
      const { url, received } = await scriptedPsp(t, settleAtPsp);
      const way = await resetting(t, Number(new URL(url).port), resets);
      const gateway = await pspTo(t, withPort(url, way.port), change);
      return { gateway, received, count: way.count };
    },
  },
];

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

for (const { name, open } of kinds) {
  test(`${name} whose first connections are reset gets the order once, by the third`, async (t) => {
    let reached = 0;
    const surroundings = { reached: () => void (reached += 1), random: () => 0 };
    const change = { limits: { triesMax: 3, retryPauseMs: 20 }, surroundings };
    const { gateway, received, count } = await open(t, 2, change);
    assert.equal((await gateway.submit(order())).kind, 'settled');
    assert.deepEqual([received.length, count(), reached], [1, 3, 1]);
    await gateway.status({ instrId: 'I-1', correlationId: 'c' });
    assert.equal(reached, 1, 'a question moves nothing, so nobody ends there');
  });

  test(`${name} that resets them all: never sent, and then not even called`, async (t) => {
    let reached = 0;
    const change = {
      limits: { triesMax: 2, retryPauseMs: 20 },
      breaker: { windowCalls: 4, callsMin: 2, failureShareMax: 0.5, openMs: 300 },
      surroundings: { reached: () => void (reached += 1) },
    };
    const { gateway, count } = await open(t, 4, change);
    assert.equal(gateway.breaker(), 'closed');
    for (let call = 0; call < 2; call += 1) assert.equal((await gateway.submit(order())).kind, 'neverSent');
    assert.deepEqual([count(), gateway.breaker(), reached], [4, 'open', 0]);

    assert.deepEqual(await gateway.submit(order()), { kind: 'neverSent', cause: 'breakerOpen' });
    const enquiry = { instrId: 'I-1', correlationId: 'c' };
    assert.deepEqual(await gateway.status(enquiry), { kind: 'unknown', cause: 'connectionLost' });
    assert.equal(count(), 4, 'nothing was put on the wire');

    while (gateway.breaker() === 'open') await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(gateway.breaker(), 'halfOpen');
    await gateway.status(enquiry);
    assert.equal(gateway.breaker(), 'closed', 'a question is answered, and it is closed');
    assert.equal((await gateway.submit(order())).kind, 'settled');
  });
}

test('what gives money back never goes out as an order that pays', async (t) => {
  const bank = await scriptedBank(t, settleAtBank);
  const psp = await scriptedPsp(t, settleAtPsp);
  const refund = order({ refundOf: { instrId: 'I-1' } });
  for (const gateway of [await gatewayTo(t, bank.url), await pspTo(t, psp.url)])
    assert.deepEqual(await gateway.submit(refund), { kind: 'neverSent', cause: 'notWritable' });
  assert.deepEqual([bank.received, psp.received], [[], []]);
  assert.ok(!('refund' in (await gatewayTo(t, bank.url))), 'a bank has no refunds');
});

test('the point after sending is reached before the reply is read, once, and a silent gateway changes nothing', async (t) => {
  for (const open of [
    async (change: GatewayChange) => {
      const bank = await scriptedBank(t, () => {});
      return { gateway: await gatewayTo(t, bank.url, change), received: bank.received };
    },
    async (change: GatewayChange) => {
      const psp = await scriptedPsp(t, () => {});
      return { gateway: await pspTo(t, psp.url, change), received: psp.received };
    },
  ]) {
    let reached = 0;
    const change = { limits: { totalTimeoutMs: 400 }, surroundings: { reached: () => void (reached += 1) } };
    const { gateway, received } = await open(change);
    assert.deepEqual(await gateway.submit(order()), { kind: 'unknown', cause: 'timeout' });
    assert.deepEqual([reached, received.length], [1, 1]);
  }
});
