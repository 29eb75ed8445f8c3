import { createHash } from 'node:crypto';
import type { Instruction } from './payment.ts';

/**
 * What an instruction means, as one digest: two requests of one reference are the same payment where it is equal. The
 * meaning is all that the partner asked for; ids and times of the message are not part of it. The form carries its
 * version, because what was stored under an older one must still be comparable to a repeat.
 */
export function fingerprintOf(instruction: Instruction): string {
  const fields = canonicalV1(instruction);
  const { refundOf } = instruction;
  // Only what gives a deposit back has the longer form: what was taken on before there was one stays comparable.
  return refundOf === undefined ? `v1:${digest(fields)}` : `v2:${digest([...fields, refundOf])}`;
}

/** A digest of a list of texts, in which an absent text differs from an empty one. */
export function digest(fields: readonly (string | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify(fields.map((field) => field ?? null)))
    .digest('hex');
}

function canonicalV1(instruction: Instruction): (string | undefined)[] {
  const { amount, counterparty } = instruction;
  return [
    instruction.direction,
    instruction.playerId,
    instruction.brand,
    amount.minor.toString(),
    amount.currency,
    instruction.method,
    instruction.paymentToken,
    counterparty?.name,
    counterparty?.iban,
    counterparty?.otherAccount,
    counterparty?.bic,
    instruction.endToEndId,
    instruction.uetr,
    instruction.requestedExecutionDate,
    instruction.validUntil?.toISOString(),
    instruction.purpose,
    instruction.remittanceInformation,
    instruction.returnUrl,
  ];
}
