import type { Payment } from '../../payments/payment.ts';
import type { Reader } from '../engine.ts';
import { paymentsFrom, type PaymentAndBeside } from '../payment-and-beside.ts';
import { attemptOf, historyFrom, type AttemptRow, type VersionRow } from '../payment-rows.ts';
import type { Told } from '../told.ts';
import { countType, identifierType, type Pool } from './pool.ts';
import { readTexts } from './read-texts.ts';

/** Each read is one statement, which under row versioning waits for nobody and sees one state of the ledger. */
export function readerOver(pool: Pool): Reader {
  return {
    async paymentById(id) {
      const request = pool.request().input('id', identifierType(), id);
      return single(await request.query<PaymentAndBeside>(readTexts.paymentById));
    },
    async paymentByReference(partnerId, partnerReference) {
      const request = pool
        .request()
        .input('partner_id', identifierType(), partnerId)
        .input('partner_reference', identifierType(), partnerReference);
      return single(await request.query<PaymentAndBeside>(readTexts.paymentByReference));
    },
    // An attempt never changes whose it is, so that its own row may be read a moment later.
    async paymentByInstruction(instrId) {
      const request = pool.request().input('instr_id', identifierType(), instrId);
      const { recordsets } = await request.query<PaymentAndBeside & Told<AttemptRow>>(
        readTexts.paymentByInstruction,
      );
      const payment = single({ recordsets });
      const attempt = recordsets[1]?.[0];
      return payment && attempt && { payment, attempt: attemptOf(attempt) };
    },
    async historyOf(paymentId, limit) {
      const request = pool
        .request()
        .input('payment_id', identifierType(), paymentId)
        .input('limit', countType(), limit);
      const { recordsets } = await request.query<Told<VersionRow>>(readTexts.historyOf);
      return (recordsets[0] ?? []).map(historyFrom).toReversed();
    },
    async playerBalances(account) {
      const request = pool.request().input('account', identifierType(), account);
      const { recordsets } = await request.query<BalanceRow>(readTexts.playerBalances);
      return (recordsets[0] ?? []).map(({ currency, posted_minor, held_minor }) => ({
        account,
        currency,
        postedMinor: BigInt(posted_minor),
        heldMinor: BigInt(held_minor),
      }));
    },
    close: () => pool.close(),
  };
}

type BalanceRow = Told<{ currency: string; posted_minor: bigint; held_minor: bigint }>;

function single({
  recordsets,
}: {
  recordsets: readonly (readonly PaymentAndBeside[])[];
}): Payment | undefined {
  return paymentsFrom(recordsets[0] ?? [])[0];
}
