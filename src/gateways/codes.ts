import type { Answer, Echo } from '../payments/gateways.ts';
import type { Charge, NextAction, StatusReason } from '../payments/payment.ts';

/** What a code of a gateway means to us. `duplicate`: it has that one already, so that nobody may take it for a refusal. */
export type CodeMeaning = 'settled' | 'pending' | 'declined' | 'cancelled' | 'expired' | 'duplicate';

/** ISO 20022 reasons that say "I have that one already". */
export const duplicateReasons = ['DUPL', 'AM05', 'DU01', 'DU02', 'DU03', 'DU04', 'DU05'] as const;

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

/** The answer that a code gives; one without a meaning is pending and told to people, never a success or a failure. */
export function answerBy(meaning: CodeMeaning | undefined, code: string, said: Said): Answer {
  const { echo, gatewayReference, reason } = said;
  const known = { echo, ...(gatewayReference !== undefined && { gatewayReference }) };
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
    case undefined:
      return { kind: 'pending', ...known, ...(reason && { reason }), unknownCode: code };
  }
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
