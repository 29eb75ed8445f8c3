/** What the ledger's file holds, read past the port, so that what is checked is not read by what is checked. */
import Database from 'better-sqlite3';

export interface LedgerFile {
  /** The attempt that was committed under this id; undefined where none was. */
  readonly attempt: (instrId: string) => AttemptSeen | undefined;
  readonly attemptsOf: (paymentId: string) => readonly AttemptSeen[];
  readonly payments: () => readonly PaymentSeen[];
  readonly transferred: () => readonly { id: string; player: string; signed: bigint }[];
  /** How many answers are said to have come by webhook. */
  readonly webhookWords: () => number;
  readonly close: () => void;
}

export interface AttemptSeen {
  readonly paymentId: string;
  readonly ordinal: bigint;
  readonly gateway: string;
  readonly instrId: string;
  readonly intendedAt: string;
  readonly sendBefore: string;
  readonly state: string;
}

export interface PaymentSeen {
  readonly id: string;
  readonly reference: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly player: string;
  readonly minor: bigint;
  readonly version: bigint;
  readonly state: string;
  readonly isScheduled: 0n | 1n;
  /** Cases about what was said, whether they are open or not. */
  readonly conflictsEver: bigint;
  readonly noAnswersEver: bigint;
  readonly returns: bigint;
  /** What two people did to it. */
  readonly confirmations: bigint;
  readonly casesOpen: bigint;
}

export function ledgerFileAt(file: string): LedgerFile {
  const database = new Database(file, { readonly: true });
  database.defaultSafeIntegers(true);
  const attempts = `
    select payment_id as paymentId, ordinal, gateway, instr_id as instrId, intended_at as intendedAt,
      send_before as sendBefore, payment.state
    from attempt join payment on payment.id = payment_id`;
  const byInstruction = database.prepare<[string], AttemptSeen>(`${attempts} where instr_id = ?`);
  const ofPayment = database.prepare<[string], AttemptSeen>(
    `${attempts} where payment_id = ? order by ordinal`,
  );
  const payments = database.prepare<[], PaymentSeen>(`
    select id, partner_reference as reference, direction, player_id as player, amount_minor as minor, version, state,
      exists (select 1 from payment_check where payment_check.payment_id = payment.id) as isScheduled,
      (select count(*) from payment_case
        where payment_case.payment_id = payment.id and kind <> 'noAnswer') as conflictsEver,
      (select count(*) from payment_case
        where payment_case.payment_id = payment.id and kind = 'noAnswer') as noAnswersEver,
      (select count(*) from payment_return where payment_return.payment_id = payment.id) as returns,
      (select count(*) from operator_act
        where operator_act.payment_id = payment.id and kind = 'confirmed') as confirmations,
      (select count(*) from payment_case
        where payment_case.payment_id = payment.id
          and not exists (select 1 from case_end where case_end.case_id = payment_case.id)) as casesOpen
    from payment order by id`);
  const transfers = database.prepare<[], { id: string; player: string; signed: bigint }>(`
    select transfer_id as id, player_id as player,
      case direction when 'toPlay' then -amount_minor else amount_minor end as signed
    from transfer`);
  const words = database.prepare<[], { words: bigint }>(
    "select count(*) as words from gateway_answer where source = 'webhook'",
  );
  return {
    attempt: (instrId) => byInstruction.get(instrId),
    attemptsOf: (paymentId) => ofPayment.all(paymentId),
    payments: () => payments.all(),
    transferred: () => transfers.all(),
    webhookWords: () => Number(words.get()?.words ?? 0n),
    close: () => void database.close(),
  };
}
