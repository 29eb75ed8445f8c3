import type { CertificateKeeper, Looked } from '../../pki/certificate-keeper.ts';
import { actRequest } from './acting.ts';
import { partSchema, whySchema } from './certificate-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { actingSecurely } from './security.ts';

export interface ReloadDoor {
  readonly keeper: Pick<CertificateKeeper, 'reload'>;
  /** Writes down what was noted of a reload. */
  readonly flushActs: () => Promise<void>;
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
export function reloadEndpoint(door: ReloadDoor): Endpoint {
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

function reloadedView({ part, result, reason, detail }: Looked) {
  return { part, result, reason, detail };
}
