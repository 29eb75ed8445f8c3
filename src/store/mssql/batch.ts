import type { Write } from '../writes.ts';
import { acceptPayments, lockForAcceptance } from './accept-payment.ts';
import { addRows, type AddedPart } from './added-rows.ts';
import { readTexts } from './carried-text.ts';
import { changePayments } from './change-payment.ts';
import { claimChecks, claimWebhooks, receiveWebhooks, settleWebhooks } from './claims.ts';
import { contradicts } from './contradictions.ts';
import { leaseJobs, releaseJobs } from './job-lease.ts';
import { noteSightings } from './note-sightings.ts';
import { putOperators } from './put-operator.ts';
import { makeTransfers } from './transfer.ts';

/**
 * In the order in which their rows are locked: limited scopes, payments that are given back, payments that change, their
 * attempts and checks, balances, and last what is new. Claims wait for nobody's rows.
 */
const ofKind: readonly (readonly [kind: Write['kind'], text: string | typeof addRows])[] = [
  ['acceptPayment', lockForAcceptance],
  ['changePayment', changePayments],
  ['acceptPayment', acceptPayments],
  ['transfer', makeTransfers],
  ['addRows', addRows],
  ['settleWebhook', settleWebhooks],
  ['receiveWebhook', receiveWebhooks],
  ['claimChecks', claimChecks],
  ['claimWebhooks', claimWebhooks],
  ['leaseJob', leaseJobs],
  ['releaseJob', releaseJobs],
  ['putOperator', putOperators],
  ['noteSightings', noteSightings],
  [
    'probe',
    `\n${contradicts(
      'LEDGER_READ_ONLY',
      "select 1 where cast(databasepropertyex(db_name(), 'Updateability') as varchar(20)) = 'READ_ONLY'",
    )}`,
  ],
];

/** Kinds whose rows hold free text. */
const withTexts: readonly Write['kind'][] = ['acceptPayment', 'changePayment', 'receiveWebhook', 'addRows'];

/**
 * One transaction for a group with commands of these kinds, as one text with one parameter, `@rows`. A text for each
 * set of kinds and of tables that rows are added to, and nothing else, so that its plan is found again.
 */
export function batchFor(
  kinds: ReadonlySet<Write['kind']>,
  lockTimeoutMs: number,
  parts: ReadonlySet<AddedPart> = new Set(),
): string {
  const wanted = ofKind
    .filter(([kind]) => kinds.has(kind))
    .map(([, text]) => (typeof text === 'string' ? text : text(parts)));
  const texts = withTexts.some((kind) => kinds.has(kind)) ? readTexts : '';
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
