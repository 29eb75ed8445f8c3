/**
 * A route with an alternative, through the running bridge, between the PSP by REST and the bank by SOAP: taken where the first
 * gateway was certainly never sent to, and not taken where a byte may have left. `PRINT=1` prints what each fault comes to.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { impatient } from '../support/bridge.ts';
import {
  entriesIn,
  type House,
  type Instructed,
  openHouse,
  printTable,
  type Read,
} from '../support/bridge-house.ts';
import { paymentMessage, statusMessage, type Wanted } from '../support/bridge-requests.ts';
import { call } from '../support/http.ts';

let house: House;
const rows: string[][] = [];
before(async () => {
  house = await openHouse(impatient(1_000));
});
after(async () => {
  await house.close();
  printTable(['the PSP', 'method', 'reads', 'asked again', 'by', 'at the PSP', 'at the bank'], rows);
});

async function pay(method: string, wanted: Wanted): Promise<Read> {
  const changed = { PaymentMethod: `<PaymentMethod>${method}</PaymentMethod>` };
  return house.send(paymentMessage('1.1', { ...wanted, changed }));
}

async function statusOf(reference: string): Promise<Read> {
  return house.send(statusMessage('1.1', { reference }));
}

type AtGateway = Instructed & { readonly gateway: 'bank' | 'psp' };

async function paymentId(reference: string): Promise<string> {
  const payment = await house.ledger.paymentByReference('partner-a', reference);
  assert.ok(payment);
  return payment.id;
}

/** What the ledger and the two gateways hold of a payment: its attempts in order, its entries, its instructions. */
async function behind(reference: string, already: readonly AtGateway[]) {
  const id = await paymentId(reference);
  const entries = await entriesIn(house.ledger, { paymentId: id });
  const known = new Set(already.map(({ instructionId }) => instructionId));
  const fresh = (await instructions()).filter(({ instructionId }) => !known.has(instructionId));
  const at = (gateway: string): string[] =>
    fresh
      .filter((row) => row.gateway === gateway)
      .map(({ status, submissions }) => `${status} ${submissions}`);
  return {
    entries: entries.map(({ debit, credit, amount }) => `${debit} > ${credit} ${amount.minor}`),
    psp: at('psp'),
    bank: at('bank'),
  };
}

async function instructions(): Promise<AtGateway[]> {
  return (await house.bank.instructions()) as AtGateway[];
}

/** What one deposit comes to under a fault of the PSP. */
const cases: readonly {
  readonly method: string;
  readonly fault?: string;
  readonly read: string;
  readonly gateway?: string;
  /** When its status is asked, with the fault gone. */
  readonly asked: string;
  readonly psp: readonly string[];
  readonly bank: readonly string[];
}[] = [
  { method: 'EWALLET', read: 'ACSC', gateway: 'psp', asked: 'ACSC', psp: ['settled 1'], bank: [] },
  { method: 'VOUCHER', read: 'ACSC', gateway: 'psp', asked: 'ACSC', psp: ['settled 1'], bank: [] },
  { method: 'CARD', read: 'ACSC', gateway: 'bank', asked: 'ACSC', psp: [], bank: ['settled 1'] },
  {
    method: 'EWALLET',
    fault: 'connectionRefused',
    read: 'ACSC',
    gateway: 'bank',
    asked: 'ACSC',
    psp: [],
    bank: ['settled 1'],
  },
  { method: 'VOUCHER', fault: 'connectionRefused', read: 'RJCT ED06', asked: 'RJCT ED06', psp: [], bank: [] },
  { method: 'EWALLET', fault: 'timeoutBefore', read: 'PDNG AB06', asked: 'PDNG AB06', psp: [], bank: [] },
  {
    method: 'EWALLET',
    fault: 'timeoutAfter',
    read: 'PDNG AB06',
    asked: 'ACSC',
    psp: ['settled 1'],
    bank: [],
  },
  { method: 'EWALLET', fault: 'error500', read: 'PDNG AB06', asked: 'PDNG AB06', psp: [], bank: [] },
  { method: 'EWALLET', fault: 'garbage', read: 'PDNG AB06', asked: 'ACSC', psp: ['settled 1'], bank: [] },
  {
    method: 'EWALLET',
    fault: 'decline',
    read: 'RJCT AM04',
    asked: 'RJCT AM04',
    psp: ['declined 1'],
    bank: [],
  },
];

for (const [index, { method, fault, read, gateway, asked, psp, bank }] of cases.entries()) {
  test(`${method} with ${fault ?? 'nothing wrong'} at the PSP: ${read}${gateway === undefined ? '' : ` by ${gateway}`}`, async () => {
    const reference = `two-${index}`;
    const already = await instructions();
    if (fault !== undefined) {
      const lasting = fault === 'connectionRefused' ? {} : { count: 1 };
      await house.bank.misbehave(fault, { gateway: 'psp', ...lasting });
    }
    const first = await pay(method, { operation: 'Deposit', reference });
    await house.bank.behave();
    assert.equal(first.status, read, first.body);
    if (gateway !== undefined) assert.equal(first.text('Gateway'), gateway);
    const again = await statusOf(reference);
    assert.equal(again.status, asked, again.body);

    const found = await behind(reference, already);
    assert.deepEqual([found.psp, found.bank], [psp, bank]);
    const by = gateway ?? 'psp';
    const entry = `gateway:${by} > player:main:player-1 1000`;
    assert.deepEqual(found.entries, asked === 'ACSC' ? [entry] : []);
    rows.push([fault ?? '-', method, read, asked, gateway ?? '-', psp.join(), bank.join()]);
  });
}

test('in by SOAP, out by REST, and the other way round: a withdrawal leaves where its route leads', async () => {
  await pay('CARD', { operation: 'Deposit', reference: 'two-fund', amount: '50.00', playerId: 'two' });
  const already = await instructions();
  const byPsp = await pay('EWALLET', {
    operation: 'Withdrawal',
    reference: 'two-w',
    amount: '20.00',
    playerId: 'two',
  });
  assert.deepEqual([byPsp.status, byPsp.text('Gateway')], ['ACSC', 'psp']);
  const found = await behind('two-w', already);
  assert.deepEqual([found.psp, found.bank], [['settled 1'], []]);
  assert.deepEqual(found.entries, ['player:main:two > gateway:psp 2000']);
});

test('a payment that is pending at the PSP is cancelled by its word, and never settles then', async () => {
  const token = readFileSync(tokenPath(house.whole.home), 'utf8').trim();
  const core = (path: string, document: object) =>
    call(house.whole.bridge.ports.internal, {
      method: 'POST',
      path,
      headers: [
        ['Authorization', `Bearer ${token}`],
        ['Content-Type', 'application/json'],
      ],
      body: JSON.stringify(document),
    });
  await house.bank.misbehave('pendingThenSettled', { gateway: 'psp', count: 1, delayMs: 60_000 });
  const amount = { value: '10.00', currency: 'EUR' };
  const begun = await core('/v1/deposits', {
    partnerReference: 'two-c',
    playerId: 'player-1',
    amount,
    paymentMethod: 'EWALLET',
  });
  const { id, status } = begun.json as { id: string; status: string };
  assert.equal(status, 'PDNG', begun.text);
  const cancelled = await core(`/v1/payments/${id}/cancel`, {});
  assert.deepEqual([cancelled.status, (cancelled.json as { status: string }).status], [200, 'CANC']);
  assert.deepEqual(await entriesIn(house.ledger, { paymentId: id }), []);
});

test('what went over the wire when a call failed can be read, without a person in it', async () => {
  const reference = `two-${cases.findIndex(({ fault }) => fault === 'garbage')}`;
  const [transcript, ...more] = await house.ledger.transcriptsOf(await paymentId(reference), 10);
  assert.deepEqual(more, []);
  assert.match(
    transcript?.text ?? '',
    /^> POST \/psp\/v1\/payments\n[\s\S]*"minorUnits":"1000"[\s\S]*\n< 200\n/,
  );
  house.silence.heard(transcript?.text ?? '');
});

test('the ledger holds what it should, and each gateway was instructed once a payment', async () => {
  assert.deepEqual(await house.ledger.violations(10), []);
  const twice = (await instructions()).filter(({ submissions }) => submissions !== 1);
  assert.deepEqual(twice, []);
});

test('I12: none of this names the person or holds a secret', () => house.silence.check());
