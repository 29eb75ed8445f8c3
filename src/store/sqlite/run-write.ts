import { balanceChanges, type BalanceCauses } from '../balances.ts';
import type { HoldRow } from '../posting-rows.ts';
import type {
  AcceptWrite,
  AnswerWrite,
  Outcome,
  Outcomes,
  PaymentWrite,
  TransferWrite,
  Write,
} from '../writes.ts';
import { sqliteCode } from './files.ts';
import type { WriterStatements } from './statements.ts';

/**
 * A command that contradicts the ledger it meets, which its maker should have known: its transaction is rolled back.
 */
class WriteContradicts extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A name for what stopped a write. Anything unheard of is a bug, and its text is not repeated. */
export function codeOf(error: unknown): string {
  return error instanceof WriteContradicts ? error.code : (sqliteCode(error) ?? 'UNEXPECTED');
}

/** Runs one write inside the open transaction. A refusal has written nothing; an error undoes the transaction. */
export function runWrite(statements: WriterStatements, write: Write): Outcome {
  switch (write.kind) {
    case 'acceptPayment':
      return acceptPayment(statements, write);
    case 'recordAnswer':
      return recordAnswer(statements, write);
    case 'transfer':
      return transfer(statements, write);
    case 'probe':
      return { kind: 'alive' };
  }
}

function acceptPayment(statements: WriterStatements, write: AcceptWrite): Outcomes['acceptPayment'] {
  const { id, partner_id, partner_reference } = write.accepted.payment;
  if (statements.paymentWithId.get(id) !== undefined) return { kind: 'again' };
  const known = statements.paymentWithReference.get(partner_id, partner_reference);
  if (known !== undefined) return { kind: 'known', id: known.id };

  const { hold, accepted, ifFundsShort } = write;
  if (hold === undefined) {
    insertPayment(statements, accepted);
    return { kind: 'accepted' };
  }
  if (!changeBalances(statements, { taken: hold })) {
    if (ifFundsShort === undefined) throw new WriteContradicts('FUNDS_SHORT_UNDECIDED');
    insertPayment(statements, ifFundsShort);
    return { kind: 'fundsShort' };
  }
  insertPayment(statements, accepted);
  statements.insertHold.run(hold);
  return { kind: 'accepted' };
}

function insertPayment(statements: WriterStatements, { payment, version, attempt }: PaymentWrite): void {
  statements.insertPayment.run(payment);
  statements.insertVersion.run(version);
  if (attempt !== undefined) statements.intendAttempt.run(attempt);
}

function recordAnswer(statements: WriterStatements, write: AnswerWrite): Outcomes['recordAnswer'] {
  const { answer, next, openCase, transcript } = write;
  if (statements.answerWithId.get(answer.answer_id) !== undefined) return { kind: 'recorded' };
  if (!claimVersion(statements, write)) return { kind: 'stale' };
  statements.insertAnswer.run(answer);
  if (transcript !== undefined) statements.insertTranscript.run(transcript);
  if (next !== undefined) statements.insertVersion.run(next.version);
  if (next?.attempt !== undefined && statements.intendAttempt.run(next.attempt).changes !== 1) {
    throw new WriteContradicts('ATTEMPT_DIFFERS');
  }
  if (openCase !== undefined) statements.insertCase.run(openCase);
  const released = endHold(statements, write);
  for (const entry of write.entries) statements.insertEntry.run(entry);
  if (!changeBalances(statements, { entries: write.entries, ...(released && { released }) })) {
    throw new WriteContradicts('AVAILABLE_BELOW_ZERO');
  }
  return { kind: 'recorded' };
}

/** Compare-and-set on the version, also where nothing visible changes. */
function claimVersion(statements: WriterStatements, { answer, next, expectedVersion }: AnswerWrite): boolean {
  return next === undefined
    ? statements.paymentAtVersion.get(answer.payment_id, expectedVersion) !== undefined
    : statements.movePayment.run({ ...next.payment, expectedVersion }).changes === 1;
}

function endHold(statements: WriterStatements, { answer, holdEnding }: AnswerWrite): HoldRow | undefined {
  if (holdEnding === undefined) return undefined;
  const hold = statements.holdOfPayment.get(answer.payment_id);
  if (hold === undefined) return undefined;
  if (hold.ending !== null) throw new WriteContradicts('HOLD_ENDED_BEFORE');
  statements.endHold.run({ hold_id: hold.id, ending: holdEnding, ended_at: answer.recorded_at });
  return hold;
}

function transfer(
  statements: WriterStatements,
  { transfer: row, entries }: TransferWrite,
): Outcomes['transfer'] {
  const made = statements.transferWithId.get(row.transfer_id);
  if (made !== undefined) {
    const kind = made.command_id === row.command_id ? 'transferred' : 'known';
    return { kind, fingerprint: made.fingerprint, transferredAt: made.transferred_at };
  }
  if (!changeBalances(statements, { entries })) return { kind: 'insufficientFunds' };
  statements.insertTransfer.run(row);
  for (const entry of entries) statements.insertEntry.run(entry);
  return { kind: 'transferred', fingerprint: row.fingerprint, transferredAt: row.transferred_at };
}

/**
 * Brings the balance rows along with a command's rows. False, with nothing changed, where a player would have less
 * than nothing available.
 */
function changeBalances(statements: WriterStatements, causes: BalanceCauses): boolean {
  const changes = balanceChanges(causes);
  for (const [index, change] of changes.entries()) {
    if (statements.changeBalance.run(change).changes === 1) continue;
    if (change.posted - change.held < 0n) {
      // A refusal has written nothing, which one row can promise and a second one could not.
      if (index > 0) throw new WriteContradicts('AVAILABLE_BELOW_ZERO');
      return false;
    }
    statements.openBalance.run(change);
  }
  return true;
}
