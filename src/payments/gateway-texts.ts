import { isAmount } from '../ledger/money.ts';
import type { Charge, NextAction, StatusReason } from './payment.ts';

/**
 * A gateway's words are cut to the contract's limits when they are recorded, so that what is in the ledger can always be
 * answered with. What cannot be cut is left out: a payment does not fail for a charge or a date. Control characters,
 * which XML cannot carry, become spaces.
 */
const referenceMax = 64;
const informationMax = 105;
const reasonCodePattern = /^[A-Z0-9]{1,4}$/;
const chargeKindPattern = /^[A-Za-z0-9_]{1,35}$/;
const datePattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const redirectPattern = /^https:\/\/[!-~]{1,2040}$/;

/** `{ gatewayReference }` cut to 64 characters, or nothing where there is none. */
export function cutReference(reference: string | undefined): { gatewayReference?: string } {
  const text = cut(reference, referenceMax);
  return text === undefined ? {} : { gatewayReference: text };
}

/** The reason with its information cut to 105 characters; a code that is no ISO 20022 code becomes NARR (narrative). */
export function cutReason({ code, information }: StatusReason): StatusReason {
  const text = cut(information, informationMax);
  return {
    code: reasonCodePattern.test(code) ? code : 'NARR',
    ...(text !== undefined && { information: text }),
  };
}

/** `{ [field]: date }` where it is a day of the calendar without a zone, or nothing. */
export function readDate<Field extends 'bookingDate' | 'valueDate'>(
  field: Field,
  date: string | undefined,
): { [Name in Field]?: string } {
  return date !== undefined && isDay(date) ? ({ [field]: date } as { [Name in Field]: string }) : {};
}

/** `{ [field]: instant }` where it is one, or nothing. */
export function readInstant<Field extends 'settledAt'>(
  field: Field,
  instant: Date | undefined,
): { [Name in Field]?: Date } {
  return instant !== undefined && isInstant(instant)
    ? ({ [field]: instant } as { [Name in Field]: Date })
    : {};
}

/** The charges that are amounts of money; a kind that the contract cannot carry becomes OTHER. */
export function readCharges(charges: readonly Charge[] = []): Charge[] {
  return charges
    .filter(({ amount }) => isAmount(amount))
    .map(({ kind, amount }) => ({ kind: chargeKindPattern.test(kind) ? kind : 'OTHER', amount }));
}

/** `{ nextAction }` where it sends the player to an https address, or nothing. */
export function readNextAction(nextAction: NextAction | undefined): { nextAction?: NextAction } {
  if (nextAction === undefined || !redirectPattern.test(nextAction.redirectUrl)) return {};
  const { redirectUrl, expiresAt } = nextAction;
  return { nextAction: { redirectUrl, ...(expiresAt && isInstant(expiresAt) && { expiresAt }) } };
}

/** Text without control characters, cut by code point so that no character is halved; undefined where none is left. */
export function cut(text: string | undefined, max: number): string | undefined {
  const printable = text?.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim() ?? '';
  return printable === '' ? undefined : Array.from(printable).slice(0, max).join('').trim();
}

function isDay(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return datePattern.test(date) && isInstant(parsed) && parsed.toISOString().startsWith(date);
}

/** One that RFC 3339 and XML Schema can both write: years 1 to 9999. */
function isInstant(instant: Date): boolean {
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999;
}
