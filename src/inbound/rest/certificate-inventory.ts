import type { PartnerStore } from '../../payments/partner-store.ts';
import type { CertificateKeeper, RefusedPart } from '../../pki/certificate-keeper.ts';
import {
  type CertificateInventory,
  certificateRoles,
  certificatesToldMax,
  type KnownCertificate,
} from '../certificate-inventory.ts';
import {
  fingerprintSchema,
  issuerSchema,
  partSchema,
  serialSchema,
  whySchema,
} from './certificate-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { instantSchema, lineSchema } from './schemas.ts';
import { securityOf } from './security.ts';

export interface InventoryDoor {
  readonly keeper: Pick<CertificateKeeper, 'refused'>;
  readonly inventory: Pick<CertificateInventory, 'known'>;
  /** What was seen since the last flush counts, too. */
  readonly flushSightings: () => Promise<void>;
  readonly store: Pick<PartnerStore, 'sightings'>;
}

const certificateSchema = {
  title: 'Certificate',
  type: 'object',
  additionalProperties: false,
  required: ['role', 'owner', 'fingerprint', 'endsAt', 'endsBy'],
  properties: {
    role: { enum: certificateRoles },
    owner: { ...lineSchema(100), description: 'The partner or gateway; of `server`, the door.' },
    fingerprint: fingerprintSchema,
    serialNumber: serialSchema,
    issuerHash: issuerSchema,
    notBefore: instantSchema,
    notAfter: {
      ...instantSchema,
      description:
        'Its own end. Like its serial number, missing of one that a configuration has only named and nobody has shown.',
    },
    endsAt: { ...instantSchema, description: 'When it stands for nobody any more.' },
    endsBy: {
      enum: ['certificate', 'window'],
      description: 'By its own end, or by that of the window in which it stands for the partner.',
    },
    firstSeenAt: instantSchema,
    lastSeenAt: {
      ...instantSchema,
      description: 'When a partner came in with it last; missing where he never has.',
    },
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
export function inventoryEndpoint(door: InventoryDoor): Endpoint {
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
          certificates: door.inventory.known(sightings).map(certificateView),
        },
      };
    },
  };
}

function certificateView({
  fingerprint256: fingerprint,
  notBefore,
  notAfter,
  endsAt,
  endsBy,
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
    notAfter: notAfter?.toISOString(),
    endsAt: endsAt.toISOString(),
    endsBy,
    firstSeenAt: firstSeenAt?.toISOString(),
    lastSeenAt: lastSeenAt?.toISOString(),
  };
}

function refusedView({ part, reason, detail, since }: RefusedPart) {
  return { part, reason, detail, since: since.toISOString() };
}
