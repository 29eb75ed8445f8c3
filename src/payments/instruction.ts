import { readAmount, type AmountRefusal } from '../ledger/money.ts';
import type { Instruction } from './payment.ts';
import type { Partner } from './partners.ts';
import type { RefusalCode } from './refusals.ts';

/** What a door read: checked against its schema, its amount still text, its brand perhaps left to the partner's default. */
export type PaymentRequest = Omit<Instruction, 'partnerId' | 'amount' | 'brand' | 'purpose'> & {
  readonly amount: { readonly value: string; readonly currency: string };
  readonly brand?: string;
  readonly purpose?: string;
  /** Names of the extension properties that came along. We know none yet. */
  readonly propertyNames: readonly string[];
};

/** External purpose code of ISO 20022 for gambling. */
const defaultPurpose = 'GAMB';

const amountRefusals: Readonly<Record<AmountRefusal, RefusalCode>> = {
  unknownCurrency: 'CURRENCY_FORBIDDEN',
  notAnAmount: 'REQUEST_INVALID',
  tooManyDecimals: 'AMOUNT_TOO_MANY_DECIMALS',
};

/** The request as a partner's instruction, or why it cannot be one. */
export function readInstruction(partner: Partner, request: PaymentRequest): Instruction | RefusalCode {
  const { propertyNames, amount: amountText, ...rest } = request;
  if (propertyNames.length > 0) return 'PROPERTY_UNKNOWN';
  const amount = readAmount(amountText.value, amountText.currency);
  if (typeof amount === 'string') return amountRefusals[amount];
  if (amount.minor === 0n) return 'AMOUNT_ZERO';
  return {
    ...rest,
    partnerId: partner.id,
    amount,
    brand: request.brand ?? partner.defaultBrand,
    purpose: request.purpose ?? defaultPurpose,
  };
}

/** What a partner has to be allowed to ask for it. */
export function operationOf({
  direction,
  refundOf,
}: Pick<Instruction, 'direction' | 'refundOf'>): 'deposit' | 'withdrawal' | 'refund' {
  if (refundOf !== undefined) return 'refund';
  return direction === 'CRDT' ? 'deposit' : 'withdrawal';
}

/** What the partner may not ask for, although it can be said; undefined where it may. */
export function forbiddenFor(partner: Partner, instruction: Instruction, now: Date): RefusalCode | undefined {
  const { amount, counterparty } = instruction;
  if (!partner.brands.includes(instruction.brand)) return 'BRAND_FORBIDDEN';
  if (!partner.currencies.includes(amount.currency)) return 'CURRENCY_FORBIDDEN';
  const limit = partner.amountMax.find(({ currency }) => currency === amount.currency);
  if (limit !== undefined && amount.minor > limit.minor) return 'AMOUNT_ABOVE_LIMIT';
  if (instruction.direction === 'DBIT' && !hasDestination(instruction)) return 'CREDITOR_ACCOUNT_MISSING';
  if (looksLikeCardNumber(counterparty?.otherAccount ?? '')) return 'CARD_NUMBER_REFUSED';
  if (instruction.validUntil !== undefined && instruction.validUntil <= now) return 'VALIDITY_PASSED';
  return undefined;
}

/** A refund goes where the deposit came from. */
function hasDestination({ counterparty, paymentToken, refundOf }: Instruction): boolean {
  return [counterparty?.iban, counterparty?.otherAccount, paymentToken, refundOf].some(
    (place) => place !== undefined,
  );
}

/**
 * 13 to 19 digits, however punctuated, that begin as payment cards do (ISO/IEC 7812-1: major industry 2 to 6) and pass
 * its check digit (Luhn).
 */
export function looksLikeCardNumber(account: string): boolean {
  const digits = account.replaceAll(/[^0-9A-Za-z]/g, '');
  if (!/^[2-6][0-9]{12,18}$/.test(digits)) return false;
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
