import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Credential } from '../../src/pki/authority.ts';
import { revocationList } from '../../src/pki/revocation-list.ts';
import { keySigner } from '../../src/pki/signer.ts';
import { daysFromNow } from './tls-callers.ts';

export interface ListChanges {
  readonly number?: number;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
}

/** The list (PEM) of an authority, with these certificates on it. */
export async function listBy(
  authority: Credential,
  revoked: readonly Credential[],
  { number = 1, thisUpdate = daysFromNow(-1), nextUpdate = daysFromNow(6) }: ListChanges = {},
): Promise<string> {
  const signer = {
    ...keySigner(createPrivateKey(authority.key)),
    certificate: authority.certificate,
    chain: [],
  };
  return revocationList(signer, {
    number,
    thisUpdate,
    nextUpdate,
    revoked: revoked.map(({ certificate }) => ({
      serialNumber: new X509Certificate(certificate).serialNumber,
      at: daysFromNow(-1),
      reason: 'keyCompromise' as const,
    })),
  });
}
