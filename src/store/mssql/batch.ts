import type { Write } from '../writes.ts';
import { acceptPayments } from './accept-payment.ts';
import { readTexts } from './carried-text.ts';
import { contradicts } from './contradictions.ts';
import { recordAnswers } from './record-answer.ts';
import { makeTransfers } from './transfer.ts';

/**
 * In the order in which their rows are locked: payments that are there, their attempts, balances, and last what is new.
 */
const ofKind: readonly (readonly [kind: Write['kind'], text: string])[] = [
  ['changePayment', recordAnswers],
  ['acceptPayment', acceptPayments],
  ['transfer', makeTransfers],
  [
    'probe',
    `\n${contradicts(
      'LEDGER_READ_ONLY',
      "select 1 where cast(databasepropertyex(db_name(), 'Updateability') as varchar(20)) = 'READ_ONLY'",
    )}`,
  ],
];

/**
 * One transaction for a group with commands of these kinds, as one text with one parameter, `@rows`. A text for each
 * set of kinds and nothing else, so that its plan is found again.
 */
export function batchFor(kinds: ReadonlySet<Write['kind']>, lockTimeoutMs: number): string {
  const wanted = ofKind.filter(([kind]) => kinds.has(kind)).map(([, text]) => text);
  const texts = kinds.has('acceptPayment') || kinds.has('changePayment') ? readTexts : '';
  return `set xact_abort on;
set nocount on;
set lock_timeout ${lockTimeoutMs};
begin try
begin transaction;${texts}${wanted.join('')}
commit transaction;
end try
begin catch
if @@trancount > 0 rollback transaction;
throw;
end catch;
`;
}
