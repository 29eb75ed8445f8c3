import type { Answer, Echo } from '../payments/gateways.ts';
import type { Charge, NextAction, StatusReason } from '../payments/payment.ts';
import { reasonMeaning } from './reasons.ts';

/** What a code of a gateway means to us. `duplicate`: it has that one already, so that nobody may take it for a refusal. */
export type CodeMeaning = 'settled' | 'pending' | 'declined' | 'cancelled' | 'expired' | 'duplicate';

/** What a status means, and with which reasons: a reason can turn a refusal into "I have that one already". */
export interface CodeRow {
  readonly meaning: CodeMeaning;
  /** `known`: none, or one that reasons.ts knows as a refusal. `none`: any reason contradicts the status. */
  readonly reasons: 'any' | 'known' | 'none';
  /** Reasons under which the status means something else. */
  readonly except?: Readonly<Record<string, CodeMeaning>>;
}

/** By status: one table for each source, because the same word may mean different things in an answer and in a finding. */
export type CodeTable = Readonly<Record<string, CodeRow>>;

/** What a reply says beside its code. What does not belong to the code's meaning is left out of the answer. */
export interface Said {
  readonly echo: Echo;
  readonly gatewayReference?: string;
  readonly reason?: StatusReason;
  readonly settledAt?: Date;
  readonly bookingDate?: string;
  readonly valueDate?: string;
  readonly charges?: readonly Charge[];
  readonly nextAction?: NextAction;
}

/** The answer that a status gives; a status or a reason that the table does not have is pending and told to people, never a success or a failure. */
export function answerBy(table: CodeTable, status: string, said: Said): Answer {
  const { echo, gatewayReference, reason } = said;
  const known = { echo, ...(gatewayReference !== undefined && { gatewayReference }) };
  const row = Object.hasOwn(table, status) ? table[status] : undefined;
  const meaning = row && meaningOf(row, reason?.code);
  switch (meaning) {
    case 'settled':
      return { kind: 'settled', ...known, ...settlementOf(said) };
    case 'pending':
      return { kind: 'pending', ...known, ...(reason && { reason }), ...nextActionOf(said) };
    case 'declined':
    case 'cancelled':
    case 'expired':
      return { kind: meaning, ...known, reason: reason ?? reasonNotGiven };
    case 'duplicate':
      return { kind: 'unknown', cause: 'duplicate' };
    case undefined: {
      const unknownCode = row && reason ? `${status}/${reason.code}` : status;
      return { kind: 'pending', ...known, ...(reason && { reason }), unknownCode };
    }
  }
}

function meaningOf({ meaning, reasons, except = {} }: CodeRow, reason: string | undefined) {
  if (reason === undefined || reasons === 'any') return meaning;
  if (reasons === 'none') return undefined;
  if (Object.hasOwn(except, reason)) return except[reason];
  const said = reasonMeaning(reason);
  return said === 'refusal' ? meaning : said;
}

/** ISO 20022: "reason has not been specified by agent". */
const reasonNotGiven: StatusReason = { code: 'MS03' };

function settlementOf({ settledAt, bookingDate, valueDate, charges }: Said) {
  return {
    ...(settledAt !== undefined && { settledAt }),
    ...(bookingDate !== undefined && { bookingDate }),
    ...(valueDate !== undefined && { valueDate }),
    ...(charges !== undefined && { charges }),
  };
}

function nextActionOf({ nextAction }: Said) {
  return nextAction === undefined ? {} : { nextAction };
}
