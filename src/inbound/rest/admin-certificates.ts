/** What security does with certificates at this door: look at the inventory, have it read again, refuse one for ever. */
import type { Acting } from '../../payments/people/acts.ts';
import { unfit } from '../../payments/people/acts.ts';
import type { CertificateSighting, PartnerStore, RevocationReason } from '../../payments/partner-store.ts';
import type { Clock, Ids } from '../../payments/ports.ts';
import { refusedUnasked } from '../../payments/refusals.ts';
import type { CertificateKeeper, Looked, RefusedPart } from '../../pki/certificate-keeper.ts';
import { certificateRoles, certificatesToldMax, type KnownCertificate } from '../certificate-inventory.ts';
import { type DeniedCertificate, denyUnderAllNames } from '../denying.ts';
import { actingOf, actRequest } from './acting.ts';
import type { Client } from './clients.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { instantSchema, lineSchema } from './schemas.ts';

export interface CertificateDoor {
  readonly keeper: Pick<CertificateKeeper, 'reload' | 'refused'>;
  readonly inventory: (sightings: readonly CertificateSighting[]) => readonly KnownCertificate[];
  /** Writes down what was noted of a reload. */
  readonly flushActs: () => Promise<void>;
  /** What was seen since the last flush counts, too. */
  readonly flushSightings: () => Promise<void>;
  readonly store: Pick<PartnerStore, 'denyCertificate' | 'recordCertificateAct' | 'sightings'>;
  /** Looks at the ledger's deny list now. */
  readonly lookAgain: () => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

export function certificateEndpoints(door: CertificateDoor): readonly Endpoint[] {
  return [inventoryEndpoint(door), reloadEndpoint(door), denyEndpoint(door)];
}

const partSchema = {
  ...lineSchema(100),
  description: 'As the configuration names it: `doors.soap`, `gateways.bank`.',
};
const fingerprintSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the whole certificate.',
} as const;
const serialSchema = {
  type: 'string',
  pattern: '^[0-9A-F]{1,64}$',
  description: 'As OpenSSL writes it; the issuer gave it to no other.',
} as const;
const issuerSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{16}$',
  description: "The first 16 hex digits of SHA-256 over the issuer's name.",
} as const;
const whySchema = {
  reason: { type: 'string', pattern: '^[A-Za-z0-9]{1,64}$', description: 'Why it is refused.' },
  detail: { ...lineSchema(500), description: 'A place of the configuration, or of the chain.' },
} as const;

const certificateSchema = {
  title: 'Certificate',
  type: 'object',
  additionalProperties: false,
  required: ['role', 'owner', 'fingerprint', 'serialNumber', 'issuerHash', 'notAfter'],
  properties: {
    role: { enum: certificateRoles },
    owner: { ...lineSchema(100), description: 'The partner or gateway; of `server`, the door.' },
    fingerprint: fingerprintSchema,
    serialNumber: serialSchema,
    issuerHash: issuerSchema,
    notBefore: instantSchema,
    notAfter: instantSchema,
    firstSeenAt: instantSchema,
    lastSeenAt: { ...instantSchema, description: 'When a partner came in with it last.' },
  },
} as const;

const inventorySchema = {
  title: 'CertificateInventory',
  type: 'object',
  additionalProperties: false,
  required: ['refused', 'certificates'],
  properties: {
    refused: {
      type: 'array',
      description:
        'Parts whose files are bad, or whose certificate has ended: they go on with what they had.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['part', 'reason', 'since'],
        properties: { part: partSchema, ...whySchema, since: instantSchema },
      },
    },
    certificates: {
      type: 'array',
      description: `Those that end first, ${certificatesToldMax} at most.`,
      maxItems: certificatesToldMax,
      items: certificateSchema,
    },
  },
} as const;

/** `GET /v1/admin/certificates`: what the bridge serves by, believes under and was shown. */
function inventoryEndpoint(door: CertificateDoor): Endpoint {
  return {
    method: 'GET',
    path: '/v1/admin/certificates',
    operation: 'certificates',
    summary:
      'The certificates of this bridge: its own, its gateways’, and its partners’ with when they were seen last',
    response: inventorySchema,
    async respond({ client }) {
      const person = securityOf(client);
      if ('refusal' in person) return person.refusal;
      await door.flushSightings();
      const sightings = await door.store.sightings();
      return {
        document: {
          refused: door.keeper.refused().map(refusedView),
          certificates: door.inventory(sightings).map(certificateView),
        },
      };
    },
  };
}

const reloadedSchema = {
  title: 'CertificatesReloaded',
  type: 'object',
  additionalProperties: false,
  required: ['parts'],
  properties: {
    parts: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['part', 'result'],
        properties: { part: partSchema, result: { enum: ['loaded', 'unchanged', 'refused'] }, ...whySchema },
      },
    },
  },
} as const;

/** `POST /v1/admin/certificates/reload`: reads every file now; what is bad is told and changes nothing. */
function reloadEndpoint(door: CertificateDoor): Endpoint {
  return {
    method: 'POST',
    path: '/v1/admin/certificates/reload',
    operation: 'reloadCertificates',
    summary: 'Reads the certificates of doors and gateways now, swaps the good ones, and says which are bad',
    keyless: true,
    request: actRequest('ReloadCertificatesRequest'),
    response: reloadedSchema,
    async respond({ client, body }) {
      const acting = actingSecurely(client, body);
      if ('refusal' in acting) return acting.refusal;
      const parts = door.keeper.reload({ operator: acting.person.id });
      await door.flushActs();
      return { document: { parts: parts.map(reloadedView) } };
    },
  };
}

const reasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const satisfies readonly RevocationReason[];

const denyRequest = (() => {
  const { properties, ...request } = actRequest('DenyCertificateRequest');
  return {
    ...request,
    properties: {
      ...properties,
      reason: { enum: reasons, description: 'As RFC 5280 section 5.3.1 names them.' },
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
function denyEndpoint(door: CertificateDoor): Endpoint {
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
  { store, lookAgain, clock, ids }: CertificateDoor,
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

/** Only an operator's token stands for a person, and only some look after certificates. */
function securityOf({ operator }: Client): { readonly refusal: Answer } | { readonly id: string } {
  if (operator === undefined) return { refusal: { problem: 'CLIENT_NOT_A_PERSON' } };
  if (!operator.roles.includes('security')) return { refusal: refusedUnasked('ROLE_MISSING') };
  return { id: operator.id };
}

function actingSecurely(client: Client, body: unknown): { readonly refusal: Answer } | Acting {
  const acting = actingOf(client, body);
  if ('problem' in acting) return { refusal: acting };
  const refused = unfit(acting, 'security');
  return refused === undefined ? acting : { refusal: refusedUnasked(refused) };
}

function certificateView({
  fingerprint256: fingerprint,
  notBefore,
  notAfter,
  firstSeenAt,
  lastSeenAt,
  ...it
}: KnownCertificate) {
  const { role, owner, serialNumber, issuerHash } = it;
  return {
    role,
    owner,
    fingerprint,
    serialNumber,
    issuerHash,
    notBefore: notBefore?.toISOString(),
    notAfter: notAfter.toISOString(),
    firstSeenAt: firstSeenAt?.toISOString(),
    lastSeenAt: lastSeenAt?.toISOString(),
  };
}

function refusedView({ part, reason, detail, since }: RefusedPart) {
  return { part, reason, detail, since: since.toISOString() };
}

function reloadedView({ part, result, reason, detail }: Looked) {
  return { part, result, reason, detail };
}
