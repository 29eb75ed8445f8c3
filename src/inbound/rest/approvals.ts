import type { Desk, WaitingApproval } from '../../payments/people/desk.ts';
import { isRefusal, refusedUnasked } from '../../payments/refusals.ts';
import {
  actedAnswers,
  actedReply,
  actedSchema,
  actingOf,
  actRequest,
  actSchema,
  actView,
  effectSchema,
  effectView,
  isUuid,
  versionSchema,
} from './acting.ts';
import type { Endpoint } from './endpoint.ts';
import { pageSchema, pagesOf } from './paging.ts';
import { paymentNow, paymentNowSchema } from './payment-view.ts';
import { uuidSchema } from './schemas.ts';

const waitingSchema = {
  title: 'Approval',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'kind', 'payment'],
  properties: {
    id: { ...uuidSchema, description: 'Approve or reject it by this id.' },
    kind: {
      enum: ['payment', 'resolution'],
      description: 'A payment that waits, or a proposal about a case.',
    },
    payment: paymentNowSchema,
    proposal: { ...actSchema, description: 'What the first person said; absent where nobody approved yet.' },
    effect: {
      ...effectSchema,
      description: 'Absent where the payment changed: it has to be proposed again.',
    },
  },
} as const;

function waitingView({ id, kind, payment, proposal, effect }: WaitingApproval) {
  return {
    id,
    kind,
    payment: paymentNow(payment),
    proposal: proposal && actView(proposal),
    effect: effect && effectView(effect, payment),
  };
}

const pages = pagesOf({ name: 'approvals', filters: {}, after: new RegExp(uuidSchema.pattern) });

/** `GET /v1/approvals`: what waits for a person. */
export function approvalsEndpoint(desk: Pick<Desk, 'approvals'>): Endpoint {
  return {
    method: 'GET',
    path: '/v1/approvals',
    operation: 'approvals',
    summary: 'Payments that wait for approval, then proposals that wait for another person',
    query: pages.query,
    response: pageSchema('ApprovalPage', 'approvals', waitingSchema),
    async respond({ client, query, context }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const page = pages.read(query);
      if (isRefusal(page)) return page;
      const { after, limit } = page;
      const wanted = { ...(after !== undefined && { after }), limit: limit + 1 };
      const found = await desk.approvals(wanted, context);
      return isRefusal(found) ? found : pages.reply(page, found, waitingView);
    },
  };
}

/** `POST /v1/approvals/{id}/approve` and `/reject`: a person's yes or no, to a payment or to what another one proposed. */
export function verdictEndpoint(
  desk: Pick<Desk, 'approve' | 'reject'>,
  verb: 'approve' | 'reject',
): Endpoint {
  return {
    method: 'POST',
    path: `/v1/approvals/:id/${verb}`,
    operation: verb,
    summary:
      verb === 'approve'
        ? 'The first or the second yes to a payment, or the second one to a proposal'
        : 'Rejects a payment that waits, or ends a proposal',
    keyless: true,
    request: actRequest('VerdictRequest', { version: versionSchema }),
    response: actedSchema,
    answers: verb === 'approve' ? actedAnswers : { 200: actedAnswers[200] },
    async respond({ client, parameters: { id = '' }, body, context }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      if (!isUuid(id)) return refusedUnasked('PROPOSAL_NOT_FOUND');
      const { version } = body as { version: number };
      return actedReply(await desk[verb](acting, { id, version }, context));
    },
  };
}
