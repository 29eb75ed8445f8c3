/**
 * The way of a payment through the running bridge: what the partner reads, what the ledger holds, what the bank did.
 * `PRINT=1 npm test -- test/bridge/payments.test.ts` prints what each misbehaviour of the bank comes to.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { availableMinor } from '../../src/ledger/holds.ts';
import { attemptOf } from '../../src/payments/payment.ts';
import {
  type Address,
  entriesIn,
  type House,
  type Instructed,
  openHouse,
  paymentsIn,
  printTable,
  type Read,
  send,
} from '../support/bridge-house.ts';
import { impatient } from '../support/bridge.ts';
import { paymentMessage, statusMessage, type Version, type Wanted } from '../support/bridge-requests.ts';

const versions: readonly Version[] = ['1.1', '1.2'];

let house: House;
/** A second bridge on the same ledger and bank. */
let second: Address;
/** A third, which waits for the bank no longer than this. */
let hasty: Address;
const hastyMs = 800;
const rows: string[][] = [];
before(async () => {
  house = await openHouse();
  second = await house.another((config) => config);
  hasty = await house.another(impatient(hastyMs));
});
after(async () => {
  await house.close();
  printTable(
    ['the bank', 'operation', 'reads', 'state', 'asked again', 'state', 'entries', 'effects', 'sent'],
    rows,
  );
});

async function pay(wanted: Wanted, { version = '1.1' }: { version?: Version } = {}): Promise<Read> {
  return house.send(paymentMessage(version, wanted), { version });
}

async function statusOf(reference: string, { version = '1.1' }: { version?: Version } = {}): Promise<Read> {
  return house.send(statusMessage(version, { reference }), { version });
}

/** A player of his own for each test, with so much at the cage. */
async function fund(playerId: string, amount: string): Promise<void> {
  const read = await pay({ operation: 'Deposit', reference: `fund-${playerId}`, playerId, amount });
  assert.equal(read.status, 'ACSC', read.body);
}

async function availableOf(playerId: string): Promise<bigint> {
  const [balance] = await house.ledger.playerBalances(playerAccount('main', playerId));
  return balance === undefined ? 0n : availableMinor(balance);
}

/** All that is known of a payment behind the door: its state and entries here, its instruction there. */
async function behind(reference: string) {
  const payment = await house.ledger.paymentByReference('partner-a', reference);
  assert.ok(payment);
  const instrId = attemptOf(payment.state)?.instrId;
  const entries = await entriesIn(house.ledger, { paymentId: payment.id });
  const atBank = (await house.bank.instructions()).find((row) => row.instructionId === instrId);
  return {
    payment,
    state: payment.state.name,
    entries: entries.map(
      ({ debit, credit, amount }) => `${debit} > ${credit} ${amount.minor} ${amount.currency}`,
    ),
    atBank,
  };
}

function isEffect(atBank: Instructed | undefined): boolean {
  return atBank !== undefined && atBank.status !== 'declined';
}

describe('a deposit, a withdrawal and a status', () => {
  for (const version of versions) {
    test(`in SOAP ${version}, with the entries that they made`, async () => {
      const playerId = `way-${version}`;
      const [inward, outward] = [`way-d-${version}`, `way-w-${version}`];
      const deposited = await pay(
        { operation: 'Deposit', reference: inward, playerId, amount: '50.00' },
        { version },
      );
      assert.deepEqual(
        [deposited.http, deposited.status, deposited.text('Direction'), deposited.text('SettledAmount')],
        [200, 'ACSC', 'CRDT', '50.00'],
      );
      const withdrawn = await pay(
        { operation: 'Withdrawal', reference: outward, playerId, amount: '20.00' },
        { version },
      );
      assert.deepEqual([withdrawn.status, withdrawn.text('Direction')], ['ACSC', 'DBIT']);
      const byReference = await statusOf(outward, { version });
      const paymentId = withdrawn.text('PaymentId') ?? '';
      const byId = await house.send(statusMessage(version, { paymentId }), { version });
      assert.equal(byReference.status, 'ACSC');
      assert.equal(byReference.body, byId.body);
      assert.equal(byReference.text('PaymentId'), paymentId);

      assert.deepEqual((await behind(inward)).entries, [`gateway:bank > player:main:${playerId} 5000 EUR`]);
      assert.deepEqual((await behind(outward)).entries, [`player:main:${playerId} > gateway:bank 2000 EUR`]);
      assert.equal(await availableOf(playerId), 3_000n);
    });
  }

  test('a withdrawal beyond what is available is RJCT AM04, with nothing sent and nothing posted', async () => {
    await fund('short', '5.00');
    const read = await pay({
      operation: 'Withdrawal',
      reference: 'short-w',
      playerId: 'short',
      amount: '5.01',
    });
    assert.equal(read.status, 'RJCT AM04');
    const { state, entries, atBank } = await behind('short-w');
    assert.deepEqual([state, entries, atBank], ['rejected', [], undefined]);
    assert.equal(await availableOf('short'), 500n);
  });

  for (const [currency, amount, minor] of [
    ['JPY', '1000', 1_000n],
    ['KWD', '1.234', 1_234n],
  ] as const) {
    test(`${amount} ${currency} are ${minor} minor units all the way`, async () => {
      const read = await pay({ operation: 'Deposit', reference: `in-${currency}`, amount, currency });
      assert.deepEqual([read.status, read.text('SettledAmount')], ['ACSC', amount]);
      const { payment, atBank } = await behind(`in-${currency}`);
      assert.equal(payment.instruction.amount.minor, minor);
      assert.deepEqual([atBank?.amountMinor, atBank?.currency], [String(minor), currency]);
    });
  }
});

describe('the same request again', () => {
  for (const operation of ['Deposit', 'Withdrawal'] as const) {
    test(`${operation}: before settlement and after, byte for byte the same while Version is the same`, async () => {
      const [playerId, reference] = [`again-${operation}`, `again-${operation}-1`];
      await fund(playerId, '100.00');
      await house.bank.misbehave('pendingThenSettled', { count: 1, delayMs: 700 });
      const wanted = { operation, reference, playerId, amount: '30.00' } as const;
      const first = await pay(wanted);
      assert.equal(first.status, 'PDNG');
      // Another MessageId and another instant are the same payment: they are no part of its meaning.
      const again = await pay({ ...wanted, changed: { MessageId: '<MessageId>another</MessageId>' } });
      assert.equal(again.text('Version'), first.text('Version'));
      assert.equal(again.body, first.body);

      let found = await statusOf(reference);
      const until = Date.now() + 10_000;
      while (found.status !== 'ACSC' && Date.now() < until) found = await statusOf(reference);
      assert.equal(found.status, 'ACSC');
      const settled = await pay(wanted);
      assert.equal(settled.status, 'ACSC');
      assert.ok(Number(settled.text('Version')) > Number(first.text('Version')));
      assert.equal((await pay(wanted)).body, settled.body);
      const inOtherVersion = await pay(wanted, { version: '1.2' });
      assert.equal(inOtherVersion.text('Version'), settled.text('Version'));

      const { entries, atBank } = await behind(reference);
      assert.equal(entries.length, 1);
      assert.deepEqual([atBank?.status, atBank?.submissions], ['settled', 1]);
    });
  }

  const others: readonly (readonly [string, Partial<Wanted>])[] = [
    ['another amount', { amount: '10.01' }],
    ['another player', { playerId: 'somebody-else' }],
    ['another direction', { operation: 'Withdrawal' }],
    ['another person', { changed: { Party: '<Debtor><Name>Somebody Else</Name></Debtor>' } }],
  ];
  for (const [index, [title, change]] of others.entries()) {
    for (const version of versions) {
      test(`with ${title}: DU04, told what became of the first, SOAP ${version}`, async () => {
        const wanted = {
          operation: 'Deposit',
          reference: `other-${index}-${version}`,
          playerId: 'other',
        } as const;
        const first = await pay(wanted, { version });
        const instructed = (await house.bank.instructions()).length;
        const other = await pay({ ...wanted, ...change }, { version });
        assert.deepEqual(
          [other.code, other.text('ReasonCode'), other.outcome, other.retry, other.text('PaymentId')],
          ['REFERENCE_REUSED', 'DU04', 'EXECUTED', 'NO', first.text('PaymentId')],
        );
        assert.equal((await house.bank.instructions()).length, instructed);
        assert.equal((await pay(wanted, { version })).body, first.body);
      });
    }
  }
});

describe('races', () => {
  for (const operation of ['Deposit', 'Withdrawal'] as const) {
    test(`50 copies of one ${operation} at once, over two bridges: one effect, one entry, one answer`, async () => {
      const [playerId, reference] = [`copies-${operation}`, `copies-${operation}-1`];
      await fund(playerId, '100.00');
      const message = paymentMessage('1.1', { operation, reference, playerId, amount: '40.00' });
      const copies = await Promise.all(
        Array.from({ length: 50 }, async (_, index) =>
          send(index % 2 === 0 ? house.address : second, message),
        ),
      );
      const ids = new Set(copies.map((read) => read.text('PaymentId')));
      assert.deepEqual([ids.size, ids.has(undefined)], [1, false]);
      // The bridge that does not carry the payment may tell that it is under way, and nothing else.
      const statuses = copies.map(({ status }) => status);
      assert.ok(
        statuses.every((status) => status === 'ACSC' || status === 'ACSP'),
        statuses.join(),
      );
      assert.ok(statuses.includes('ACSC'));
      const bodies = new Set(copies.filter(({ status }) => status === 'ACSC').map(({ body }) => body));
      assert.equal(bodies.size, 1);
      const { state, entries, atBank } = await behind(reference);
      assert.deepEqual([state, entries.length, atBank?.submissions], ['completed', 1, 1]);
      assert.equal(await availableOf(playerId), operation === 'Deposit' ? 14_000n : 6_000n);
    });
  }

  test('20 racing withdrawals on a balance that covers 7, over two bridges: exactly 7', async () => {
    await fund('racer', '75.00');
    const reads = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const message = paymentMessage('1.1', {
          operation: 'Withdrawal',
          reference: `race-${index}`,
          playerId: 'racer',
          amount: '10.00',
        });
        return send(index % 2 === 0 ? house.address : second, message);
      }),
    );
    const statuses = reads.map(({ status = '' }) => status).toSorted((a, b) => a.localeCompare(b));
    assert.deepEqual(statuses, [...Array<string>(7).fill('ACSC'), ...Array<string>(13).fill('RJCT AM04')]);
    const behindAll = await Promise.all(reads.map(async (_, index) => behind(`race-${index}`)));
    assert.equal(behindAll.filter(({ atBank }) => isEffect(atBank)).length, 7);
    assert.equal(behindAll.flatMap(({ entries }) => entries).length, 7);
    assert.equal(await availableOf('racer'), 500n);
  });
});

test('an answer that is lost is found once, by whoever asks first: ten at once, over two bridges', async () => {
  await fund('lost', '100.00');
  await house.bank.misbehave('timeoutAfter');
  const wanted = { operation: 'Withdrawal', reference: 'lost-1', playerId: 'lost', amount: '60.00' } as const;
  const unanswered = await send(hasty, paymentMessage('1.1', wanted));
  assert.equal(unanswered.status, 'PDNG AB06');
  const question = statusMessage('1.1', { reference: 'lost-1' });
  const asked = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => send(index % 2 === 0 ? house.address : second, question)),
  );
  assert.deepEqual(
    asked.map(({ status }) => status),
    Array<string>(10).fill('ACSC'),
  );
  const { entries, atBank } = await behind('lost-1');
  assert.deepEqual([entries.length, atBank?.submissions], [1, 1]);
  assert.equal(await availableOf('lost'), 4_000n);
});

/** What one misbehaviour of the bank comes to, read at once and after asking for the status. */
interface Misbehaviour {
  readonly mode: string;
  readonly order?: object;
  /** Paid through the bridge that does not wait long, where the bank says nothing. */
  readonly hasty?: true;
  readonly before?: () => Promise<unknown>;
  readonly read: string;
  readonly state: string;
  /** What a Status says then, each time that it is asked. */
  readonly asked: readonly string[];
  readonly finally: string;
  /** What the books say in the end of the 10.00. */
  readonly posted: 'nothing' | 'settled' | 'suspense';
  readonly effects: 0 | 1;
  /** How often the bank got it. */
  readonly submissions: 0 | 1;
}

const declined = { Deposit: 'RJCT AM04', Withdrawal: 'RJCT AC04' };
const unanswered = { read: 'PDNG AB06', state: 'unknown' } as const;
const found = {
  asked: ['ACSC', 'ACSC'],
  finally: 'completed',
  posted: 'settled',
  effects: 1,
  submissions: 1,
} as const;
const neverThere = {
  asked: ['PDNG AB06', 'PDNG AB06'],
  finally: 'unknown',
  posted: 'nothing',
  effects: 0,
  submissions: 0,
} as const;
const misbehaviours: readonly Misbehaviour[] = [
  {
    mode: 'decline',
    read: 'declined',
    state: 'rejected',
    asked: ['declined'],
    finally: 'rejected',
    posted: 'nothing',
    effects: 0,
    submissions: 1,
  },
  { mode: 'pendingThenSettled', read: 'PDNG', state: 'pending', ...found },
  {
    mode: 'pendingThenDeclined',
    read: 'PDNG',
    state: 'pending',
    asked: ['declined'],
    finally: 'rejected',
    posted: 'nothing',
    effects: 0,
    submissions: 1,
  },
  { mode: 'timeoutBefore', hasty: true, ...unanswered, ...neverThere },
  { mode: 'timeoutAfter', hasty: true, ...unanswered, ...found },
  { mode: 'error500', ...unanswered, ...neverThere },
  { mode: 'garbage', ...unanswered, ...found },
  {
    mode: 'slow',
    order: { count: 1, delayMs: 300 },
    read: 'ACSC',
    state: 'completed',
    ...found,
  },
  { mode: 'slow', order: { count: 1, delayMs: 60_000 }, hasty: true, ...unanswered, ...found },
  {
    mode: 'wrongAmount',
    ...unanswered,
    asked: ['PDNG AB06', 'PDNG AB06'],
    finally: 'unknown',
    posted: 'suspense',
    effects: 1,
    submissions: 1,
  },
  {
    // The instruction is lost on its way back, and the bank says once that it does not know it.
    mode: 'notFoundOnce',
    before: async () => house.bank.misbehave('timeoutAfter'),
    hasty: true,
    ...unanswered,
    ...found,
    asked: ['PDNG AB06', 'ACSC'],
  },
  {
    mode: 'connectionRefused',
    order: { delayMs: 60_000 },
    read: 'RJCT ED06',
    state: 'rejected',
    asked: ['RJCT ED06'],
    finally: 'rejected',
    posted: 'nothing',
    effects: 0,
    submissions: 0,
  },
  {
    // One connection that is refused is tried again: nothing had left.
    mode: 'connectionRefused',
    order: { count: 1 },
    read: 'ACSC',
    state: 'completed',
    asked: ['ACSC'],
    finally: 'completed',
    posted: 'settled',
    effects: 1,
    submissions: 1,
  },
];

const postings = {
  nothing: { Deposit: [], Withdrawal: [] },
  settled: {
    Deposit: ['gateway:bank > player 1000 EUR'],
    Withdrawal: ['player > gateway:bank 1000 EUR'],
  },
  suspense: {
    Deposit: ['gateway:bank > suspense 1001 EUR'],
    Withdrawal: ['suspense > gateway:bank 1001 EUR'],
  },
};

/** What the player has of the 100.00 that he had: a hold stays as long as nobody knows. */
function leftAfter(operation: Wanted['operation'], { posted, finally: state }: Misbehaviour): bigint {
  if (operation === 'Deposit') return posted === 'settled' ? 11_000n : 10_000n;
  return state === 'rejected' ? 10_000n : 9_000n;
}

describe('a bank that misbehaves', () => {
  for (const [index, row] of misbehaviours.entries()) {
    for (const operation of ['Deposit', 'Withdrawal'] as const) {
      const order = row.order === undefined ? '' : ` ${JSON.stringify(row.order)}`;
      test(`${row.mode}${order}, ${operation}: ${row.read}, then ${row.asked.join(', ')}`, async () => {
        const [playerId, reference] = [`mis-${index}-${operation}`, `mis-${index}-${operation}`];
        await fund(playerId, '100.00');
        await row.before?.();
        await house.bank.misbehave(row.mode, row.order);
        const through = row.hasty ? hasty : house.address;
        const wanted = { operation, reference, playerId, amount: '10.00' };
        const message = paymentMessage('1.1', wanted);
        const expected = (read: string): string => (read === 'declined' ? declined[operation] : read);

        const first = await send(through, message);
        assert.equal(first.status, expected(row.read), first.body);
        const { state } = await behind(reference);
        assert.equal(state, row.state);
        if (row.order !== undefined && 'delayMs' in row.order) await house.bank.behave();
        const asked: (string | undefined)[] = [];
        while (asked.length < row.asked.length) asked.push((await statusOf(reference)).status);
        assert.deepEqual(asked, row.asked.map(expected));

        const end = await behind(reference);
        assert.equal(end.state, row.finally);
        assert.deepEqual(
          end.entries.map((entry) => entry.replace(`player:main:${playerId}`, 'player')),
          postings[row.posted][operation],
        );
        assert.deepEqual(
          [isEffect(end.atBank) ? 1 : 0, end.atBank?.submissions ?? 0],
          [row.effects, row.submissions],
        );
        assert.equal(await availableOf(playerId), leftAfter(operation, row));
        const isUnderReview = row.posted === 'suspense';
        assert.equal((await statusOf(reference)).text('UnderReview'), String(isUnderReview));
        // The same request once more tells the same, and is sent nowhere.
        const again = await send(through, message);
        assert.equal(again.status, expected(row.asked.at(-1) ?? ''));
        assert.equal((await behind(reference)).atBank?.submissions ?? 0, row.submissions);
        rows.push([
          `${row.mode}${order}`,
          operation,
          first.status ?? '',
          state,
          asked.join(', '),
          end.state,
          String(end.entries.length),
          String(row.effects),
          String(row.submissions),
        ]);
      });
    }
  }
});

test('after all of it every invariant holds, and what the bank executed is what the ledger says', async () => {
  assert.deepEqual(await house.ledger.violations(10), []);
  assert.ok((await house.bank.instructions()).every(({ submissions }) => submissions === 1));
  const executed = (await house.bank.effects()).map(
    ({ instructionId, amountMinor, currency }) => `${instructionId} ${amountMinor} ${currency}`,
  );
  // What settled in another amount is in suspense until two people say what it is.
  const told = (await paymentsIn(house.ledger)).flatMap(({ state, openCases }) => {
    const settled = state.name === 'completed' ? state.settlement.amount : openCases[0]?.suspense;
    return settled ? [`${attemptOf(state)?.instrId} ${settled.minor} ${settled.currency}`] : [];
  });
  assert.ok(executed.length > 50);
  assert.deepEqual(new Set(told), new Set(executed));
  assert.equal(told.length, executed.length);
});

test('no log line and no fault of all this names the person or holds a secret', () => house.silence.check());
