import type { Database } from 'better-sqlite3';
import type { BalanceChange } from '../balances.ts';
import type { SightingRow } from '../partner-rows.ts';
import type { ActRow, CaseEndRow, CheckRow, OperatorRow, ReturnRow, WebhookRow } from '../outcome-rows.ts';
import { besideRows, type BesideRow } from '../payment-and-beside.ts';
import {
  viewColumns,
  type AttemptRow,
  type CaseRow,
  type PaymentRow,
  type PaymentView,
  type VersionRow,
} from '../payment-rows.ts';
import type { EntryRow, HoldRow } from '../posting-rows.ts';
import type {
  AnswerRow,
  ClaimedRow,
  LimitWrite,
  RefundRow,
  SettleWebhookWrite,
  TranscriptRow,
  TransferRow,
} from '../writes.ts';
import { addedRowStatements } from './added-rows.ts';

/** Every statement that SQLite runs while somebody waits, prepared once for each connection. */

export type WriterStatements = ReturnType<typeof prepareWriter>;

export function prepareWriter(database: Database) {
  return {
    // IMMEDIATE takes the write lock first, so that what a command reads is still so when it writes.
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    rollback: database.prepare('rollback'),
    // Writes a page and changes nothing: a full disk is not ready, although a transaction without a write can be had on it.
    touch: database.prepare('pragma user_version = 0'),
    ...paymentStatements(database),
    ...postingStatements(database),
    ...transferStatements(database),
    ...limitStatements(database),
    ...checkStatements(database),
    ...reviewStatements(database),
    ...webhookStatements(database),
    ...addedRowStatements(database),
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
    addVersion: database.prepare<[id: string], Pick<PaymentRow, 'version' | 'state'>>(
      'update payment set version = version + 1 where id = ? returning version, state',
    ),
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

const endedWithoutMoney = `('rejected', 'cancelled', 'expired')`;

function limitStatements(database: Database) {
  const accepted = (inScope: string) =>
    database.prepare<[LimitWrite], { minor: bigint }>(`
      select coalesce(sum(amount_minor), 0) as minor
      from payment
      where direction = @direction and currency = @currency and ${inScope} and accepted_at >= @since
        and state not in ${endedWithoutMoney}`);
  return {
    /** One for each kind of scope, so that each finds its own index. */
    acceptedIn: {
      partner: accepted('partner_id = @partner_id'),
      brand: accepted('brand = @brand'),
      player: accepted('brand = @brand and player_id = @player_id'),
    },
    cameBack: database.prepare<[originalId: string], { minor: bigint }>(`
      select coalesce(sum(case when kind = 'chargebackReversal' then -amount_minor else amount_minor end), 0) as minor
      from payment_return
      where payment_id = ? and kind <> 'refund'`),
    isGivenBack: database.prepare<[originalId: string], { minor: bigint }>(`
      select coalesce(sum(refund.amount_minor), 0) as minor
      from refund join payment on payment.id = refund.payment_id
      where refund.original_id = ? and payment.state not in ${endedWithoutMoney}`),
    insertRefund: database.prepare<[RefundRow]>(`
      insert into refund (payment_id, original_id, amount_minor) values (@payment_id, @original_id, @amount_minor)`),
  };
}

function checkStatements(database: Database) {
  const free = '(lease_until is null or lease_until <= @now)';
  const claim = `
    update payment_check set lease_until = @leaseUntil, fence = fence + 1
    where payment_id in (
      select payment_id from payment_check where due_at <= @now and ${free} and (WANTED)
      order by due_at, payment_id limit @limit)
    returning payment_id as id, fence`;
  return {
    /** A new row, or another schedule in the place of the one that is there, whoever has claimed it. */
    putCheck: database.prepare<[CheckRow]>(`
      insert into payment_check (payment_id, gateway, due_at, made, not_found, not_found_at, lease_until, fence)
      values (@payment_id, @gateway, @due_at, @made, @not_found, @not_found_at, null, 1)
      on conflict (payment_id) do update
      set gateway = excluded.gateway, due_at = excluded.due_at, made = excluded.made, not_found = excluded.not_found,
        not_found_at = excluded.not_found_at, lease_until = null, fence = fence + 1`),
    /** Under a claim, where it still is the last one. */
    advanceCheck: database.prepare<[CheckRow & { fence: bigint }]>(`
      update payment_check
      set gateway = @gateway, due_at = @due_at, made = @made, not_found = @not_found, not_found_at = @not_found_at,
        lease_until = null
      where payment_id = @payment_id and fence = @fence`),
    endCheck: database.prepare<[{ payment_id: string; fence: bigint | null }]>(`
      delete from payment_check where payment_id = @payment_id and (@fence is null or fence = @fence)`),
    claimChecksOf: database.prepare<[ClaimTimes & { gateway: string }], ClaimedRow>(
      claim.replace('WANTED', 'gateway = @gateway'),
    ),
    claimOtherChecks: database.prepare<[ClaimTimes & { noneOf: string }], ClaimedRow>(
      claim.replace('WANTED', 'gateway is null or gateway not in (select value from json_each(@noneOf))'),
    ),
  };
}

interface ClaimTimes {
  readonly now: string;
  readonly leaseUntil: string;
  readonly limit: bigint;
}

function reviewStatements(database: Database) {
  return {
    endCase: database.prepare<[CaseEndRow]>(`
      insert into case_end (case_id, resolution, ended_at) values (@case_id, @resolution, @ended_at)
      on conflict (case_id) do nothing`),
    actWithId: database.prepare<[id: string], { id: string }>('select id from operator_act where id = ?'),
    insertAct: database.prepare<[ActRow]>(`
      insert into operator_act (id, payment_id, case_id, subject, kind, reason, comment, detail, payment_version,
        ends_proposal, recorded_at)
      values (@id, @payment_id, @case_id, @subject, @kind, @reason, @comment, @detail, @payment_version,
        @ends_proposal, @recorded_at)`),
    endProposal: database.prepare<[{ act_id: string; ended_by: string }]>(`
      insert into proposal_end (act_id, ended_by) values (@act_id, @ended_by)
      on conflict (act_id) do nothing`),
    returnWithKey: database.prepare<[key: string], { id: string }>(
      'select id from payment_return where return_key = ?',
    ),
    insertReturn: database.prepare<[ReturnRow]>(`
      insert into payment_return (id, payment_id, kind, gateway, reference, return_key, amount_minor, currency,
        reason_code, reason_information, receivable_minor, returned_at)
      values (@id, @payment_id, @kind, @gateway, @reference, @return_key, @amount_minor, @currency,
        @reason_code, @reason_information, @receivable_minor, @returned_at)`),
    putOperator: database.prepare<[OperatorRow]>(`
      insert into operator (id, roles, token_digests, created_at, disabled_at)
      values (@id, @roles, @token_digests, @created_at, @disabled_at)
      on conflict (id) do update
      set roles = excluded.roles, token_digests = excluded.token_digests, disabled_at = excluded.disabled_at`),
    noteSighting: database.prepare<[SightingRow]>(`
      insert into certificate_seen (fingerprint256, serial_number, issuer_hash, partner_id, not_after, first_seen_at,
        last_seen_at)
      values (@fingerprint256, @serial_number, @issuer_hash, @partner_id, @not_after, @first_seen_at, @last_seen_at)
      on conflict (fingerprint256) do update set last_seen_at = excluded.last_seen_at
      where last_seen_at < excluded.last_seen_at`),
  };
}

function webhookStatements(database: Database) {
  return {
    receiveWebhook: database.prepare<[WebhookRow]>(`
      insert into webhook_event (id, gateway, event_id, text, received_at, state, due_at, tries, lease_until, fence)
      values (@id, @gateway, @event_id, @text, @received_at, 'waiting', @received_at, 0, null, 0)
      on conflict (gateway, event_id) do nothing`),
    webhookWithId: database.prepare<[id: string], { id: string }>(
      'select id from webhook_event where id = ?',
    ),
    claimWebhooks: database.prepare<[ClaimTimes], ClaimedRow>(`
      update webhook_event set lease_until = @leaseUntil, fence = fence + 1
      where id in (
        select id from webhook_event
        where state = 'waiting' and due_at <= @now and (lease_until is null or lease_until <= @now)
        order by due_at, id limit @limit)
      returning id, fence`),
    settleWebhook: database.prepare<[SettleWebhookWrite]>(`
      update webhook_event set state = @state, due_at = @dueAt, tries = @tries, lease_until = null
      where id = @id and fence = @fence`),
  };
}

const paymentView = `
  select payment.*, ${viewColumns.join(', ')}
  from payment
  left join attempt on attempt.payment_id = payment.id and attempt.ordinal = payment.attempt_ordinal
  left join payment_check on payment_check.payment_id = payment.id`;

export function prepareReader(database: Database) {
  return {
    paymentById: database.prepare<[id: string], PaymentView>(`${paymentView} where payment.id = ?`),
    paymentByReference: database.prepare<[partnerId: string, reference: string], PaymentView>(
      `${paymentView} where payment.partner_id = ? and payment.partner_reference = ?`,
    ),
    attemptByInstruction: database.prepare<[instrId: string], AttemptRow>(
      'select * from attempt where instr_id = ?',
    ),
    besideOf: database.prepare<[{ paymentId: string }], BesideRow>(
      `select * from (${besideRows}) where beside_payment_id = @paymentId order by beside_at, beside_id`,
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
