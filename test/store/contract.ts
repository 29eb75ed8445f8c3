/**
 * What any engine must do (design 7): every command, every refusal, every command run twice, and the races. A test
 * uses ids of its own, so that the contract can be run against a ledger that is in use by other tests.
 */
import assert from 'node:assert/strict';
import { playerAccount } from '../../src/ledger/accounts.ts';
import { LedgerUnavailable, type LedgerStore, type PaymentFilter } from '../../src/payments/ledger-store.ts';
import { euros, someTime, taken } from '../support/payments.ts';
import {
  attemptOf,
  brand,
  declined,
  deposit,
  ignored,
  laterBy,
  mismatch,
  next,
  pending,
  rerouted,
  settled,
  transferOf,
  unique,
  withdrawal,
  wireText,
  withTranscript,
} from '../support/store-commands.ts';
import { outcomeContracts } from './contract-outcomes.ts';

/** Opens the same ledger again, as often as a test wants connections. */
export type OpenAgain = () => Promise<LedgerStore>;

export interface ContractCase {
  readonly name: string;
  readonly body: (ledger: LedgerStore, openAgain: OpenAgain) => Promise<void>;
}

export type Contract = (name: string, body: ContractCase['body']) => void;

/** Every case; each ends with a ledger that holds its invariants. */
export function storeContract(): readonly ContractCase[] {
  const cases: ContractCase[] = [];
  const contract: Contract = (name, body) => {
    cases.push({
      name,
      async body(ledger, openAgain) {
        await body(ledger, openAgain);
        assert.deepEqual(await ledger.violations(10), []);
      },
    });
  };
  for (const part of [acceptances, answers, transfers, questions, races, ...outcomeContracts]) part(contract);
  return cases;
}

async function available(ledger: LedgerStore, player: string): Promise<[posted: bigint, held: bigint]> {
  const [balance] = await ledger.playerBalances(playerAccount(brand, player));
  return [balance?.postedMinor ?? 0n, balance?.heldMinor ?? 0n];
}

/** A player with money, by the shortest way. */
async function playerWith(ledger: LedgerStore, minor: bigint): Promise<string> {
  const player = unique();
  await ledger.transfer(transferOf({ player, minor, direction: 'fromPlay' }));
  return player;
}

function acceptances(contract: Contract): void {
  contract('acceptPayment: a deposit is accepted, and read back as it was written', async (ledger) => {
    const { payment } = deposit();
    assert.deepEqual(await ledger.acceptPayment({ payment }), { kind: 'accepted', payment });
    const { partnerId, partnerReference } = payment.instruction;
    assert.deepEqual(await ledger.paymentById(payment.id), payment);
    assert.deepEqual(await ledger.paymentByReference(partnerId, partnerReference), payment);
    assert.deepEqual(await ledger.historyOf(payment.id, 10), [
      { version: 1, state: 'submitted', at: payment.acceptedAt },
    ]);
  });

  contract('acceptPayment: run again it answers the same and writes nothing', async (ledger) => {
    const command = deposit();
    const first = await ledger.acceptPayment(command);
    assert.deepEqual(await ledger.acceptPayment(command), first);
    assert.equal((await ledger.historyOf(command.payment.id, 10)).length, 1);
  });

  contract('acceptPayment: run again after it moved on, it answers with where it is now', async (ledger) => {
    const command = deposit();
    await ledger.acceptPayment(command);
    const answer = pending(command.payment);
    await ledger.recordAnswer(answer);
    assert.deepEqual(await ledger.acceptPayment(command), { kind: 'accepted', payment: answer.next });
  });

  contract('I7: the same reference, another payment: the first one comes back', async (ledger) => {
    const reference = unique().slice(0, 35);
    const first = deposit({ reference });
    const second = withdrawal({ reference, player: await playerWith(ledger, 5_000n) });
    await ledger.acceptPayment(first);
    assert.deepEqual(await ledger.acceptPayment(second), { kind: 'known', payment: first.payment });
    assert.equal(await ledger.paymentById(second.payment.id), undefined);
    assert.deepEqual(await available(ledger, second.payment.instruction.playerId), [5_000n, 0n]);
  });

  contract('I7: the same reference of another partner is another payment', async (ledger) => {
    const reference = unique().slice(0, 35);
    const mine = deposit({ reference });
    const theirs = deposit({ reference, partnerId: 'partner-b' });
    await ledger.acceptPayment(mine);
    assert.equal((await ledger.acceptPayment(theirs)).kind, 'accepted');
    assert.equal((await ledger.paymentByReference('partner-b', reference))?.id, theirs.payment.id);
  });

  contract('a and A are two identifiers, everywhere', async (ledger) => {
    const name = unique().slice(0, 30);
    const [lower, upper] = [`${name}a`, `${name}A`];
    const players = [lower, upper];
    for (const player of players) {
      const command = deposit({ reference: player, player, partnerId: 'partner-a' });
      assert.equal((await ledger.acceptPayment(command)).kind, 'accepted');
      const other = deposit({ reference: player, player, partnerId: 'partner-A' });
      assert.equal((await ledger.acceptPayment(other)).kind, 'accepted');
      const transfer = transferOf({ player, minor: player === lower ? 1n : 2n, transferId: player });
      assert.equal((await ledger.transfer(transfer)).kind, 'transferred');
    }
    assert.deepEqual(await available(ledger, lower), [1n, 0n]);
    assert.deepEqual(await available(ledger, upper), [2n, 0n]);
    const found = await ledger.paymentByReference('partner-A', upper);
    assert.equal(found?.instruction.playerId, upper);
  });

  contract('acceptPayment: a withdrawal holds its amount', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const command = withdrawal({ player, minor: 3_000n });
    const accepted = { kind: 'accepted', payment: command.payment } as const;
    assert.deepEqual(await ledger.acceptPayment(command), accepted);
    assert.deepEqual(await available(ledger, player), [5_000n, 3_000n]);
    assert.deepEqual(await ledger.acceptPayment(command), accepted);
    assert.deepEqual(await available(ledger, player), [5_000n, 3_000n]);
  });

  contract('acceptPayment: short of funds the other payment is written, without a hold', async (ledger) => {
    const player = await playerWith(ledger, 2_999n);
    const command = withdrawal({ player, minor: 3_000n });
    const rejected = { kind: 'accepted', payment: command.ifFundsShort } as const;
    assert.deepEqual(await ledger.acceptPayment(command), rejected);
    assert.deepEqual(await available(ledger, player), [2_999n, 0n]);
    assert.deepEqual(await ledger.historyOf(command.payment.id, 10), [
      { version: 1, state: 'rejected', reason: { code: 'AM04' }, at: someTime },
    ]);
    // Money that comes later changes nothing: the command has been run.
    await ledger.transfer(transferOf({ player, minor: 1n }));
    assert.deepEqual(await ledger.acceptPayment(command), rejected);
  });

  contract('acceptPayment: funds of another currency are no funds', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const payment = taken(await ledger.acceptPayment(withdrawal({ player, currency: 'JPY' })));
    assert.equal(payment.state.name, 'rejected');
  });

  contract('I4: holds of 1,000 on a balance of 5,000: five, and no sixth', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const states = [];
    for (let count = 0; count < 6; count += 1) {
      states.push(taken(await ledger.acceptPayment(withdrawal({ player, minor: 1_000n }))).state.name);
    }
    assert.deepEqual(states, [...Array<string>(5).fill('submitted'), 'rejected']);
    assert.deepEqual(await available(ledger, player), [5_000n, 5_000n]);
  });
}

function answers(contract: Contract): void {
  contract(
    'recordAnswer: a deposit that settles is posted once, however often it is told',
    async (ledger) => {
      const { payment } = deposit({ minor: 1_234n });
      await ledger.acceptPayment({ payment });
      const command = settled(payment);
      assert.equal(await ledger.recordAnswer(command), 'recorded');
      assert.equal(await ledger.recordAnswer(command), 'recorded');
      assert.equal(await ledger.recordAnswer(settled(payment)), 'stale');
      assert.deepEqual(await ledger.paymentById(payment.id), command.next);
      assert.deepEqual(await available(ledger, payment.instruction.playerId), [1_234n, 0n]);
      const entries = await ledger.entries({ paymentId: payment.id }, { limit: 10 });
      assert.deepEqual(
        entries.map(({ id: _id, ...entry }) => entry),
        command.entries,
      );
    },
  );

  contract('recordAnswer: a withdrawal that settles posts its hold', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const command = withdrawal({ player, minor: 3_000n });
    await ledger.acceptPayment(command);
    await ledger.recordAnswer(settled(command.payment));
    assert.deepEqual(await available(ledger, player), [2_000n, 0n]);
  });

  contract('recordAnswer: a withdrawal that is declined voids its hold', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const command = withdrawal({ player, minor: 3_000n });
    await ledger.acceptPayment(command);
    assert.equal(await ledger.recordAnswer(declined(command.payment)), 'recorded');
    assert.deepEqual(await available(ledger, player), [5_000n, 0n]);
    assert.deepEqual((await ledger.historyOf(command.payment.id, 10)).at(-1), {
      version: 2,
      state: 'rejected',
      reason: { code: 'AC04', information: 'the account is closed' },
      at: laterBy(1_000),
    });
  });

  contract('recordAnswer: what changes nothing is kept, and leaves the version', async (ledger) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    const command = ignored(payment);
    assert.equal(await ledger.recordAnswer(command), 'recorded');
    assert.equal(await ledger.recordAnswer(command), 'recorded');
    assert.deepEqual(await ledger.paymentById(payment.id), payment);
  });

  contract(
    'recordAnswer: stale by one version or for no payment at all, nothing is written',
    async (ledger) => {
      const { payment } = deposit();
      await ledger.acceptPayment({ payment });
      const moved = pending(payment);
      assert.ok(moved.next);
      await ledger.recordAnswer(moved);
      assert.equal(await ledger.recordAnswer(ignored(payment)), 'stale');
      assert.equal(await ledger.recordAnswer(settled(payment)), 'stale');
      assert.equal(await ledger.recordAnswer(settled(deposit().payment)), 'stale');
      assert.deepEqual(await ledger.paymentById(payment.id), moved.next);
      assert.equal(await ledger.recordAnswer(settled(moved.next)), 'recorded');
    },
  );

  contract('recordAnswer: never sent goes to the next gateway as an attempt of its own', async (ledger) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    const command = rerouted(payment);
    await ledger.recordAnswer(command);
    const held = await ledger.paymentById(payment.id);
    assert.deepEqual(held, command.next);
    assert.equal(held && attemptOf(held).gateway, 'otherBank');
  });

  contract('recordAnswer: the same attempt can be given a new time to be sent in', async (ledger) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    const attempt = attemptOf(payment);
    const unknown = next(payment, { name: 'unknown', attempt, since: laterBy(20_000) });
    await ledger.recordAnswer({ ...pending(payment), next: unknown });
    const notFound = ignored(unknown);
    await ledger.recordAnswer(notFound);
    const again = { ...attempt, sendBefore: laterBy(60_000), answerBefore: laterBy(70_000) };
    const resent = next(unknown, { name: 'submitted', attempt: again });
    const answer = { ...notFound.answer, effect: 'resent' } as const;
    await ledger.recordAnswer({ ...ignored(unknown), answer, next: resent });
    assert.deepEqual(await ledger.paymentById(payment.id), resent);
  });

  contract('recordAnswer: an attempt never becomes another one', async (ledger) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    const attempt = { ...attemptOf(payment), gateway: 'otherBank' };
    const command = { ...pending(payment), next: next(payment, { name: 'submitted', attempt }) };
    await rejectsWithoutWriting(ledger, () => ledger.recordAnswer(command), payment.id);
  });

  contract('recordAnswer: another amount opens a case, with its figure in suspense', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const command = withdrawal({ player, minor: 3_000n });
    await ledger.acceptPayment(command);
    const answer = mismatch(command.payment, 2_500n);
    await ledger.recordAnswer(answer);
    await ledger.recordAnswer(answer);
    assert.deepEqual(await ledger.paymentById(command.payment.id), answer.next);
    assert.deepEqual(await available(ledger, player), [5_000n, 3_000n]);
    const [entry, ...more] = await ledger.entries({ paymentId: command.payment.id }, { limit: 10 });
    assert.deepEqual(
      [entry?.debit, entry?.credit, entry?.amount],
      ['suspense', 'gateway:bank', euros(2_500n)],
    );
    assert.equal(more.length, 0);
  });

  contract('I6: a hold ends once', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const command = withdrawal({ player, minor: 3_000n });
    await ledger.acceptPayment(command);
    const voided = declined(command.payment);
    assert.ok(voided.next);
    await ledger.recordAnswer(voided);
    const { id } = command.payment;
    const again = { ...declined(command.payment), expectedVersion: 2, next: { ...voided.next, version: 3 } };
    await rejectsWithoutWriting(ledger, () => ledger.recordAnswer(again), id);
    assert.deepEqual(await available(ledger, player), [5_000n, 0n]);
  });

  contract('I4: an entry that would take more than there is undoes its command', async (ledger) => {
    const player = await playerWith(ledger, 5_000n);
    const { payment } = deposit({ player });
    await ledger.acceptPayment({ payment });
    const taking = { ...payment.instruction, direction: 'DBIT', amount: euros(5_001n) } as const;
    const command = settled({ ...payment, instruction: taking });
    assert.equal(await ledger.recordAnswer(command), 'short');
    assert.deepEqual(await ledger.paymentById(payment.id), payment);
    assert.equal((await ledger.historyOf(payment.id, 50)).length, 1);
    assert.deepEqual(await available(ledger, player), [5_000n, 0n]);
  });
}

/** A command that contradicts the ledger is undone whole, and its error tells a code and no value. */
async function rejectsWithoutWriting(
  ledger: LedgerStore,
  command: () => Promise<unknown>,
  paymentId: string,
): Promise<void> {
  const before = await ledger.paymentById(paymentId);
  const history = await ledger.historyOf(paymentId, 50);
  await assert.rejects(command, (error) => {
    assert.ok(error instanceof LedgerUnavailable);
    assert.equal(error.trouble, 'engineFailed');
    assert.match(error.message, /^the ledger did not take the command: engineFailed \([A-Z_]+\)$/);
    return true;
  });
  assert.deepEqual(await ledger.paymentById(paymentId), before);
  assert.deepEqual(await ledger.historyOf(paymentId, 50), history);
}

function transfers(contract: Contract): void {
  contract('transfer: from play and to play, once however often it is run', async (ledger) => {
    const player = unique();
    const from = transferOf({ player, minor: 700n, direction: 'fromPlay' });
    const to = transferOf({ player, minor: 200n, direction: 'toPlay' });
    for (const command of [from, from, to, to]) {
      assert.deepEqual(await ledger.transfer(command), {
        kind: 'transferred',
        fingerprint: command.fingerprint,
        at: command.at,
      });
    }
    assert.deepEqual(await available(ledger, player), [500n, 0n]);
  });

  contract('transfer: an id that another command took is known, with its fingerprint', async (ledger) => {
    const player = unique();
    const first = transferOf({ player, minor: 700n });
    await ledger.transfer(first);
    const { transferId, fingerprint, at } = first;
    for (const minor of [700n, 800n]) {
      const other = { ...transferOf({ player, minor, transferId }), at: laterBy(5_000) };
      assert.deepEqual(await ledger.transfer(other), { kind: 'known', fingerprint, at });
    }
    assert.deepEqual(await available(ledger, player), [700n, 0n]);
  });

  contract('transfer: without funds nothing is left behind', async (ledger) => {
    const player = unique();
    const command = transferOf({ player, minor: 700n, direction: 'toPlay' });
    assert.deepEqual(await ledger.transfer(command), { kind: 'insufficientFunds' });
    await ledger.transfer(transferOf({ player, minor: 699n }));
    assert.deepEqual(await ledger.transfer(command), { kind: 'insufficientFunds' });
    await ledger.transfer(transferOf({ player, minor: 1n }));
    assert.equal((await ledger.transfer(command)).kind, 'transferred');
    assert.deepEqual(await available(ledger, player), [0n, 0n]);
  });

  contract('transfer: what is held cannot be played with', async (ledger) => {
    const player = await playerWith(ledger, 1_000n);
    await ledger.acceptPayment(withdrawal({ player, minor: 600n }));
    const command = transferOf({ player, minor: 401n, direction: 'toPlay' });
    assert.deepEqual(await ledger.transfer(command), { kind: 'insufficientFunds' });
  });

  contract('amounts past 2^53 are exact', async (ledger) => {
    const minor = 9_007_199_254_740_993n;
    const player = await playerWith(ledger, minor);
    await ledger.transfer(transferOf({ player, minor: 1n }));
    assert.deepEqual(await available(ledger, player), [minor + 1n, 0n]);
    const account = playerAccount(brand, player);
    const [entry] = await ledger.entries({ account }, { limit: 1 });
    assert.deepEqual(entry?.amount, euros(minor));
  });

  contract('a balance past what a database can count is refused, not rounded', async (ledger) => {
    // A brand of its own, so that no account of another test ever holds sums like these.
    const one = { player: unique(), brand: unique() };
    const much = 8_000_000_000_000_000_000n;
    await ledger.transfer(transferOf({ ...one, minor: much }));
    const more = transferOf({ ...one, minor: 2_000_000_000_000_000_000n });
    await assert.rejects(ledger.transfer(more), { trouble: 'engineFailed' });
    const [balance] = await ledger.playerBalances(playerAccount(one.brand, one.player));
    assert.equal(balance?.postedMinor, much);
  });
}

function questions(contract: Contract): void {
  contract('what is not there is undefined, or a list of nothing', async (ledger) => {
    assert.equal(await ledger.paymentById(unique()), undefined);
    assert.equal(await ledger.paymentByReference('partner-a', unique()), undefined);
    assert.deepEqual(await ledger.historyOf(unique(), 10), []);
    assert.deepEqual(await ledger.playerBalances(unique()), []);
    assert.deepEqual(await ledger.entries({ paymentId: unique() }, { limit: 10 }), []);
  });

  contract('history: the newest lines, oldest first', async (ledger) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    const moved = pending(payment);
    await ledger.recordAnswer(moved);
    assert.ok(moved.next);
    await ledger.recordAnswer(settled(moved.next));
    const states = async (limit: number) =>
      (await ledger.historyOf(payment.id, limit)).map(({ state }) => state);
    assert.deepEqual(await states(10), ['submitted', 'pending', 'completed']);
    assert.deepEqual(await states(2), ['pending', 'completed']);
  });

  contract('payments: by state and partner, page by page', async (ledger) => {
    const partnerId = `partner-${unique()}`;
    const player = await playerWith(ledger, 10_000n);
    const commands = [
      deposit({ partnerId }),
      withdrawal({ partnerId, player }),
      deposit({ partnerId }),
      deposit({ partnerId }),
    ].toSorted((a, b) => (a.payment.id < b.payment.id ? -1 : 1));
    for (const command of commands) await ledger.acceptPayment(command);
    const ids = commands.map(({ payment }) => payment.id);
    const rejected = commands.find(({ payment }) => payment.instruction.direction === 'CRDT');
    assert.ok(rejected);
    const mismatched = mismatch(rejected.payment, 1n);
    await ledger.recordAnswer(mismatched);

    const first = await ledger.payments({ partnerId }, { limit: 3 });
    const after = first.at(-1)?.id;
    assert.ok(after);
    const second = await ledger.payments({ partnerId }, { limit: 3, after });
    assert.deepEqual(
      [...first, ...second].map(({ id }) => id),
      ids,
    );
    assert.deepEqual(
      [...first, ...second].find(({ id }) => id === mismatched.paymentId),
      mismatched.next,
    );
    const open = await ledger.payments({ partnerId, states: ['unknown', 'pending'] }, { limit: 10 });
    assert.deepEqual(open, [mismatched.next]);
  });

  contract(
    'payments: by player, gateway and time, the newest first where it is asked for',
    async (ledger) => {
      const partnerId = `partner-${unique()}`;
      const player = unique();
      const wanted = [
        deposit({ partnerId, player, acceptedAt: laterBy(1) }),
        deposit({ partnerId, player, gateway: 'otherBank', acceptedAt: laterBy(2) }),
        deposit({ partnerId, acceptedAt: laterBy(3) }),
      ];
      for (const command of wanted) await ledger.acceptPayment(command);
      const ids = wanted.map(({ payment }) => payment.id);
      const [first, second, third] = ids as [string, string, string];
      const found = async (filter: PaymentFilter) =>
        new Set((await ledger.payments({ partnerId, ...filter }, { limit: 10 })).map(({ id }) => id));
      assert.deepEqual(await found({ player: { brand, playerId: player } }), new Set([first, second]));
      assert.deepEqual(await found({ player: { brand: 'other', playerId: player } }), new Set());
      assert.deepEqual(await found({ gateway: 'otherBank' }), new Set([second]));
      assert.deepEqual(await found({ acceptedFrom: laterBy(2) }), new Set([second, third]));
      assert.deepEqual(await found({ acceptedBefore: laterBy(2) }), new Set([first]));
      assert.deepEqual(
        await found({ acceptedFrom: laterBy(2), acceptedBefore: laterBy(3) }),
        new Set([second]),
      );
      assert.deepEqual(await found({ states: [] }), new Set());

      const newest = { partnerId, newestFirst: true };
      const page = await ledger.payments(newest, { limit: 2 });
      const after = page.at(-1)?.id;
      assert.ok(after);
      const rest = await ledger.payments(newest, { limit: 2, after });
      assert.deepEqual(
        [...page, ...rest].map(({ id }) => id),
        ids.toSorted().toReversed(),
      );
    },
  );

  contract('payments: a payment with several cases is one payment, and fills one place', async (ledger) => {
    const partnerId = `partner-${unique()}`;
    const disputed = deposit({ partnerId });
    await ledger.acceptPayment(disputed);
    const once = mismatch(disputed.payment, 1n);
    await ledger.recordAnswer(once);
    assert.ok(once.next);
    const twice = mismatch(once.next, 2n);
    assert.ok(twice.next);
    const openCases = [...once.next.openCases, ...twice.next.openCases];
    await ledger.recordAnswer({ ...twice, next: { ...twice.next, openCases } });
    await ledger.acceptPayment(deposit({ partnerId }));
    const listed = await ledger.payments({ partnerId }, { limit: 2 });
    assert.equal(listed.length, 2);
    const found = listed.find(({ id }) => id === disputed.payment.id);
    assert.deepEqual(new Set(found?.openCases), new Set(openCases));
    assert.deepEqual(found, await ledger.paymentById(disputed.payment.id));
  });

  contract('transcripts: the newest that were kept, oldest first, each with its call', async (ledger) => {
    const { payment } = deposit();
    await ledger.acceptPayment({ payment });
    assert.deepEqual(await ledger.transcriptsOf(payment.id, 10), []);
    const long = 'ÄÖ€𝄞'.repeat(3_000);
    const moved = withTranscript(rerouted(payment), long);
    for (let run = 0; run < 2; run += 1) await ledger.recordAnswer(moved);
    assert.ok(moved.next);
    const ended = settled(moved.next);
    const later = { ...ended.answer, attemptOrdinal: 2, at: laterBy(2_000) };
    await ledger.recordAnswer(withTranscript({ ...ended, answer: later }));
    const kept = await ledger.transcriptsOf(payment.id, 10);
    const call = { operation: 'submit', durationMs: 2_345 };
    assert.deepEqual(kept, [
      { ...call, text: long, gateway: 'bank', answer: 'neverSent', at: laterBy(1_000) },
      { ...call, text: wireText, gateway: 'otherBank', answer: 'settled', at: laterBy(2_000) },
    ]);
    assert.deepEqual(await ledger.transcriptsOf(payment.id, 1), kept.slice(1));
  });

  contract('entries: by account, page by page, in the order in which they were written', async (ledger) => {
    const player = unique();
    for (const minor of [10n, 20n, 30n]) await ledger.transfer(transferOf({ player, minor }));
    const account = playerAccount(brand, player);
    const first = await ledger.entries({ account }, { limit: 2 });
    const after = first.at(-1)?.id;
    assert.ok(after);
    const second = await ledger.entries({ account }, { limit: 2, after });
    assert.deepEqual(
      [...first, ...second].map(({ amount }) => amount.minor),
      [10n, 20n, 30n],
    );
  });

  contract('sums: debits and credits of every account balance out', async (ledger) => {
    const player = unique();
    await ledger.transfer(transferOf({ player, minor: 700n }));
    await ledger.transfer(transferOf({ player, minor: 200n, direction: 'toPlay' }));
    const sums = await ledger.accountSums();
    const account = playerAccount(brand, player);
    assert.deepEqual(
      sums.filter((sum) => sum.account === account),
      [{ account, currency: 'EUR', debitMinor: 200n, creditMinor: 700n }],
    );
    const total = (side: 'debitMinor' | 'creditMinor') =>
      sums.filter(({ currency }) => currency === 'EUR').reduce((sum, line) => sum + line[side], 0n);
    assert.equal(total('debitMinor'), total('creditMinor'));
  });

  contract('counts: payments by state', async (ledger) => {
    const count = async () => (await ledger.paymentCounts()).submitted ?? 0;
    const before = await count();
    await ledger.acceptPayment(deposit());
    assert.ok((await count()) > before);
  });

  contract('ready, and closed: nothing more is taken on', async (_ledger, openAgain) => {
    const ledger = await openAgain();
    await ledger.ready();
    const last = ledger.acceptPayment(deposit());
    await Promise.all([ledger.close(), ledger.close()]);
    assert.equal((await last).kind, 'accepted');
    const closed = { name: 'LedgerUnavailable', trouble: 'closed' };
    await assert.rejects(ledger.ready(), closed);
    await assert.rejects(ledger.acceptPayment(deposit()), closed);
    await assert.rejects(ledger.paymentById(unique()), closed);
    await assert.rejects(ledger.paymentCounts(), closed);
  });
}

const connections = 4;

function several(openAgain: OpenAgain): Promise<LedgerStore[]> {
  return Promise.all(Array.from({ length: connections }, openAgain));
}

function races(contract: Contract): void {
  contract(
    '50 copies of one request at once: one is accepted, the others know it',
    async (ledger, openAgain) => {
      const ledgers = await several(openAgain);
      const reference = unique().slice(0, 35);
      const copies = await Promise.all(
        Array.from({ length: 50 }, (_, copy) =>
          ledgers[copy % connections]!.acceptPayment(deposit({ reference })),
        ),
      );
      assert.equal(copies.filter(({ kind }) => kind === 'accepted').length, 1);
      assert.equal(new Set(copies.map((copy) => taken(copy).id)).size, 1);
      assert.equal((await ledger.paymentByReference('partner-a', reference))?.id, taken(copies[0]!).id);
    },
  );

  contract('I4: 20 racing withdrawals on a balance that covers 7: exactly 7', async (ledger, openAgain) => {
    const ledgers = await several(openAgain);
    const player = await playerWith(ledger, 7_500n);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        ledgers[turn % connections]!.acceptPayment(withdrawal({ player, minor: 1_000n })),
      ),
    );
    const states = results.map((result) => taken(result).state.name);
    assert.equal(states.filter((state) => state === 'submitted').length, 7);
    assert.equal(states.filter((state) => state === 'rejected').length, 13);
    assert.deepEqual(await available(ledger, player), [7_500n, 7_000n]);
  });

  contract(
    'two answers at once on the same version: one is recorded, one is stale',
    async (ledger, openAgain) => {
      const ledgers = await several(openAgain);
      const { payment } = deposit();
      await ledger.acceptPayment({ payment });
      const results = await Promise.all([
        ledgers[0]!.recordAnswer(settled(payment)),
        ledgers[1]!.recordAnswer(declined(payment)),
        ledgers[2]!.recordAnswer(settled(payment)),
        ledgers[3]!.recordAnswer(pending(payment)),
      ]);
      assert.deepEqual(results.toSorted(), ['recorded', 'stale', 'stale', 'stale']);
      assert.equal((await ledger.paymentById(payment.id))?.version, 2);
    },
  );

  contract('one transfer id from everywhere at once: made once', async (ledger, openAgain) => {
    const ledgers = await several(openAgain);
    const player = unique();
    const transferId = unique();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        ledgers[turn % connections]!.transfer(transferOf({ player, minor: 5n, transferId })),
      ),
    );
    assert.equal(results.filter(({ kind }) => kind === 'transferred').length, 1);
    assert.deepEqual(await available(ledger, player), [5n, 0n]);
  });

  contract(
    'commands of the same players from everywhere at once: none is lost, and none is told wrongly',
    async (ledger, openAgain) => {
      const ledgers = await several(openAgain);
      const players = await Promise.all(Array.from({ length: 4 }, () => playerWith(ledger, 10_000n)));
      // Each ledger takes the players in another order, which is what locks dislike.
      const work = ledgers.flatMap((own, turn) =>
        [...players.slice(turn), ...players.slice(0, turn)].map(async (player) => {
          const paidOut = withdrawal({ player, minor: 1_000n });
          const [, made] = await Promise.all([
            own.acceptPayment(paidOut),
            own.transfer(transferOf({ player, minor: 500n })),
          ]);
          assert.equal(made.kind, 'transferred');
          const other = ledgers[(turn + 1) % connections]!;
          assert.equal(await other.recordAnswer(settled(paidOut.payment)), 'recorded');
          const voided = withdrawal({ player, minor: 700n });
          await own.acceptPayment(voided);
          assert.equal(await other.recordAnswer(declined(voided.payment)), 'recorded');
        }),
      );
      await Promise.all(work);
      const left = 10_000n + BigInt(connections) * (500n - 1_000n);
      for (const player of players) assert.deepEqual(await available(ledger, player), [left, 0n]);
    },
  );
}
