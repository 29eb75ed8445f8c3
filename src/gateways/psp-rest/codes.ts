import type { CodeTable } from '../codes.ts';

/** Codes of the answer to a question: where the payment stands. */
export const statusCodes: CodeTable = {
  PENDING: { meaning: 'pending', reasons: 'any' },
  REQUIRES_ACTION: { meaning: 'pending', reasons: 'any' },
  SETTLED: { meaning: 'settled', reasons: 'none' },
  DECLINED: { meaning: 'declined', reasons: 'known' },
  CANCELLED: { meaning: 'cancelled', reasons: 'known' },
  EXPIRED: { meaning: 'expired', reasons: 'known' },
};

/** Codes of the answer to an instruction, which may also not be taken on. */
export const submitCodes: CodeTable = {
  ...statusCodes,
  REJECTED: { meaning: 'declined', reasons: 'known' },
};

/** Codes of the answer to a cancellation: what could not be cancelled any more is told as it is. */
export const cancelCodes: CodeTable = { ...statusCodes };
