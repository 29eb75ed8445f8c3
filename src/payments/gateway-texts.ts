import type { Charge, NextAction, StatusReason } from './payment.ts';

/**
 * A gateway's texts are cut to the contract's limits when they are recorded, so that what is in the ledger can always be
 * answered with. Control characters, which XML cannot carry, become spaces.
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

/** `{ [field]: date }` where it is a calendar date without a zone, or nothing. */
export function readDate<Field extends 'bookingDate' | 'valueDate'>(
  field: Field,
  date: string | undefined,
): { [Name in Field]?: string } {
  return date !== undefined && datePattern.test(date)
    ? ({ [field]: date } as { [Name in Field]: string })
    : {};
}

/** The charge, its kind OTHER where the gateway calls it something that the contract cannot carry. */
export function cutCharge({ kind, amount }: Charge): Charge {
  return { kind: chargeKindPattern.test(kind) ? kind : 'OTHER', amount };
}

/** `{ nextAction }` where it sends the player to an https address, or nothing. */
export function readNextAction(nextAction: NextAction | undefined): { nextAction?: NextAction } {
  return nextAction !== undefined && redirectPattern.test(nextAction.redirectUrl) ? { nextAction } : {};
}

function cut(text: string | undefined, max: number): string | undefined {
  // By code point, so that no character is halved; the pattern names what XML 1.0 forbids, lone surrogates included.
  const printable = text?.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim() ?? '';
  return printable === '' ? undefined : Array.from(printable).slice(0, max).join('');
}
