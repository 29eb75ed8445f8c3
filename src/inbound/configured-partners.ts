import { currencyCodes } from '../ledger/currencies.ts';
import { readAmount } from '../ledger/money.ts';
import type { Partner, PartnerIdentity } from '../payments/partners.ts';
import { Misconfigured, orMisconfigured, unknownNames } from '../platform/misconfigured.ts';
import type { ReadReference } from '../platform/references.ts';
import { conflictingPartners, unusablePartners } from './partner-roster.ts';
import { readBearerToken, tokenDigest, tokenRule } from './rest/bearer.ts';

/** A partner as the configuration writes it, once its schema has accepted it. */
export interface PartnerSeed extends Pick<
  Partner,
  'id' | 'operations' | 'brands' | 'defaultBrand' | 'currencies'
> {
  readonly enabled?: boolean;
  /** References to PEM files; with `identities`, the way in at the SOAP door. */
  readonly issuers?: readonly string[];
  readonly identities?: readonly IdentitySeed[];
  /** References to bearer tokens: the way in at the internal door. */
  readonly tokens?: readonly string[];
  readonly tlsFloor?: Partner['tlsFloor'];
  readonly crl?: Partner['crl'];
  /** Decimal text by currency. */
  readonly amountMax?: Readonly<Record<string, string>>;
}

interface IdentitySeed {
  readonly fingerprint256?: string;
  readonly sanUri?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** The partners of the configuration, checked together. */
export function partnersFrom(seeds: readonly PartnerSeed[], read: ReadReference): readonly Partner[] {
  const partners = seeds.map((seed, index) => partnerFrom(seed, `/partners/${index}`, read));
  const faults = [...unusablePartners(partners), ...conflictingPartners(partners)];
  if (faults.length > 0) {
    throw new Misconfigured(
      faults.map(({ partnerIds, fault }) => `/partners: ${partnerIds.join(' and ')}: ${fault}`),
    );
  }
  return partners;
}

/** What a partner names that is nowhere: a brand without books, a currency outside ISO 4217. */
export function partnerProblems(partners: readonly Partner[], brands: readonly string[]): string[] {
  return partners.flatMap((partner, index) => [
    ...unknownNames(`/partners/${index}/brands: unknown brand`, partner.brands, brands),
    ...unknownNames(`/partners/${index}/currencies: unknown currency`, partner.currencies, currencyCodes()),
  ]);
}

function partnerFrom(seed: PartnerSeed, at: string, read: ReadReference): Partner {
  if (!seed.brands.includes(seed.defaultBrand)) {
    throw new Misconfigured([`${at}/defaultBrand: is not one of the partner's brands`]);
  }
  return {
    id: seed.id,
    enabled: seed.enabled ?? true,
    issuers: (seed.issuers ?? []).map((reference, index) => read(reference, `${at}/issuers/${index}`)),
    identities: (seed.identities ?? []).map((identity, index) =>
      identityFrom(identity, `${at}/identities/${index}`),
    ),
    tokenDigests: (seed.tokens ?? []).map((reference, index) =>
      tokenDigestFrom(reference, `${at}/tokens/${index}`, read),
    ),
    tlsFloor: seed.tlsFloor ?? 'TLSv1.2',
    crl: seed.crl ?? 'notRequired',
    operations: seed.operations,
    brands: seed.brands,
    defaultBrand: seed.defaultBrand,
    currencies: seed.currencies,
    amountMax: Object.entries(seed.amountMax ?? {}).map(([currency, value]) =>
      orMisconfigured(readAmount(value, currency), `${at}/amountMax/${currency}`),
    ),
  };
}

/** Only the digest is kept: what the configuration holds in memory lets nobody in. */
function tokenDigestFrom(reference: string, at: string, read: ReadReference): string {
  const token = readBearerToken(read(reference, at, 'secret'));
  if (token === undefined) throw new Misconfigured([`${at}: ${tokenRule}`]);
  return tokenDigest(token);
}

function identityFrom({ notBefore, notAfter, ...names }: IdentitySeed, at: string): PartnerIdentity {
  return {
    ...names,
    ...(notBefore !== undefined && { notBefore: instantFrom(notBefore, `${at}/notBefore`) }),
    ...(notAfter !== undefined && { notAfter: instantFrom(notAfter, `${at}/notAfter`) }),
  };
}

function instantFrom(text: string, at: string): Date {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw new Misconfigured([`${at}: is no instant of the calendar`]);
  return instant;
}
