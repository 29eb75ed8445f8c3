import type { StatusReason } from './payment.ts';

/**
 * A gateway's texts are cut to the contract's limits when they are recorded, so that what is in the ledger can always be
 * answered with. Control characters, which XML cannot carry, become spaces.
 */
const referenceMax = 64;
const informationMax = 105;
const reasonCodePattern = /^[A-Z0-9]{1,4}$/;

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

function cut(text: string | undefined, max: number): string | undefined {
  // By code point, so that no character is halved; the pattern names what XML 1.0 forbids, lone surrogates included.
  const printable = text?.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim() ?? '';
  return printable === '' ? undefined : Array.from(printable).slice(0, max).join('');
}
