import type { CodeRow, CodeTable } from '../codes.ts';

const pending: CodeRow = { meaning: 'pending', reasons: 'any' };

/** Codes of the answer to an instruction (TxSts). A bank does not cancel what it is just being told: CANC has no meaning here. */
export const submitCodes: CodeTable = {
  ACSC: { meaning: 'settled', reasons: 'none' },
  ACSP: pending,
  ACCP: pending,
  ACTC: pending,
  PDNG: pending,
  RCVD: pending,
  RJCT: { meaning: 'declined', reasons: 'known' },
};

/** Codes of the answer to a question. */
export const statusCodes: CodeTable = {
  ACSC: { meaning: 'settled', reasons: 'none' },
  ACSP: pending,
  ACCP: pending,
  ACTC: pending,
  PDNG: pending,
  RCVD: pending,
  RJCT: { meaning: 'declined', reasons: 'known', except: { DS24: 'expired' } },
  CANC: { meaning: 'cancelled', reasons: 'known' },
};
