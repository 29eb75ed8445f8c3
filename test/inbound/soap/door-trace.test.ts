/** W3C Trace Context at the SOAP door: whose trace a call belongs to, for the use case and for the log. */
import assert from 'node:assert/strict';
import { before, test, type TestContext } from 'node:test';
import type { Payments } from '../../../src/payments/payments.ts';
import type { CallContext } from '../../../src/payments/world.ts';
import { readTraceparent } from '../../../src/platform/trace-context.ts';
import { ask, depositRequest, dial, head, openDoor, receivedPayment } from '../../support/door-open.ts';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

/** A door, and the contexts that its use case was called with. */
async function openTraced(t: TestContext) {
  const contexts: CallContext[] = [];
  const initiate: Payments['initiate'] = async (_partner, _request, context) => {
    contexts.push(context);
    return Promise.resolve({ payment: receivedPayment(), replayed: false });
  };
  const { port, told } = await openDoor(t, callers, { payments: { initiate } });
  return { port, told, contexts };
}

async function tracedWith(t: TestContext, headers: Readonly<Record<string, string>>) {
  const { port, told, contexts } = await openTraced(t);
  const reply = await ask(port, { caller: callers.acme, headers, body: depositRequest() }, callers.acmeCa);
  assert.equal(reply.status, 200);
  const [context] = contexts;
  assert.equal(told.answered[0]?.traceparent, context?.traceparent);
  return readTraceparent(context?.traceparent);
}

test("a caller's trace goes on with a span of ours", async (t) => {
  const span = await tracedWith(t, { traceparent });
  assert.deepEqual([span?.traceId, span?.sampled], [traceId, true]);
  assert.notEqual(span?.spanId, spanId);
});

const withoutTrace: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['no header', {}],
  ['a header that says nothing', { traceparent: 'hello' }],
  ['ids of zeros', { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` }],
];

for (const [title, headers] of withoutTrace) {
  test(`${title}: a trace of our own, and the request is answered`, async (t) => {
    const span = await tracedWith(t, headers);
    assert.match(span?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.notEqual(span?.traceId, traceId);
  });
}

test('a header that came twice names no trace, even where the two say the same', async (t) => {
  const { port, contexts } = await openTraced(t);
  const body = depositRequest();
  const request = head({
    'Content-Type': 'text/xml; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Traceparent: `${traceparent}\r\nTraceparent: ${traceparent}`,
    Connection: 'close',
  });
  const connection = await dial(port, callers.acmeCa, callers.acme);
  connection.socket.write(request + body);
  assert.match(await connection.untilClosed(), /^HTTP\/1\.1 200 /);
  const span = readTraceparent(contexts[0]?.traceparent);
  assert.ok(span !== undefined && span.traceId !== traceId);
});

test('who is refused at the door is found by his trace too', async (t) => {
  const { port, told } = await openTraced(t);
  const headers = { traceparent };
  await ask(port, { caller: callers.unknownCa, headers, body: depositRequest() }, callers.acmeCa);
  assert.equal(readTraceparent(told.refused[0]?.traceparent)?.traceId, traceId);
});
