/** Lists of revoked certificates (CRL, RFC 5280 section 5), as PEM under the label that OpenSSL reads. */
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  X509Certificate,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import type { InventoryEntry, RevocationReason } from './authority-record.ts';
import { derInteger, pemOf } from './der.ts';
import type { Signer } from './signer.ts';
import { keyIdOf, signingBy } from './signing.ts';
import { dayMs } from '../platform/clock.ts';

export interface RevocationListTerms {
  /** Grows with every list of an authority. */
  readonly number: number;
  readonly thisUpdate: Date;
  /** After it the list is stale. */
  readonly nextUpdate: Date;
  readonly revoked: readonly {
    readonly serialNumber: string;
    readonly at: Date;
    readonly reason: RevocationReason;
  }[];
}

const crlNumberId = '2.5.29.20';

/** The terms of a list that holds for so many days from now on. */
export function listTermsOf({
  number,
  now,
  days,
  revoked,
}: {
  readonly number: number;
  readonly now: Date;
  readonly days: number;
  readonly revoked: RevocationListTerms['revoked'];
}): RevocationListTerms {
  return { number, thisUpdate: now, nextUpdate: new Date(now.getTime() + days * dayMs), revoked };
}

/** What stands on the list of an authority: what it issued itself, also what has ended meanwhile. */
export function revokedBy(
  inventory: readonly InventoryEntry[],
  issuerHash: string,
): RevocationListTerms['revoked'] {
  return inventory.flatMap(({ how, issuerHash: of, serialNumber, revoked }) =>
    how !== 'imported' && of === issuerHash && revoked !== undefined ? [{ serialNumber, ...revoked }] : [],
  );
}

export async function revocationList(signer: Signer, terms: RevocationListTerms): Promise<string> {
  const { keys, algorithm, crypto } = signingBy(signer);
  const issuer = new X509Certificate(signer.certificate);
  const list = await X509CrlGenerator.create(
    {
      issuer: issuer.subjectName,
      thisUpdate: wholeSeconds(terms.thisUpdate),
      nextUpdate: wholeSeconds(terms.nextUpdate),
      entries: terms.revoked.map(({ serialNumber, at, reason }) => ({
        serialNumber,
        revocationDate: wholeSeconds(at),
        // `unspecified` is told by saying nothing (RFC 5280 section 5.3.1): its number is 0.
        reason: X509CrlReason[reason],
      })),
      extensions: [
        new AuthorityKeyIdentifierExtension(await keyIdOf(issuer)),
        new Extension(crlNumberId, false, derInteger(BigInt(terms.number))),
      ],
      signingAlgorithm: algorithm,
      signingKey: keys.privateKey,
    },
    crypto,
  );
  return pemOf('X509 CRL', new Uint8Array(list.rawData));
}

function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1_000) * 1_000);
}
