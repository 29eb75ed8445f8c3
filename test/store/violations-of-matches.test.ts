import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { someDay } from '../support/recon-day.ts';
import { confirmed, dayMs, says } from '../support/recon-house.ts';
import { unguardedConnection } from './unguarded.ts';

/** A day that was matched, with its breaks worked by two people. */
async function workedDay(t: TestContext) {
  const { house } = await someDay(t);
  await house.round();
  house.clock.move(4 * dayMs);
  await house.round();
  for (const { id, suggestion } of await house.openBreaks()) {
    const ending = suggestion === 'matchedByHand' ? suggestion : 'writtenOff';
    await house.desk.propose(says('ada'), id, { ending });
    await confirmed(house.desk, 'ben', id);
  }
  const { violations, counts } = await house.ledger.verify({ findingsMax: 100 });
  assert.deepEqual(violations, []);
  assert.deepEqual([counts.matches, counts.breaks], [15, 4]);
  return { house, raw: unguardedConnection(t, house.file) };
}

const aMatch = (rule: string) => `(select id from reconciliation_match where rule_name = '${rule}' limit 1)`;

const spoiled: readonly { readonly invariant: string; readonly finding: RegExp; readonly by: string }[] = [
  {
    invariant: 'I3',
    finding: /takes something else from the gateways/,
    by: `delete from match_item where match_id = ${aMatch('byHand')} or match_id = ${aMatch('reference')}`,
  },
  {
    invariant: 'I3',
    finding: /something else on a bank account/,
    by: `update statement_entry set amount_minor = amount_minor + 1 where account = 'main-eur'`,
  },
  {
    invariant: 'I3',
    finding: /not there, or of another group/,
    by: `update reconciliation_match set group_id = 'match:other' where id = ${aMatch('reference')}`,
  },
  {
    invariant: 'I11',
    finding: /not booked, or of a file/,
    by: "update statement_entry set status = 'pending' where account = 'main-eur'",
  },
  {
    invariant: 'I11',
    finding: /as a whole and in parts/,
    by: `insert into match_entry select entry_key, 0, match_id from match_entry where match_id = ${aMatch('reference')}`,
  },
  { invariant: 'I14', finding: /no two people said so/, by: "update break_act set subject = 'ada'" },
  {
    invariant: 'I14',
    finding: /no two people said so/,
    by: "update break_end set resolution = 'matched'",
  },
  ...['arrived', 'agrees', 'replaced'].map((resolution) => ({
    invariant: 'I14',
    finding: /no match and no statement/,
    by: `update break_end set resolution = '${resolution}'`,
  })),
  { invariant: 'I14', finding: /no name, reason or comment/, by: "update break_act set comment = ''" },
];

for (const { invariant, finding, by } of spoiled) {
  test(`verify finds ${finding.source}: ${by.slice(0, 50)}`, async (t) => {
    const { house, raw } = await workedDay(t);
    raw.exec(by);
    const { violations } = await house.ledger.verify({ findingsMax: 100 });
    assert.ok(
      violations.some((found) => found.invariant === invariant && finding.test(found.finding)),
      JSON.stringify(violations),
    );
  });
}
