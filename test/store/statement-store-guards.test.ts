/** What the file itself refuses of reconciliation's rows, whoever writes to it; and what a violation of them is found by. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { bankAccount, transitAccount } from '../../src/ledger/accounts.ts';
import { addedOnly, tables } from '../../src/store/migrations/004-statements.ts';
import { openStores } from '../../src/store/open.ts';
import { laterBy } from '../support/store-commands.ts';
import { atEnd, ledgerFile, rawConnection } from '../support/store-ledger.ts';
import {
  booking,
  breakAct,
  confirmationOf,
  detail,
  firstStatementColumns,
  item,
  keyed,
  match,
  onItsWay,
  orderedId,
  part,
  postingsOf,
  someBreak,
  told,
} from './statement-store-commands.ts';
import { unguardedConnection } from './unguarded.ts';

/** A ledger with a row in every table of reconciliation. */
async function filled(t: TestContext) {
  const file = await ledgerFile(t);
  const { ledger, statements } = await openStores({ url: `sqlite:${file}`, createIfEmpty: true });
  atEnd(t, () => ledger.close());
  const entry = keyed(booking({ details: [detail(1_000n)] }));
  const { received } = await told(statements, { account: 'main', entries: [entry] });
  await told(statements, { account: 'main', entries: [entry] });
  await statements.keepBytes(part(received.id, 0, Buffer.from('x')));
  const expected = item();
  await statements.recordExpected([expected]);
  const id = orderedId();
  const { amount } = expected;
  const postings = postingsOf(id, [
    ...onItsWay(expected),
    { debit: bankAccount('main'), credit: transitAccount(expected.gateway), amount },
  ]);
  await statements.recordMatch(match({ id, entries: [{ key: entry.key }], items: [expected], postings }));
  const opened = someBreak();
  await statements.openBreaks([opened]);
  const proposal = breakAct(opened.id, { kind: 'proposed' });
  await statements.recordBreakAct({ act: proposal });
  await statements.recordBreakAct({ act: confirmationOf(proposal), end: { resolution: 'received' } });
  await statements.claimJob({ name: 'import', now: laterBy(0), leaseUntil: laterBy(1) });
  return { file, ledger };
}

test('what reconciliation records is only added: update and delete are refused in every table', async (t) => {
  const { file } = await filled(t);
  const raw = rawConnection(t, file);
  for (const table of tables) {
    assert.notDeepEqual(raw.prepare(`select * from ${table}`).all(), [], `${table} has rows`);
  }
  for (const table of addedOnly) {
    const column = firstStatementColumns[table] ?? 'kind';
    for (const statement of [`delete from ${table}`, `update ${table} set ${column} = ${column}`]) {
      assert.throws(() => raw.exec(statement), { code: 'SQLITE_CONSTRAINT_TRIGGER' }, statement);
    }
  }
  raw.exec('update job_lease set fence = fence');
});

test('I3: an entry of no payment that no match and no act has posted is found', async (t) => {
  const { file, ledger } = await filled(t);
  assert.deepEqual(await ledger.violations(10), []);
  unguardedConnection(t, file).exec('delete from reconciled_posting');
  const violations = await ledger.violations(10);
  assert.ok(violations.every(({ invariant }) => invariant === 'I3'));
  assert.ok(violations.some(({ subject }) => subject.startsWith('match:')));
});
