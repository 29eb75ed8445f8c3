import type { Database } from 'better-sqlite3';
import type { BalanceChange } from '../balances.ts';
import type { AttemptRow, CaseRow, PaymentRow, PaymentView, VersionRow } from '../payment-rows.ts';
import type { EntryRow, HoldRow } from '../posting-rows.ts';
import type { AnswerRow, TranscriptRow, TransferRow } from '../writes.ts';

/** Every statement that SQLite runs while somebody waits, prepared once for each connection. */

export type WriterStatements = ReturnType<typeof prepareWriter>;

export function prepareWriter(database: Database) {
  return {
    // IMMEDIATE takes the write lock first, so that what a command reads is still so when it writes.
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    rollback: database.prepare('rollback'),
    ...paymentStatements(database),
    ...postingStatements(database),
    ...transferStatements(database),
  };
}

function paymentStatements(database: Database) {
  return {
    paymentWithId: database.prepare<[id: string], { id: string }>('select id from payment where id = ?'),
    paymentWithReference: database.prepare<[partnerId: string, reference: string], { id: string }>(
      'select id from payment where partner_id = ? and partner_reference = ?',
    ),
    paymentAtVersion: database.prepare<[id: string, version: bigint], { id: string }>(
      'select id from payment where id = ? and version = ?',
    ),
    insertPayment: database.prepare<[PaymentRow]>(`
      insert into payment (id, partner_id, partner_reference, direction, brand, player_id, amount_minor, currency,
        method, instruction, fingerprint, accepted_at, version, state, attempt_ordinal, state_detail)
      values (@id, @partner_id, @partner_reference, @direction, @brand, @player_id, @amount_minor, @currency,
        @method, @instruction, @fingerprint, @accepted_at, @version, @state, @attempt_ordinal, @state_detail)`),
    movePayment: database.prepare<[PaymentRow & { expectedVersion: bigint }]>(`
      update payment
      set version = @version, state = @state, attempt_ordinal = @attempt_ordinal, state_detail = @state_detail
      where id = @id and version = @expectedVersion`),
    insertVersion: database.prepare<[VersionRow]>(`
      insert into payment_version (payment_id, version, state, reason_code, reason_information, recorded_at)
      values (@payment_id, @version, @state, @reason_code, @reason_information, @recorded_at)`),
    // The same attempt may be given a new time to be sent in; nothing else of it can change.
    intendAttempt: database.prepare<[AttemptRow]>(`
      insert into attempt (payment_id, ordinal, gateway, instr_id, intended_at, send_before, answer_before)
      values (@payment_id, @ordinal, @gateway, @instr_id, @intended_at, @send_before, @answer_before)
      on conflict (payment_id, ordinal) do update
      set send_before = excluded.send_before, answer_before = excluded.answer_before
      where gateway = excluded.gateway and instr_id = excluded.instr_id and intended_at = excluded.intended_at`),
    answerWithId: database.prepare<[id: string], { answer_id: string }>(
      'select answer_id from gateway_answer where answer_id = ?',
    ),
    insertAnswer: database.prepare<[AnswerRow]>(`
      insert into gateway_answer (answer_id, payment_id, attempt_ordinal, kind, source, effect, detail, made_version,
        recorded_at)
      values (@answer_id, @payment_id, @attempt_ordinal, @kind, @source, @effect, @detail, @made_version,
        @recorded_at)`),
    insertTranscript: database.prepare<[TranscriptRow]>(`
      insert into gateway_transcript (answer_id, operation, duration_ms, transcript)
      values (@answer_id, @operation, @duration_ms, @transcript)`),
    insertCase: database.prepare<[CaseRow]>(`
      insert into payment_case (id, payment_id, kind, evidence, suspense_minor, suspense_currency, opened_at)
      values (@id, @payment_id, @kind, @evidence, @suspense_minor, @suspense_currency, @opened_at)`),
  };
}

function postingStatements(database: Database) {
  return {
    insertHold: database.prepare<[HoldRow]>(`
      insert into hold (id, payment_id, account, currency, amount_minor, created_at)
      values (@id, @payment_id, @account, @currency, @amount_minor, @created_at)`),
    holdOfPayment: database.prepare<[paymentId: string], HoldRow & { ending: string | null }>(`
      select hold.*, hold_end.ending
      from hold left join hold_end on hold_end.hold_id = hold.id
      where hold.payment_id = ?`),
    endHold: database.prepare<[{ hold_id: string; ending: string; ended_at: string }]>(
      'insert into hold_end (hold_id, ending, ended_at) values (@hold_id, @ending, @ended_at)',
    ),
    insertEntry: database.prepare<[EntryRow]>(`
      insert into entry (posting_key, group_id, payment_id, brand, debit, credit, amount_minor, currency, reason,
        recorded_at, effective_at, accounting_date, reverses_posting_key)
      values (@posting_key, @group_id, @payment_id, @brand, @debit, @credit, @amount_minor, @currency, @reason,
        @recorded_at, @effective_at, @accounting_date, @reverses_posting_key)`),
    changeBalance: database.prepare<[BalanceChange]>(`
      update player_balance
      set posted_minor = posted_minor + @posted, held_minor = held_minor + @held
      where account = @account and currency = @currency
        and (posted_minor + @posted) - (held_minor + @held) >= 0`),
    openBalance: database.prepare<[BalanceChange]>(`
      insert into player_balance (account, currency, posted_minor, held_minor)
      values (@account, @currency, @posted, @held)`),
  };
}

function transferStatements(database: Database) {
  return {
    transferWithId: database.prepare<[id: string], TransferRow>(
      'select * from transfer where transfer_id = ?',
    ),
    insertTransfer: database.prepare<[TransferRow]>(`
      insert into transfer (transfer_id, command_id, fingerprint, brand, player_id, direction, amount_minor, currency,
        transferred_at)
      values (@transfer_id, @command_id, @fingerprint, @brand, @player_id, @direction, @amount_minor, @currency,
        @transferred_at)`),
  };
}

const paymentView = `
  select payment.*, attempt.ordinal, attempt.gateway, attempt.instr_id, attempt.intended_at, attempt.send_before,
    attempt.answer_before
  from payment
  left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal`;

export function prepareReader(database: Database) {
  return {
    paymentById: database.prepare<[id: string], PaymentView>(`${paymentView} where payment.id = ?`),
    paymentByReference: database.prepare<[partnerId: string, reference: string], PaymentView>(
      `${paymentView} where payment.partner_id = ? and payment.partner_reference = ?`,
    ),
    casesOf: database.prepare<[paymentId: string], CaseRow>(
      'select * from payment_case where payment_id = ? order by opened_at, id',
    ),
    newestVersions: database.prepare<[paymentId: string, limit: number], VersionRow>(
      'select * from payment_version where payment_id = ? order by version desc limit ?',
    ),
    balancesOf: database.prepare<
      [account: string],
      { account: string; currency: string; posted_minor: bigint; held_minor: bigint }
    >('select * from player_balance where account = ? order by currency'),
  };
}
