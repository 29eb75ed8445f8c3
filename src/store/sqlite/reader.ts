import type { Reader } from '../engine.ts';
import { paymentWith } from '../payment-and-beside.ts';
import { attemptOf, historyFrom, type PaymentView } from '../payment-rows.ts';
import { openForReading } from './files.ts';
import { prepareReader } from './statements.ts';

/** On the main thread: some microseconds each, and never in the way of the writer. */
export function openReader(file: string, busyTimeoutMs: number): Reader {
  const database = openForReading(file, busyTimeoutMs);
  const statements = prepareReader(database);
  // One snapshot for a payment and what hangs on it.
  const whole = database.transaction((view: () => PaymentView | undefined) => {
    const row = view();
    return row && paymentWith(row, statements.besideOf.all({ paymentId: row.id }));
  });
  const instructed = database.transaction((instrId: string) => {
    const attempt = statements.attemptByInstruction.get(instrId);
    const payment = attempt && whole(() => statements.paymentById.get(attempt.payment_id));
    return payment && { payment, attempt: attemptOf(attempt) };
  });
  return {
    paymentById: async (id) => whole(() => statements.paymentById.get(id)),
    paymentByReference: async (partnerId, partnerReference) =>
      whole(() => statements.paymentByReference.get(partnerId, partnerReference)),
    paymentByInstruction: async (instrId) => instructed(instrId),
    historyOf: async (paymentId, limit) =>
      statements.newestVersions.all(paymentId, limit).map(historyFrom).toReversed(),
    playerBalances: async (account) =>
      statements.balancesOf.all(account).map(({ currency, posted_minor, held_minor }) => ({
        account,
        currency,
        postedMinor: posted_minor,
        heldMinor: held_minor,
      })),
    close: async () => void database.close(),
  };
}
