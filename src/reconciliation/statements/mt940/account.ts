import { minorDigits } from '../../../ledger/currencies.ts';
import type { StatementAccount } from '../statement.ts';
import { said } from './said.ts';

const ibanShape = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/;
const bicShape = /^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/;

/**
 * :25: and :25P:. An IBAN, alone or behind a BIC, is told as one; anything else (bank code and account, a number with
 * points) stays as the bank writes it. A currency behind the account is taken off.
 */
export function readAccount(lines: readonly string[]): StatementAccount {
  const written = (lines[0] ?? '').trim().replace(/^\/+/, '');
  const { account, currency } = withoutCurrency(written);
  const [front = '', behind] = account.split('/');
  const bic = bicShape.test(front) ? front : undefined;
  const plain = (behind !== undefined && bic !== undefined ? behind : account).replace(/ /g, '');
  const isIban = ibanShape.test(plain);
  const below = lines[1]?.trim() ?? '';
  return said<StatementAccount>({
    iban: isIban ? plain : undefined,
    other: isIban || account === '' ? undefined : account,
    currency,
    servicerBic: isIban && behind !== undefined ? bic : bicShape.test(below) ? below : undefined,
  });
}

/** Some IBANs end in a currency's letters (Mauritius, Seychelles): what is an IBAN as it stands keeps them. */
function withoutCurrency(written: string): { account: string; currency: string | undefined } {
  const [, account, currency] = /^(.*[^A-Z/ ])[ /]?([A-Z]{3})$/s.exec(written) ?? [];
  const known = currency !== undefined && minorDigits(currency) !== undefined;
  if (account === undefined || !known || isValidIban(written))
    return { account: written, currency: undefined };
  return { account, currency };
}

function isValidIban(text: string): boolean {
  const plain = text.replace(/ /g, '');
  if (!ibanShape.test(plain)) return false;
  const turned = plain.slice(4) + plain.slice(0, 4);
  return BigInt(turned.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) % 97n === 1n;
}

export function readIban(text: string | undefined): string | undefined {
  const plain = text?.replace(/ /g, '');
  return plain !== undefined && plain !== '' ? plain : undefined;
}

export function readBic(text: string | undefined): string | undefined {
  const plain = text?.replace(/ /g, '').toUpperCase();
  return plain !== undefined && bicShape.test(plain) ? plain : undefined;
}
