/** A partner as the ledger keeps him, read as what it may not be: a row that a hand has written. */
import type { Partner } from '../payments/partners.ts';
import { decode } from './json.ts';

export type PartnerDocument = Omit<Partner, 'id'>;

/** Undefined where it is no partner: somebody who was read by half would come in by what is missing. */
export function readPartnerDocument(text: string): PartnerDocument | undefined {
  const document = decoded(text);
  return document !== undefined && Object.entries(shape).every(([key, fits]) => fits(document[key]))
    ? (document as unknown as PartnerDocument)
    : undefined;
}

/** Who is in the place of somebody that cannot be read: he may do nothing, and nothing stands for him. */
export const nobody: PartnerDocument = {
  enabled: false,
  issuers: [],
  identities: [],
  tokenDigests: [],
  tlsFloor: 'TLSv1.3',
  crl: 'closedWhenStale',
  operations: [],
  brands: [],
  defaultBrand: '',
  currencies: [],
  amountMax: [],
};

type Fits = (value: unknown) => boolean;

const isText: Fits = (value) => typeof value === 'string';
const isDigest: Fits = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isInstant: Fits = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const isAbsentOr =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || fits(value);
const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
const oneOf =
  (...words: readonly string[]): Fits =>
  (value) =>
    words.includes(value as string);
const having =
  (members: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(members).every(([key, fits]) => fits((value as Record<string, unknown>)[key]));

const shape: Readonly<Record<keyof PartnerDocument, Fits>> = {
  enabled: (value) => typeof value === 'boolean',
  issuers: listOf(isText),
  identities: listOf(
    having({
      fingerprint256: isAbsentOr(isText),
      sanUri: isAbsentOr(isText),
      notBefore: isAbsentOr(isInstant),
      notAfter: isAbsentOr(isInstant),
      certificate: isAbsentOr(
        having({
          fingerprint256: isDigest,
          serialNumber: isText,
          issuerHash: isText,
          notAfter: isInstant,
          authorities: listOf(isDigest),
        }),
      ),
    }),
  ),
  tokenDigests: listOf(isDigest),
  tlsFloor: oneOf('TLSv1.2', 'TLSv1.3'),
  crl: oneOf('notRequired', 'openWhenStale', 'closedWhenStale'),
  operations: listOf(isText),
  brands: listOf(isText),
  defaultBrand: isText,
  currencies: listOf(isText),
  amountMax: listOf(having({ minor: (value) => typeof value === 'bigint', currency: isText })),
};

function decoded(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = decode(text);
    return having({})(document) ? (document as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
