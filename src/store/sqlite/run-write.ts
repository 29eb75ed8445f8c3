import { balanceChanges, type BalanceCauses } from '../balances.ts';
import type { EntryRow, HoldRow } from '../posting-rows.ts';
import type { ActRow, ReturnRow } from '../outcome-rows.ts';
import type {
  AcceptWrite,
  ChangeWrite,
  CheckWrite,
  ClaimChecksWrite,
  ClaimedRow,
  ClaimWebhooksWrite,
  LimitWrite,
  OriginalWrite,
  ReceiveWebhookWrite,
  RefundRow,
  Outcome,
  Outcomes,
  PaymentWrite,
  TransferWrite,
  Write,
} from '../writes.ts';
import { addRows, leaseJob, releaseJob } from './added-rows.ts';
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
    case 'changePayment':
      return changePayment(statements, write);
    case 'transfer':
      return transfer(statements, write);
    case 'claimChecks':
    case 'claimWebhooks':
      return { kind: 'claimed', rows: claim(statements, write) };
    case 'receiveWebhook':
      return receiveWebhook(statements, write);
    case 'settleWebhook':
      return { kind: statements.settleWebhook.run(write).changes === 1 ? 'settled' : 'superseded' };
    case 'putOperator':
      statements.putOperator.run(write.operator);
      return { kind: 'put' };
    case 'noteSightings':
      for (const row of write.rows) statements.noteSighting.run(row);
      return { kind: 'noted' };
    case 'addRows':
      return addRows(statements, write, (entries) => post(statements, entries));
    case 'leaseJob':
      return leaseJob(statements, write);
    case 'releaseJob':
      return releaseJob(statements, write);
    case 'probe':
      statements.touch.run();
      return { kind: 'alive' };
  }
}

function acceptPayment(statements: WriterStatements, write: AcceptWrite): Outcomes['acceptPayment'] {
  const { id, partner_id, partner_reference } = write.accepted.payment;
  if (statements.paymentWithId.get(id) !== undefined) return { kind: 'again' };
  const known = statements.paymentWithReference.get(partner_id, partner_reference);
  if (known !== undefined) return { kind: 'known', id: known.id };
  if (isOverRefund(statements, write)) return { kind: 'overRefund' };
  const exceeded = exceededLimit(statements, write);
  if (exceeded === 'refuse') return { kind: 'overLimit' };

  const { hold, ifFundsShort } = write;
  if (hold !== undefined && !changeBalances(statements, { taken: hold })) {
    if (ifFundsShort === undefined) throw new WriteContradicts('FUNDS_SHORT_UNDECIDED');
    insertPayment(statements, ifFundsShort, write);
    return { kind: 'fundsShort' };
  }
  const written = exceeded === 'approve' ? write.ifApprovalNeeded : write.accepted;
  if (written === undefined) throw new WriteContradicts('APPROVAL_UNDECIDED');
  insertPayment(statements, written, write);
  if (hold !== undefined) statements.insertHold.run(hold);
  return { kind: exceeded === 'approve' ? 'approvalNeeded' : 'accepted' };
}

/** Whether so much more, refund or return, would be more than was settled. */
function isOverRefund(
  statements: WriterStatements,
  {
    refund,
    settledMinor,
  }: {
    readonly refund?: Pick<RefundRow, 'original_id' | 'amount_minor'>;
    readonly settledMinor?: bigint | undefined;
  },
): boolean {
  if (refund === undefined || settledMinor === undefined) return false;
  const { original_id, amount_minor } = refund;
  const back = statements.cameBack.get(original_id)?.minor ?? 0n;
  const onItsWay = statements.isGivenBack.get(original_id)?.minor ?? 0n;
  return back + onItsWay + amount_minor > settledMinor;
}

/** The strictest of the limits that this payment would exceed. */
function exceededLimit(
  statements: WriterStatements,
  { accepted, limits }: AcceptWrite,
): LimitWrite['exceeded'] | undefined {
  const exceeded = limits
    .filter((limit) => {
      const before = statements.acceptedIn[limit.scope].get(limit)?.minor ?? 0n;
      return before + accepted.payment.amount_minor > limit.max_minor;
    })
    .map((limit) => limit.exceeded);
  return exceeded.includes('refuse') ? 'refuse' : exceeded[0];
}

function insertPayment(
  statements: WriterStatements,
  { payment, version, attempt, check }: PaymentWrite,
  { refund }: AcceptWrite,
): void {
  statements.insertPayment.run(payment);
  statements.insertVersion.run(version);
  if (attempt !== undefined) statements.intendAttempt.run(attempt);
  if (check !== undefined) statements.putCheck.run(check);
  if (refund !== undefined) statements.insertRefund.run(refund);
}

/** What it contradicts undoes the transaction: the port tells the contradictions that are no bugs as refusals. */
function changePayment(statements: WriterStatements, write: ChangeWrite): Outcomes['changePayment'] {
  const { answer, act, next, openCase, transcript, returned, caseEnds, check } = write;
  if (isRecorded(statements, write.changeId)) return { kind: 'recorded' };
  if (!claimVersion(statements, write)) return { kind: 'stale' };
  if (answer !== undefined) statements.insertAnswer.run(answer);
  if (transcript !== undefined) statements.insertTranscript.run(transcript);
  if (next !== undefined) statements.insertVersion.run(next.version);
  if (next?.attempt !== undefined && statements.intendAttempt.run(next.attempt).changes !== 1) {
    throw new WriteContradicts('ATTEMPT_DIFFERS');
  }
  if (openCase !== undefined) statements.insertCase.run(openCase);
  if (act !== undefined) insertAct(statements, act);
  for (const end of caseEnds) {
    if (statements.endCase.run(end).changes !== 1) throw new WriteContradicts('CASE_ENDED_BEFORE');
  }
  if (returned !== undefined) insertReturn(statements, returned, write.settledMinor);
  if (write.original !== undefined) changeOriginal(statements, write.original, write.at);
  if (check !== undefined) changeCheck(statements, write.paymentId, check);
  const released = endHold(statements, write);
  for (const entry of write.entries) statements.insertEntry.run(entry);
  if (!changeBalances(statements, { entries: write.entries, ...(released && { released }) })) {
    throw new WriteContradicts('AVAILABLE_BELOW_ZERO');
  }
  return { kind: 'recorded' };
}

function isRecorded(statements: WriterStatements, changeId: string): boolean {
  return (
    statements.answerWithId.get(changeId) !== undefined || statements.actWithId.get(changeId) !== undefined
  );
}

function insertAct(statements: WriterStatements, act: ActRow): void {
  statements.insertAct.run(act);
  const { ends_proposal: act_id, id: ended_by } = act;
  if (act_id !== null && statements.endProposal.run({ act_id, ended_by }).changes !== 1) {
    throw new WriteContradicts('PROPOSAL_ENDED_BEFORE');
  }
}

function insertReturn(statements: WriterStatements, row: ReturnRow, settledMinor?: bigint): void {
  if (statements.returnWithKey.get(row.return_key) !== undefined) throw new WriteContradicts('RETURN_TAKEN');
  const { payment_id: original_id, amount_minor } = row;
  const isOver = isOverRefund(statements, { refund: { original_id, amount_minor }, settledMinor });
  if (isOver) throw new WriteContradicts('RETURN_ABOVE_SETTLED');
  statements.insertReturn.run(row);
}

/** Where the refund is completed by now, so that it is among what is given back. */
function changeOriginal(
  statements: WriterStatements,
  { returned, answer, openCase, settledMinor }: OriginalWrite,
  recorded_at: string,
): void {
  const { payment_id: original_id, return_key } = returned;
  if (statements.returnWithKey.get(return_key) !== undefined) throw new WriteContradicts('RETURN_TAKEN');
  if (isOverRefund(statements, { refund: { original_id, amount_minor: 0n }, settledMinor })) {
    throw new WriteContradicts('REFUND_ABOVE_SETTLED');
  }
  const now = statements.addVersion.get(original_id);
  if (now === undefined) throw new WriteContradicts('ORIGINAL_MISSING');
  const { version, state } = now;
  const history = { payment_id: original_id, version, state, reason_code: null, reason_information: null };
  statements.insertVersion.run({ ...history, recorded_at });
  statements.insertAnswer.run({ ...answer, made_version: version });
  statements.insertReturn.run(returned);
  if (openCase !== undefined) statements.insertCase.run(openCase);
}

/** Who claimed it and came too late changes no schedule. */
function changeCheck(statements: WriterStatements, payment_id: string, { to, fence }: CheckWrite): void {
  if (to === undefined) statements.endCheck.run({ payment_id, fence: fence ?? null });
  else if (fence === undefined) statements.putCheck.run(to);
  else statements.advanceCheck.run({ ...to, fence });
}

/** Compare-and-set on the version, also where nothing visible changes. */
function claimVersion(
  statements: WriterStatements,
  { paymentId, next, expectedVersion }: ChangeWrite,
): boolean {
  return next === undefined
    ? statements.paymentAtVersion.get(paymentId, expectedVersion) !== undefined
    : statements.movePayment.run({ ...next.payment, expectedVersion }).changes === 1;
}

function endHold(
  statements: WriterStatements,
  { paymentId, at, holdEnding }: ChangeWrite,
): HoldRow | undefined {
  if (holdEnding === undefined) return undefined;
  const hold = statements.holdOfPayment.get(paymentId);
  if (hold === undefined) return undefined;
  if (hold.ending !== null) throw new WriteContradicts('HOLD_ENDED_BEFORE');
  statements.endHold.run({ hold_id: hold.id, ending: holdEnding, ended_at: at });
  return hold;
}

/** In the order in which they were due, as far as anybody needs it: none of them waits for another. */
function claim(
  statements: WriterStatements,
  write: ClaimChecksWrite | ClaimWebhooksWrite,
): readonly ClaimedRow[] {
  const { now, leaseUntil, limit } = write;
  if (write.kind === 'claimWebhooks') return statements.claimWebhooks.all({ now, leaseUntil, limit });
  const { gateway, noneOf } = write;
  return gateway === undefined
    ? statements.claimOtherChecks.all({ now, leaseUntil, limit, noneOf: JSON.stringify(noneOf) })
    : statements.claimChecksOf.all({ now, leaseUntil, limit, gateway });
}

function receiveWebhook(
  statements: WriterStatements,
  { event }: ReceiveWebhookWrite,
): Outcomes['receiveWebhook'] {
  if (statements.receiveWebhook.run(event).changes === 1) return { kind: 'received' };
  // The same command run again finds its own event.
  return { kind: statements.webhookWithId.get(event.id) === undefined ? 'known' : 'received' };
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

/** Entries of no payment. */
function post(statements: WriterStatements, entries: readonly EntryRow[]): void {
  if (!changeBalances(statements, { entries })) throw new WriteContradicts('AVAILABLE_BELOW_ZERO');
  for (const entry of entries) statements.insertEntry.run(entry);
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
