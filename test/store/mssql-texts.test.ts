/** What goes to SQL Server and what comes back, without one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { acceptWrite } from '../../src/store/accept-write.ts';
import { answerWrite } from '../../src/store/change-write.ts';
import { batchFor } from '../../src/store/mssql/batch.ts';
import { carry, readTexts } from '../../src/store/mssql/carried-text.ts';
import { groupRows } from '../../src/store/mssql/group-rows.ts';
import { outcomesOf } from '../../src/store/mssql/outcomes.ts';
import { mssqlCode } from '../../src/store/mssql/trouble.ts';
import { transferWrite } from '../../src/store/plain-writes.ts';
import type { Write } from '../../src/store/writes.ts';
import { freshSeed } from '../support/seed.ts';
import {
  declined,
  deposit,
  settled,
  transferOf,
  wireText,
  withdrawal,
  withTranscript,
} from '../support/store-commands.ts';
import { paidBack, questioned } from '../support/store-outcomes.ts';

/** Does what the nested `replace` of the T-SQL does, in its order. */
function taken(text: string): string {
  const steps = [...readTexts.matchAll(/N'(~[0-9a-f]{2})', nchar\((\d+)\)/g)];
  assert.equal(steps.length, 6);
  return steps.reduce(
    (so, [, code, character]) => so.replaceAll(code!, String.fromCharCode(Number(character))),
    text,
  );
}

test('a text that travelled is the text that was sent, and JSON never had to escape in it', (t) => {
  const seed = freshSeed(t);
  const wild = fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', '~', '2', '7', 'e', 'c', '\n', '\r', '\t'),
      fc.string({ maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(wild, (text) => {
      assert.equal(JSON.stringify(carry(text)), `"${carry(text)}"`);
      assert.equal(taken(carry(text)), text);
    }),
    { seed, numRuns: 2_000 },
  );
  assert.equal(taken(carry(wireText)), wireText);
});

test('what a database cannot keep is told by one character', () => {
  assert.equal(carry('a\u0000b\u001f\ud800c'), 'a\ufffdb\ufffd\ufffdc');
});

const write = {
  accept: acceptWrite(withdrawal()),
  answer: answerWrite(withTranscript(settled(deposit().payment))),
  transfer: transferWrite(transferOf({ player: 'p', minor: 9_007_199_254_740_993n })),
  probe: { kind: 'probe' },
} as const;

test('the rows of a group: each says whose it is, 64-bit numbers are text, and texts are places in a list', () => {
  const group: Write[] = [write.probe, write.transfer, write.answer, write.accept];
  const rows = JSON.parse(groupRows(group)) as Record<string, Record<string, unknown>[]> & {
    texts: string[];
  };
  assert.deepEqual(Object.keys(rows).toSorted(), [
    'accept',
    'accept_attempt',
    'accept_check',
    'accept_hold',
    'accept_payment',
    'accept_version',
    'accept_wanted',
    'change',
    'change_answer',
    'change_check',
    'change_entry',
    'change_next',
    'change_transcript',
    'change_version',
    'change_wanted',
    'texts',
    'transfer',
    'transfer_entry',
    'transfer_wanted',
  ]);
  assert.deepEqual(
    [rows['transfer']?.[0]?.['n'], rows['transfer']?.[0]?.['amount_minor']],
    [1, '9007199254740993'],
  );
  assert.deepEqual(
    rows['accept_payment']?.map(({ n, variant, state }) => [n, variant, state]),
    [
      [3, 0, 'submitted'],
      [3, 1, 'rejected'],
    ],
  );
  const place = rows['change_transcript']?.[0]?.['transcript'];
  assert.equal(taken(rows.texts[Number(place)]!), wireText);
});

test('what a refund changes on its original travels beside what it changes itself', () => {
  const { payment: original } = deposit();
  const { payment: refund } = withdrawal({ refundOf: original.id });
  const { openCase } = questioned(original);
  const group = [write.probe, answerWrite(paidBack(refund, original, { openCase, settledMinor: 7n }))];
  const rows = JSON.parse(groupRows(group)) as Record<string, Record<string, unknown>[]>;
  const [row] = rows['change_original'] ?? [];
  assert.deepEqual([row?.['n'], row?.['payment_id'], row?.['settled_minor']], [1, original.id, '7']);
  for (const table of ['change_original_answer', 'change_original_case']) {
    assert.deepEqual(
      rows[table]?.map(({ n, payment_id }) => [n, payment_id]),
      [[1, original.id]],
    );
  }
});

test('only a refund that completes changes a payment beside it, and that is the one that it gives back', () => {
  const { payment: original } = deposit();
  const { payment: refund } = withdrawal({ refundOf: original.id });
  const command = paidBack(refund, original);
  const { payment: other } = withdrawal({ refundOf: 'another' });
  for (const next of [declined(refund).next!, paidBack(other, original).next]) {
    const version = refund.version + 1;
    assert.throws(() => answerWrite({ ...command, next: { ...next, version } }), /only a refund/);
  }
  const { next: _, holdEnding: __, ...unmoved } = { ...command, entries: [] };
  assert.throws(() => answerWrite(unmoved), /only a refund/);
});

test('a text for a set of kinds, in the order in which rows are locked, whatever came first', () => {
  const all = batchFor(new Set(['transfer', 'acceptPayment', 'probe', 'changePayment']), 100);
  const places = [
    'declare @text',
    'declare @accept_scope ',
    'declare @change_original ',
    'declare @change ',
    'declare @accept ',
    'declare @transfer ',
    'READ_ONLY',
  ];
  const found = places.map((text) => all.indexOf(text));
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
  );
  assert.ok(found.every((place) => place > 0));
  assert.equal(all, batchFor(new Set(['changePayment', 'probe', 'acceptPayment', 'transfer']), 100));
  assert.match(all, /^set lock_timeout 100;$/m);
});

test('outcomes come in the order of the group, and end before one that is missing', () => {
  const group = [write.transfer, write.probe, write.accept, write.answer];
  const transferred = { n: 0, kind: 'transferred', fingerprint: 'f', transferred_at: 't' };
  const known = { n: 2, kind: 'known', id: 'x' };
  const first = { kind: 'transferred', fingerprint: 'f', transferredAt: 't' };
  const told = [first, { kind: 'alive' }, { kind: 'known', id: 'x' }];
  assert.deepEqual(outcomesOf(group, [{ n: 3, kind: 'stale' }, known, transferred]), [
    ...told,
    { kind: 'stale' },
  ]);
  assert.deepEqual(outcomesOf(group, [known, transferred]), told);
  assert.deepEqual(outcomesOf(group, [{ n: 3, kind: 'stale' }]), []);
});

test('an error that is not the driver’s has no code', () => {
  for (const error of [new Error('x'), new TypeError('x'), 'x', undefined])
    assert.equal(mssqlCode(error), undefined);
});
