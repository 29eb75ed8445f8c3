/**
 * Ten times more callers than there are places, without a pause: every refusal is true, every payment that was told is in
 * the ledger and at the bank once, Status and monitoring go on. How long all of it takes is for bench/overload.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptOf } from '../../src/payments/payment.ts';
import { send } from '../support/bridge-house.ts';
import { openStreet } from '../support/bridge-process.ts';
import { paymentMessage } from '../support/bridge-requests.ts';
import { gather } from '../support/crowd.ts';
import { call } from '../support/http.ts';

const places = 6;
const durationMs = 2_000;

test('nothing that was accepted is lost, every refusal is true, and questions are answered meanwhile', async (t) => {
  const street = await openStreet();
  t.after(() => street.close());
  const bridge = await street.bridge(t, { soapDoor: { partnerRequestsMax: places } });
  const { internal } = JSON.parse(await bridge.line('bridge.listening')) as { internal: number };
  const first = await send(bridge, paymentMessage('1.1', { operation: 'Deposit', reference: 'first' }));
  assert.equal(first.status, 'ACSC', first.body);

  const { ca, 'partner-a': caller } = street.certificates;
  const common = { port: bridge.port, caller, authority: ca.certificate, durationMs };
  const asking = await gather({ ...common, callers: 2, pauseMs: 20, sends: { statusOf: 'first' } });
  const pressing = await gather({ ...common, callers: 10 * places, sends: { depositsUnder: 'crowd' } });
  const pressed = Promise.all([asking.press(), pressing.press()]);
  for (const path of ['/health', '/metrics']) assert.equal((await call(internal, { path })).status, 200);
  const [asked, { heard, broken }] = await pressed;

  const refused = heard.filter(({ code }) => code !== undefined);
  const accepted = heard.filter(({ code }) => code === undefined);
  t.diagnostic(`${accepted.length} accepted, ${refused.length} refused, ${asked.heard.length} questions`);
  assert.ok(accepted.length > 0 && refused.length > 0 && asked.heard.length > 0);
  assert.equal(broken, 0, 'everybody was answered');
  for (const { http, fault, code, outcome, retry, retryAfterSeconds } of refused) {
    const told = { http, fault, outcome, retry, retryAfterSeconds };
    const wanted = { http: 500, fault: 'Server', outcome: 'UNKNOWN', retry: 'SAME_ID' };
    assert.deepEqual(told, { ...wanted, retryAfterSeconds: '2' });
    // A busy machine may let the ledger lag behind, which is another word for the same.
    assert.match(code ?? '', /^(?:OVERLOADED|LEDGER_UNAVAILABLE)$/);
  }
  for (const { status } of asked.heard) assert.equal(status, 'ACSC');

  const ledger = await street.ledger();
  const executed = new Map((await street.bank.effects()).map((effect) => [effect.instructionId, effect]));
  for (const { reference, status } of accepted) {
    const payment = await ledger.paymentByReference('partner-a', reference);
    assert.ok(payment, `${reference} is lost`);
    const atBank = executed.has(attemptOf(payment.state)?.instrId ?? '');
    if (status === 'ACSC') assert.ok(atBank && payment.state.name === 'completed', reference);
    if (status?.startsWith('RJCT') === true) assert.ok(!atBank, reference);
  }
  assert.deepEqual(await ledger.violations(10), []);
  street.silence.check();
});
