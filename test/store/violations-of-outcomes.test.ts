/** What checks, people, returns and webhooks leave behind: a ledger that lived is not accused, and a spoiled one is. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { InvariantViolation } from '../../src/payments/verification.ts';
import type { Payment } from '../../src/payments/payment.ts';
import {
  declined,
  hear,
  openScene,
  pay,
  pending,
  resolved,
  settled,
  silent,
  type Scene,
} from '../payments/people/scene.ts';
import { ledgerFile, opened } from '../support/store-ledger.ts';
import { withdrawal } from '../support/store-commands.ts';
import { paidBack, returned } from '../support/store-outcomes.ts';
import { unguardedConnection } from './unguarded.ts';

type Ids = Awaited<ReturnType<typeof live>>;

async function live(scene: Scene) {
  const corrected = await pay(scene, 'CRDT', declined());
  await resolved(scene, await hear(scene, corrected, settled(1000n)), 'completed');
  const takenOut = await pay(scene, 'DBIT', declined());
  await resolved(scene, await hear(scene, takenOut, settled(1000n)), 'completed');
  const aside = await pay(scene, 'CRDT', settled(900n));
  await resolved(scene, aside, 'unchanged');
  const refused = await pay(scene, 'CRDT', settled(900n));
  await resolved(scene, refused, 'notExecuted');
  const back = await pay(scene, 'CRDT', settled(1000n));
  await comesBack(scene, back);
  await givenBack(scene, back);
  const open = await pay(scene, 'CRDT', pending);
  const unknown = await pay(scene, 'DBIT', silent);
  await scene.payments.receiveWebhook('bank', { eventId: 'e-1', text: 'x' }, { correlationId: 'c-1' });
  await scene.payments.receiveWebhook('bank', { eventId: 'e-2', text: 'x' }, { correlationId: 'c-1' });
  return {
    corrected: corrected.id,
    takenOut: takenOut.id,
    aside: aside.id,
    refused: refused.id,
    back: back.id,
    open: open.id,
    unknown: unknown.id,
  };
}

async function comesBack({ ledger }: Scene, payment: Payment): Promise<void> {
  const first = returned(payment, 300n);
  assert.equal(await ledger.recordAnswer(first), 'recorded');
  assert.equal(await ledger.recordAnswer(returned(first.next, 200n, { kind: 'chargeback' })), 'recorded');
}

/** By a refund of 1.00 that was paid out. */
async function givenBack({ ledger }: Scene, { id, instruction }: Payment): Promise<void> {
  const { playerId: player } = instruction;
  const command = withdrawal({ player, minor: 100n, refundOf: id });
  await ledger.acceptPayment({ ...command, refund: { originalId: id, settledMinor: 1000n } });
  const original = await ledger.paymentById(id);
  assert.ok(original);
  assert.equal(await ledger.recordAnswer(paidBack(command.payment, original)), 'recorded');
}

interface Spoiled {
  readonly invariant: string;
  readonly finding: RegExp;
  readonly at: keyof Ids;
  /** `@id` stands for the payment's. */
  readonly by: string;
}

const confirmation = "payment_id = @id and kind = 'confirmed'";
const copyReturn = (changes: string) =>
  `insert into payment_return select 'zzz', payment_id, ${changes}, returned_at
   from payment_return where payment_id = @id and kind = 'return'`;

const spoiled: readonly Spoiled[] = [
  {
    invariant: 'I1',
    finding: /not on its last one, and nobody said so/,
    at: 'back',
    by: `insert into attempt select payment_id, 2, gateway, 'other', intended_at, send_before, answer_before
      from attempt where payment_id = @id`,
  },
  {
    invariant: 'I1',
    finding: /an attempt that it does not have/,
    at: 'corrected',
    by: 'update payment set attempt_ordinal = 7 where id = @id',
  },
  {
    invariant: 'I1',
    finding: /stands on an attempt at another one/,
    at: 'takenOut',
    by: "update attempt set gateway = 'psp' where payment_id = @id",
  },
  {
    invariant: 'I1',
    finding: /settled and not to have/,
    at: 'back',
    by: `insert into gateway_answer select 'more', payment_id, attempt_ordinal, 'declined', source, 'ignored', null, null,
      recorded_at from gateway_answer where payment_id = @id and kind = 'settled' limit 1`,
  },
  {
    invariant: 'I1',
    finding: /after a word that moved/,
    at: 'open',
    by: `insert into gateway_answer select 'more', payment_id, 1, 'neverSent', source, 'rerouted', null, null, recorded_at
      from gateway_answer where payment_id = @id limit 1`,
  },
  {
    invariant: 'I3',
    finding: /exactly what was settled/,
    at: 'corrected',
    by: "update entry set amount_minor = 999 where group_id = @id || ':completed'",
  },
  {
    invariant: 'I3',
    finding: /other accounts than its own/,
    at: 'corrected',
    by: "update entry set debit = 'gateway:bank' where group_id = @id || ':completed'",
  },
  {
    invariant: 'I3',
    finding: /other accounts than its own/,
    at: 'back',
    by: "update entry set credit = 'player:lucky:other' where group_id = @id || ':completed'",
  },
  {
    invariant: 'I3',
    finding: /other accounts than its own/,
    at: 'takenOut',
    by: "update entry set debit = 'receivable:lucky:other' where group_id = @id || ':completed'",
  },
  {
    invariant: 'I3',
    finding: /without the suspense entry/,
    at: 'aside',
    by: "update entry set credit = 'fees:x' where payment_id = @id and credit = 'suspense'",
  },
  {
    invariant: 'I3',
    finding: /still stands in suspense/,
    at: 'aside',
    by: 'delete from entry where payment_id = @id and reverses_posting_key is not null',
  },
  {
    invariant: 'I3',
    finding: /neither its state nor a case/,
    at: 'aside',
    by: `update case_end set resolution = 'completed'
      where case_id in (select id from payment_case where payment_id = @id)`,
  },
  {
    invariant: 'I3',
    finding: /not completed/,
    at: 'back',
    by: "update payment set state = 'rejected' where id = @id",
  },
  {
    invariant: 'I3',
    finding: /neither its state nor a case nor a return/,
    at: 'back',
    by: "delete from payment_return where payment_id = @id and kind = 'return'",
  },
  {
    invariant: 'I3',
    finding: /than was settled/,
    at: 'back',
    by: "update payment_return set amount_minor = 900 where payment_id = @id and kind = 'return'",
  },
  {
    invariant: 'I3',
    finding: /more was given back of chargebacks/,
    at: 'back',
    by: "update payment_return set kind = 'chargebackReversal' where payment_id = @id and kind = 'return'",
  },
  {
    invariant: 'I3',
    finding: /a refund was paid out/,
    at: 'back',
    by: "delete from payment_return where payment_id = @id and kind = 'refund'",
  },
  {
    invariant: 'I3',
    finding: /a refund was paid out/,
    at: 'back',
    by: "update payment_return set amount_minor = 99 where payment_id = @id and kind = 'refund'",
  },
  {
    invariant: 'I3',
    finding: /a refund was paid out/,
    at: 'corrected',
    by: "update payment_return set payment_id = @id where kind = 'refund'",
  },
  {
    invariant: 'I3',
    finding: /a refund that was not paid out/,
    at: 'back',
    by: `update payment set state = 'rejected' where id in (select payment_id from refund where original_id = @id)`,
  },
  {
    invariant: 'I3',
    finding: /a refund that was not paid out/,
    at: 'back',
    by: copyReturn(`'refund', gateway, 'R-1', 'other', 1, currency, reason_code, null, 0`),
  },
  {
    invariant: 'I5',
    finding: /without two people/,
    at: 'corrected',
    by: `delete from operator_act where ${confirmation}`,
  },
  {
    invariant: 'I5',
    finding: /without two people/,
    at: 'takenOut',
    by: "update operator_act set subject = 'ann' where payment_id = @id",
  },
  {
    invariant: 'I5',
    finding: /table of states does not have/,
    at: 'open',
    by: "update payment_version set state = 'received' where payment_id = @id and version = 2",
  },
  {
    invariant: 'I5',
    finding: /by no answer and by no act/,
    at: 'open',
    by: 'update gateway_answer set made_version = null where payment_id = @id',
  },
  {
    invariant: 'I6',
    finding: /ended otherwise/,
    at: 'takenOut',
    by: "update hold_end set ending = 'posted' where hold_id in (select id from hold where payment_id = @id)",
  },
  {
    invariant: 'I9',
    finding: /otherwise than by the resend rule/,
    at: 'unknown',
    by: `insert into payment_version values (@id, 3, 'submitted', null, null, '');
      update payment set version = 3, state = 'submitted' where id = @id`,
  },
  {
    invariant: 'I9',
    finding: /not found twice/,
    at: 'unknown',
    by: `insert into gateway_answer select 'more', payment_id, 1, 'notFound', 'statusCheck', 'resent', null, 3, recorded_at
      from gateway_answer where payment_id = @id`,
  },
  {
    invariant: 'I10',
    finding: /neither a next check/,
    at: 'unknown',
    by: 'delete from payment_check where payment_id = @id',
  },
  {
    invariant: 'I10',
    finding: /still to be asked about/,
    at: 'unknown',
    by: "update payment set state = 'completed' where id = @id",
  },
  {
    invariant: 'I11',
    finding: /return counts twice/,
    at: 'back',
    by: copyReturn(`kind, gateway, reference, 'other', 1, currency, reason_code, null, 0`),
  },
  {
    invariant: 'I11',
    finding: /return counts twice/,
    at: 'back',
    by: copyReturn(`kind, gateway, null, return_key, 1, currency, reason_code, null, 0`),
  },
  {
    invariant: 'I11',
    finding: /reversed twice/,
    at: 'aside',
    by: `insert into entry (posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason,
        recorded_at, effective_at, accounting_date, reverses_posting_key)
      select 'again', group_id, payment_id, brand, debit, credit, amount_minor, currency, reason, recorded_at,
        effective_at, accounting_date, reverses_posting_key
      from entry where payment_id = @id and reverses_posting_key is not null`,
  },
  {
    invariant: 'I3',
    finding: /reverses none/,
    at: 'aside',
    by: 'update entry set amount_minor = 1 where payment_id = @id and reverses_posting_key is not null',
  },
  {
    invariant: 'I3',
    finding: /neither the one entry of a transfer nor/,
    at: 'back',
    by: "update entry set payment_id = null where group_id = @id || ':completed'",
  },
  { invariant: 'I11', finding: /kept twice/, at: 'back', by: "update webhook_event set event_id = 'e-1'" },
  {
    invariant: 'I11',
    finding: /speaks of no payment/,
    at: 'back',
    by: `update webhook_event set state = 'listed',
      id = (select answer_id from gateway_answer where payment_id = @id limit 1) where event_id = 'e-1'`,
  },
  {
    invariant: 'I14',
    finding: /no name, reason or comment/,
    at: 'corrected',
    by: `update operator_act set comment = '' where ${confirmation}`,
  },
  {
    invariant: 'I14',
    finding: /no name, reason or comment/,
    at: 'corrected',
    by: `update operator_act set subject = '' where ${confirmation}`,
  },
  {
    invariant: 'I14',
    finding: /ends no proposal of somebody else/,
    at: 'aside',
    by: "update operator_act set subject = 'ann' where payment_id = @id",
  },
  {
    invariant: 'I14',
    finding: /ends no proposal of somebody else/,
    at: 'aside',
    by: `update operator_act set payment_version = 7 where ${confirmation}`,
  },
  {
    invariant: 'I14',
    finding: /otherwise than by the act/,
    at: 'aside',
    by: 'delete from proposal_end where act_id in (select id from operator_act where payment_id = @id)',
  },
  {
    invariant: 'I14',
    finding: /no two of them say so/,
    at: 'refused',
    by: `delete from operator_act where ${confirmation}`,
  },
  {
    invariant: 'I14',
    finding: /needed approval/,
    at: 'open',
    by: `update payment_version set state = 'awaitingApproval' where payment_id = @id and version = 1;
      update payment_version set state = 'submitted' where payment_id = @id and version = 2;
      update payment set state = 'submitted' where id = @id`,
  },
];

async function lived(t: TestContext) {
  const file = await ledgerFile(t);
  const ledger = await opened(t, `sqlite:${file}`);
  const scene = await openScene(t, { ledger });
  const ids = await live(scene);
  const { violations, counts, whole } = await ledger.verify({ findingsMax: 100 });
  assert.deepEqual([violations, whole], [[], true]);
  return { ledger, ids, counts, raw: unguardedConnection(t, file) };
}

for (const { invariant, finding, at, by } of spoiled) {
  test(`${invariant}: ${finding.source}: found at ${at}`, async (t) => {
    const { ledger, ids, raw } = await lived(t);
    raw.exec(by.replaceAll('@id', `'${ids[at]}'`));
    const found = await ledger.violations(100);
    assert.ok(
      found.some((each) => each.invariant === invariant && finding.test(each.finding)),
      JSON.stringify(found),
    );
  });
}

test('what was looked at is counted, and told after each page', async (t) => {
  const { ledger, counts } = await lived(t);
  assert.deepEqual(counts, {
    payments: 8,
    attempts: 8,
    entries: 14,
    holds: 3,
    cases: 4,
    returns: 3,
    acts: 8,
    webhooks: 2,
    balances: 4,
    transfers: 2,
    matches: 0,
    breaks: 0,
    partnerRevisions: 0,
    denials: 0,
    certificateActs: 0,
  });
  let told = 0;
  await ledger.verify({ findingsMax: 1, onPage: ({ payments }) => (told += payments) });
  assert.equal(told, 8 * 10);
});

test('small pages find and count the same', async (t) => {
  const { ledger, raw, counts } = await lived(t);
  raw.exec('delete from hold_end; delete from payment_check; update player_balance set posted_minor = -5');
  const { violations } = await ledger.verify({ findingsMax: 100 });
  assert.ok(violations.length > 5);
  for (const pageMax of [1, 2, 3]) {
    const paged = await ledger.verify({ findingsMax: 100, pageMax });
    assert.deepEqual(paged.counts, counts);
    assert.deepEqual(paged.violations.toSorted(bySubject), violations.toSorted(bySubject));
  }
  assert.equal((await ledger.verify({ findingsMax: 2, pageMax: 1 })).whole, false);
});

function bySubject(one: InvariantViolation, other: InvariantViolation): number {
  return `${one.subject} ${one.finding}` < `${other.subject} ${other.finding}` ? -1 : 1;
}
