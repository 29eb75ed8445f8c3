import type {
  AccountSum,
  EntryFilter,
  Page,
  RecordedEntry,
  RecordedTranscript,
} from '../payments/ledger-store.ts';
import type { StateName } from '../payments/payment.ts';
import type { Lists } from './engine.ts';
import { entryFrom, type EntryRow } from './posting-rows.ts';
import type { Told } from './told.ts';
import type { TranscriptRow } from './writes.ts';

/** Reads for people, reports and starts: in knex's words, so that every engine answers them alike. */

/** The newest transcripts of a payment's calls, oldest first, with what the call brought. */
export async function listTranscripts(
  { knex, rows }: Lists,
  paymentId: string,
  limit: number,
): Promise<readonly RecordedTranscript[]> {
  const query = knex('gateway_transcript as kept')
    .join('gateway_answer as told', 'told.answer_id', 'kept.answer_id')
    .join('attempt', function onAttempt() {
      this.on('attempt.payment_id', 'told.payment_id').andOn('attempt.ordinal', 'told.attempt_ordinal');
    })
    .select('kept.operation', 'kept.duration_ms', 'kept.transcript')
    .select('attempt.gateway', 'told.kind', 'told.recorded_at')
    .where('told.payment_id', paymentId)
    .orderBy([
      { column: 'told.recorded_at', order: 'desc' },
      { column: 'told.answer_id', order: 'desc' },
    ])
    .limit(limit);
  return (await rows<TranscriptView>(query)).map(transcriptFrom).toReversed();
}

type TranscriptView = Told<Omit<TranscriptRow, 'answer_id'>> & {
  readonly operation: RecordedTranscript['operation'];
  readonly gateway: string;
  readonly kind: RecordedTranscript['answer'];
  readonly recorded_at: string;
};

function transcriptFrom(row: TranscriptView): RecordedTranscript {
  return {
    operation: row.operation,
    durationMs: Number(row.duration_ms),
    text: row.transcript,
    gateway: row.gateway,
    answer: row.kind,
    at: new Date(row.recorded_at),
  };
}

export async function listEntries(
  { knex, rows }: Lists,
  { paymentId, account }: EntryFilter,
  { after, limit }: Page,
): Promise<readonly RecordedEntry[]> {
  const query = knex('entry').select('*').orderBy('id').limit(limit);
  // As text, which both engines read as the 64-bit number that it is.
  if (after !== undefined) void query.where('id', '>', after);
  if (paymentId !== undefined) void query.where('payment_id', paymentId);
  if (account !== undefined) {
    void query.where((either) => void either.where('debit', account).orWhere('credit', account));
  }
  return (await rows<Told<EntryRow & { id: bigint }>>(query)).map(entryFrom);
}

export async function sumAccounts({ knex, rows }: Lists): Promise<readonly AccountSum[]> {
  const sum = (side: string, name: string) => knex.raw('sum(??) as ??', [side, name]);
  const query = knex
    .select('account', 'currency', sum('debit', 'debitMinor'), sum('credit', 'creditMinor'))
    .from(knex.raw(`(${bothSides}) as side`))
    .groupBy('account', 'currency')
    .orderBy(['account', 'currency']);
  return (await rows<Told<AccountSum>>(query)).map((row) => ({
    ...row,
    debitMinor: BigInt(row.debitMinor),
    creditMinor: BigInt(row.creditMinor),
  }));
}

const bothSides = `
  select debit as account, currency, amount_minor as debit, 0 as credit from entry
  union all
  select credit as account, currency, 0 as debit, amount_minor as credit from entry`;

export async function countPayments({
  knex,
  rows,
}: Lists): Promise<Readonly<Partial<Record<StateName, number>>>> {
  const query = knex('payment').select('state').count({ payments: '*' }).groupBy('state');
  const counted = await rows<Told<{ state: StateName; payments: bigint }>>(query);
  return Object.fromEntries(counted.map(({ state, payments }) => [state, Number(payments)]));
}
