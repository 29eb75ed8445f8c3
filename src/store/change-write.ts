import type {
  AnswerNote,
  CallTranscript,
  CheckChange,
  OriginalChange,
  PaymentChange,
  RecordAct,
  RecordAnswer,
} from '../payments/ledger-store.ts';
import type { Payment } from '../payments/payment.ts';
import { actRow, caseEndRow, checkRow, returnRow } from './outcome-rows.ts';
import { caseRow } from './payment-rows.ts';
import { paymentWrite } from './payment-write.ts';
import { entryRow } from './posting-rows.ts';
import type { AnswerRow, ChangeWrite, CheckWrite, OriginalWrite, TranscriptRow } from './writes.ts';

/** A gateway's word and a person's act as rows: both are changes of a payment. @throws RangeError for what contradicts itself */

export function answerWrite(command: RecordAnswer): ChangeWrite {
  const { answerId, answer, next, transcript } = command;
  return {
    ...changeWrite(command, { changeId: answerId, at: answer.at }),
    answer: {
      ...answerRow(command.paymentId, answerId, answer),
      made_version: next === undefined ? null : BigInt(next.version),
    },
    ...(transcript && { transcript: transcriptRow(answerId, transcript) }),
  };
}

export function actWrite(command: RecordAct): ChangeWrite {
  const { act } = command;
  return { ...changeWrite(command, { changeId: act.id, at: act.at }), act: actRow(act) };
}

function changeWrite(command: PaymentChange, { changeId, at }: { changeId: string; at: Date }): ChangeWrite {
  const {
    next,
    expectedVersion,
    openCase,
    holdEnding,
    endCases = [],
    returned,
    settledMinor,
    check,
    original,
  } = command;
  if (next !== undefined && next.version !== expectedVersion + 1) {
    throw new RangeError('what is next is one version on');
  }
  const isVisible = [openCase, holdEnding, returned, endCases[0], command.entries[0]].some(
    (change) => change !== undefined,
  );
  if (next === undefined && isVisible) {
    throw new RangeError('a case and its end, the end of a hold, an entry and a return are visible changes');
  }
  if (original !== undefined && !isCompletedRefund(next, original)) {
    throw new RangeError('only a refund that completes changes its original');
  }
  return {
    kind: 'changePayment',
    changeId,
    paymentId: command.paymentId,
    expectedVersion: BigInt(expectedVersion),
    at: at.toISOString(),
    ...(next && { next: paymentWrite(next, at) }),
    ...(holdEnding && { holdEnding }),
    entries: command.entries.map(entryRow),
    ...(openCase && { openCase: caseRow(openCase) }),
    caseEnds: endCases.map(caseEndRow),
    ...(returned && { returned: returnRow(returned) }),
    ...(settledMinor !== undefined && { settledMinor }),
    ...(check && { check: checkWrite(command.paymentId, check) }),
    ...(original && { original: originalWrite(original) }),
  };
}

function isCompletedRefund(next: Payment | undefined, { returned }: OriginalChange): boolean {
  return next?.state.name === 'completed' && next.instruction.refundOf === returned.paymentId;
}

function originalWrite({
  returned,
  answerId,
  answer,
  openCase,
  settledMinor,
}: OriginalChange): OriginalWrite {
  return {
    returned: returnRow(returned),
    answer: answerRow(returned.paymentId, answerId, answer),
    ...(openCase && { openCase: caseRow(openCase) }),
    ...(settledMinor !== undefined && { settledMinor }),
  };
}

function answerRow(
  paymentId: string,
  answerId: string,
  { kind, source, attemptOrdinal, effect, detail, at }: AnswerNote,
): Omit<AnswerRow, 'made_version'> {
  return {
    answer_id: answerId,
    payment_id: paymentId,
    attempt_ordinal: BigInt(attemptOrdinal),
    kind,
    source,
    effect,
    detail: detail ?? null,
    recorded_at: at.toISOString(),
  };
}

function checkWrite(paymentId: string, { to, fence }: CheckChange): CheckWrite {
  return {
    ...(to && { to: checkRow(paymentId, to) }),
    ...(fence !== undefined && { fence: BigInt(fence) }),
  };
}

function transcriptRow(answerId: string, transcript: CallTranscript): TranscriptRow {
  const { operation, durationMs, text } = transcript;
  return { answer_id: answerId, operation, duration_ms: BigInt(Math.round(durationMs)), transcript: text };
}
