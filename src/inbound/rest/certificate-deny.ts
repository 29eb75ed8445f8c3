import type { Acting } from '../../payments/people/acts.ts';
import type { PartnerStore, RevocationReason } from '../../payments/partner-store.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import { revocationReasons } from '../../pki/authority-record.ts';
import { type DeniedCertificate, denyUnderAllNames } from '../denying.ts';
import { actRequest } from './acting.ts';
import { fingerprintSchema, issuerSchema, serialSchema } from './certificate-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { actingSecurely } from './security.ts';

export interface DenyDoor {
  readonly store: Pick<PartnerStore, 'denyCertificate' | 'recordCertificateAct' | 'sightings'>;
  /** Looks at the ledger's deny list now. */
  readonly lookAgain: () => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

const denyRequest = (() => {
  const { properties, ...request } = actRequest('DenyCertificateRequest');
  return {
    ...request,
    properties: {
      ...properties,
      reason: {
        enum: revocationReasons satisfies readonly RevocationReason[],
        description: 'As RFC 5280 section 5.3.1 names them.',
      },
      fingerprint: fingerprintSchema,
      serialNumber: serialSchema,
      issuerHash: issuerSchema,
    },
    oneOf: [
      { required: ['fingerprint'], properties: { serialNumber: false, issuerHash: false } },
      { required: ['serialNumber', 'issuerHash'], properties: { fingerprint: false } },
    ],
  };
})();

const deniedSchema = {
  title: 'CertificateDenied',
  type: 'object',
  additionalProperties: false,
  required: ['did'],
  properties: { did: { enum: ['DENIED', 'KNOWN'], description: '`KNOWN`: it was refused before.' } },
} as const;

/** `POST /v1/admin/certificates/deny`: refused from the next request on, on every open connection, for ever. */
export function denyEndpoint(door: DenyDoor): Endpoint {
  return {
    method: 'POST',
    path: '/v1/admin/certificates/deny',
    operation: 'denyCertificate',
    summary:
      'Refuses a certificate for ever: here from the next request on, at every other bridge within 5 s',
    keyless: true,
    request: denyRequest,
    response: deniedSchema,
    async respond({ client, body }) {
      const acting = actingSecurely(client, body);
      if ('refusal' in acting) return acting.refusal;
      return { document: { did: await deny(door, acting, body as DenyBody) } };
    },
  };
}

/** One of the two ways to name a certificate, as the schema of the request has settled. */
interface DenyBody {
  readonly reason: RevocationReason;
  readonly comment: string;
  readonly fingerprint?: string;
  readonly serialNumber?: string;
  readonly issuerHash?: string;
}

async function deny(
  { store, lookAgain, clock, ids }: DenyDoor,
  { person }: Acting,
  { reason, comment, fingerprint, serialNumber = '', issuerHash = '' }: DenyBody,
): Promise<'DENIED' | 'KNOWN'> {
  const certificate: DeniedCertificate =
    fingerprint === undefined ? { serialNumber, issuerHash } : await namedBy(store, fingerprint);
  const said = { subject: person.id, reason, at: clock.now() };
  const did = await denyUnderAllNames(store, { id: ids.uuid(), comment, ...said }, { certificate, ids });
  const named = fingerprint === undefined ? { serialNumber } : { fingerprint256: fingerprint };
  // Also of one that is denied already: the first time, this may have been what failed.
  await store.recordCertificateAct({ id: ids.uuid(), kind: 'revoked', ...named, ...said });
  await lookAgain();
  return did === 'denied' ? 'DENIED' : 'KNOWN';
}

/** One that was seen has its other name, too. */
async function namedBy(
  store: Pick<PartnerStore, 'sightings'>,
  fingerprint256: string,
): Promise<DeniedCertificate> {
  const seen = (await store.sightings()).find((one) => one.fingerprint256 === fingerprint256);
  if (seen === undefined) return { fingerprint256 };
  return { fingerprint256, serialNumber: seen.serialNumber, issuerHash: seen.issuerHash };
}
