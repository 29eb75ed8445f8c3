import type { CertificateKeeper, LookCause, Looked } from '../../pki/certificate-keeper.ts';
import { acceptableReasons } from '../../pki/identity-refusal.ts';
import { actRequest } from './acting.ts';
import { partSchema, whySchema } from './certificate-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { actingSecurely } from './security.ts';

export interface ReloadDoor {
  readonly keeper: Pick<CertificateKeeper, 'reload'>;
  /** The other processes of this bridge read theirs; what they find is in the log and in `/ready` of each. */
  readonly reloadOthers: (cause: LookCause) => void;
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

/** So many are read and meant at once. */
const acceptedMax = 5;

const reloadRequest = (() => {
  const { properties, ...request } = actRequest('ReloadCertificatesRequest');
  const accept = {
    type: 'array',
    description: 'Reasons that were read in an earlier answer, and tell what is meant.',
    uniqueItems: true,
    maxItems: acceptedMax,
    items: { enum: acceptableReasons },
  };
  return { ...request, properties: { ...properties, accept } };
})();

/** `POST /v1/admin/certificates/reload`: reads every file now; what is bad is told and changes nothing. */
export function reloadEndpoint(door: ReloadDoor): Endpoint {
  return {
    method: 'POST',
    path: '/v1/admin/certificates/reload',
    operation: 'reloadCertificates',
    summary: 'Reads the certificates of doors and gateways now, swaps the good ones, and says which are bad',
    keyless: true,
    request: reloadRequest,
    response: reloadedSchema,
    async respond({ client, body }) {
      const acting = actingSecurely(client, body);
      if ('refusal' in acting) return acting.refusal;
      const { accept: accepted = [] } = body as { readonly accept?: readonly string[] };
      const cause = { operator: acting.person.id, accepted };
      const parts = door.keeper.reload(cause);
      door.reloadOthers(cause);
      await door.flushActs();
      return { document: { parts: parts.map(reloadedView) } };
    },
  };
}

function reloadedView({ part, result, reason, detail }: Looked) {
  return { part, result, reason, detail };
}
