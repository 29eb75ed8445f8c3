/**
 * Webhooks as anybody may send them, to a running bridge with a real PSP behind it: what the sender reads, what is kept, and
 * what becomes of the payment. `PRINT=1 npm test -- test/bridge/webhooks.test.ts` prints the table.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { RecordedWebhook } from '../../src/payments/ledger-store.ts';
import { attemptOf, type Payment } from '../../src/payments/payment.ts';
import { type House, openHouse, printTable } from '../support/bridge-house.ts';
import { paymentMessage } from '../support/bridge-requests.ts';
import { call } from '../support/http.ts';
import { postWebhook, pspWebhookPath } from '../support/webhook-calls.ts';
import {
  paymentEvent,
  returnEvent,
  type SignedEvent,
  signedEvent,
  type Signing,
} from '../support/webhooks.ts';

const [current, next, strange] = [1, 2, 3].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
) as [string, string, string];

let house: House;
const rows: string[][] = [];
before(async () => {
  house = await openHouse((config) => ({
    ...config,
    gateways: config.gateways.map((gateway) =>
      gateway.kind === 'pspRest' ? { ...gateway, webhookSecrets: [current, next] } : gateway,
    ),
  }));
});
after(async () => {
  await house.close();
  printTable(
    ['webhook', 'HTTP', 'told as', 'events kept', 'payment before', 'payment after', 'entries'],
    rows,
  );
});

const amount = { minor: 1000n, currency: 'EUR' };
let made = 0;

/** A payment that the PSP has taken and says no more about, unless by a webhook. */
async function pendingAtPsp(): Promise<Payment> {
  await house.bank.misbehave('pendingThenSettled', { gateway: 'psp', count: 1, delayMs: 600_000 });
  const reference = `webhook-${(made += 1)}`;
  const changed = { PaymentMethod: '<PaymentMethod>VOUCHER</PaymentMethod>' };
  const read = await house.send(paymentMessage('1.1', { operation: 'Deposit', reference, changed }));
  assert.match(read.status ?? '', /^PDNG/, read.body);
  return present(reference);
}

async function present(reference: string): Promise<Payment> {
  const payment = await house.ledger.paymentByReference('partner-a', reference);
  assert.ok(payment);
  return payment;
}

interface Row {
  readonly name: string;
  /** What is sent about the payment, one after another. */
  readonly sends: (instrId: string) => readonly SignedEvent[];
  readonly statuses: readonly number[];
  /** Why, as the metric counts it; nothing where all of it is taken. */
  readonly refused?: string;
  readonly kept: number;
  readonly after: Payment['state']['name'];
  readonly entries: number;
  readonly path?: string;
}

const settled = (instrId: string, signing: Partial<Signing> = {}): SignedEvent =>
  signedEvent(paymentEvent(instrId, amount), { secrets: [current], ...signing });
const secondsFromNow = (seconds: number): Date => new Date(Date.now() + seconds * 1_000);
const untouched = { kept: 0, after: 'pending', entries: 0 } as const;
const completes = { kept: 1, after: 'completed', entries: 1 } as const;

const table: readonly Row[] = [
  { name: 'valid', sends: (id) => [settled(id)], statuses: [200], ...completes },
  {
    name: 'tampered',
    sends: (id) => {
      const { headers, body } = settled(id);
      return [{ headers, body: Buffer.from(String(body).replace('"1000"', '"9000"')) }];
    },
    statuses: [401],
    refused: 'signatureWrong',
    ...untouched,
  },
  {
    name: 'replayed, byte for byte',
    sends: (id) => {
      const once = settled(id);
      return [once, once, once];
    },
    statuses: [200, 200, 200],
    ...completes,
  },
  {
    name: 'replayed under another id',
    sends: (id) => {
      const { headers, body } = settled(id);
      return [{ headers: { ...headers, 'webhook-id': 'msg_another' }, body }];
    },
    statuses: [401],
    refused: 'signatureWrong',
    ...untouched,
  },
  {
    name: 'old, 6 minutes',
    sends: (id) => [settled(id, { at: secondsFromNow(-360) })],
    statuses: [401],
    refused: 'timestampOutside',
    ...untouched,
  },
  {
    name: 'future, 6 minutes',
    sends: (id) => [settled(id, { at: secondsFromNow(360) })],
    statuses: [401],
    refused: 'timestampOutside',
    ...untouched,
  },
  {
    name: 'wrong key',
    sends: (id) => [settled(id, { secrets: [strange] })],
    statuses: [401],
    refused: 'signatureWrong',
    ...untouched,
  },
  {
    name: 'second key during rotation',
    sends: (id) => [settled(id, { secrets: [next] })],
    statuses: [200],
    ...completes,
  },
  {
    name: 'both keys during rotation',
    sends: (id) => [settled(id, { secrets: [strange, next] })],
    statuses: [200],
    ...completes,
  },
  {
    name: 'duplicate: the same word under two ids',
    sends: (id) => [settled(id), settled(id)],
    statuses: [200, 200],
    kept: 2,
    after: 'completed',
    entries: 1,
  },
  {
    name: 'out of order: a chargeback before its settlement',
    sends: (id) => [
      signedEvent(returnEvent(id, amount, { reference: 'R-1' }), { secrets: [current] }),
      settled(id),
    ],
    statuses: [200, 200],
    kept: 2,
    after: 'completed',
    entries: 2,
  },
  {
    name: 'unknown payment',
    sends: () => [settled('f'.repeat(32))],
    statuses: [200],
    kept: 1,
    after: 'pending',
    entries: 0,
  },
  {
    name: 'a body of 1 MB',
    sends: (id) => [{ headers: settled(id).headers, body: Buffer.alloc(1_048_576, ' ') }],
    statuses: [413],
    refused: 'BODY_TOO_LARGE',
    ...untouched,
  },
  {
    name: 'signed, and no JSON',
    sends: () => [signedEvent('settled', { secrets: [current] })],
    statuses: [400],
    refused: 'notReadable',
    ...untouched,
  },
  {
    name: 'a gateway that sends none',
    sends: (id) => [settled(id)],
    path: '/webhook/payment/bank',
    statuses: [404],
    refused: 'unknownGateway',
    ...untouched,
  },
];

async function webhooks(): Promise<readonly RecordedWebhook[]> {
  return house.ledger.webhooks({}, { limit: 200 });
}

async function refusals(reason: string): Promise<number> {
  const { text } = await call(house.whole.bridge.ports.internal, { path: '/metrics' });
  const series = `cagebridge_door_refusals_total{door="public",reason="${reason}"} `;
  const line = text.split('\n').find((each) => each.startsWith(series));
  return Number(line?.slice(series.length) ?? 0);
}

/** Waits until the kept events have been worked on as far as they can be, and the payment is where it is expected. */
async function settledDown(reference: string, wanted: Row): Promise<Payment> {
  const until = performance.now() + 20_000;
  for (;;) {
    const payment = await present(reference);
    const entries = await house.ledger.entries({ paymentId: payment.id }, { limit: 10 });
    const isThere = payment.state.name === wanted.after && entries.length === wanted.entries;
    if ((isThere && wanted.after !== 'pending') || performance.now() > until) return payment;
    // What must not happen would have happened in a round of the applying job.
    if (isThere && (wanted.kept === 0 || (await webhooks()).at(-1)?.tries !== 0)) return payment;
    await pause(50);
  }
}

for (const row of table) {
  test(`${row.name}: ${row.statuses.join(', ')}`, async () => {
    const payment = await pendingAtPsp();
    const reference = payment.instruction.partnerReference;
    const instrId = attemptOf(payment.state)?.instrId ?? '';
    const keptBefore = (await webhooks()).length;
    const refusedBefore = row.refused === undefined ? 0 : await refusals(row.refused);
    const port = house.whole.bridge.ports.public;
    assert.ok(port, 'the public door is open');
    const statuses: number[] = [];
    for (const event of row.sends(instrId)) {
      const { ca } = house.address.certificates;
      const { status, body } = await postWebhook(port, ca.certificate, row.path ?? pspWebhookPath, event);
      house.silence.heard(body);
      statuses.push(status);
    }
    assert.deepEqual(statuses, row.statuses);
    const kept = (await webhooks()).length - keptBefore;
    assert.equal(kept, row.kept);
    if (row.refused !== undefined) {
      assert.equal((await refusals(row.refused)) - refusedBefore, row.statuses.length, 'counted');
    }
    const later = await settledDown(reference, row);
    const entries = await house.ledger.entries({ paymentId: later.id }, { limit: 10 });
    assert.deepEqual([later.state.name, entries.length], [row.after, row.entries]);
    rows.push([
      row.name,
      statuses.join(', '),
      row.refused ?? 'received',
      `+${kept}`,
      payment.state.name,
      later.state.name,
      `+${entries.length}`,
    ]);
  });
}

test('the invariants of the ledger hold, and no line of all this names the person or holds a secret', async () => {
  assert.deepEqual(await house.ledger.violations(10), []);
  house.silence.check();
});
