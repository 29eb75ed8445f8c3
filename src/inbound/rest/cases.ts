import type { CaseFilter, LedgerStore, RecordedCase } from '../../payments/ledger-store.ts';
import type { CaseKind } from '../../payments/payment.ts';
import type { CaseFile } from '../../payments/people/cases.ts';
import type { Desk } from '../../payments/people/desk.ts';
import { type Resolution, resolutions } from '../../payments/people/resolutions.ts';
import { isRefusal, refusedAfterAsking, refusedUnasked } from '../../payments/refusals.ts';
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
import { amountView, paymentNow, paymentNowSchema } from './payment-view.ts';
import { amountSchema, instantSchema, lineSchema, uuidSchema } from './schemas.ts';

const kinds = ['contradiction', 'mismatch', 'noAnswer'] as const satisfies CaseKind[];
const operatorId = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,34}$' } as const;

const caseProperties = {
  id: uuidSchema,
  paymentId: uuidSchema,
  kind: { enum: kinds },
  evidence: { ...lineSchema(255), description: 'What was said.' },
  suspense: { ...amountSchema, description: "The gateway's figure that stands in suspense." },
  openedAt: instantSchema,
  assignee: operatorId,
  endedAt: instantSchema,
  resolution: { enum: ['answered', ...resolutions], description: 'How it ended; absent while it is open.' },
} as const;

const caseSchema = {
  title: 'Case',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'paymentId', 'kind', 'evidence', 'openedAt'],
  properties: caseProperties,
} as const;

function caseView({ id, paymentId, kind, evidence, suspense, openedAt, assignee, end }: RecordedCase) {
  return {
    id,
    paymentId,
    kind,
    evidence,
    suspense: suspense && amountView(suspense),
    openedAt: openedAt.toISOString(),
    assignee,
    endedAt: end?.at.toISOString(),
    resolution: end?.resolution,
  };
}

const pages = pagesOf({
  name: 'cases',
  filters: {
    open: { enum: ['true', 'false'] },
    kind: { enum: kinds },
    paymentId: uuidSchema,
  },
  after: new RegExp(uuidSchema.pattern),
});

/** `GET /v1/cases`: by time, page by page. */
export function casesEndpoint(ledger: Pick<LedgerStore, 'cases'>): Endpoint {
  return {
    method: 'GET',
    path: '/v1/cases',
    operation: 'cases',
    summary: 'Questions that only people can close, page by page',
    query: pages.query,
    response: pageSchema('CasePage', 'cases', caseSchema),
    async respond({ client, query }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const page = pages.read(query);
      if (isRefusal(page)) return page;
      const { open, kind, paymentId } = page.filter;
      const filter: CaseFilter = {
        ...(open !== undefined && { open: open === 'true' }),
        ...(kind !== undefined && { kind: kind as CaseKind }),
        ...(paymentId !== undefined && { paymentId }),
      };
      const { after, limit } = page;
      const found = await ledger.cases(filter, { ...(after !== undefined && { after }), limit: limit + 1 });
      return pages.reply(page, found, caseView);
    },
  };
}

const fileSchema = {
  title: 'CaseFile',
  type: 'object',
  additionalProperties: false,
  required: [...caseSchema.required, 'payment', 'acts', 'resolutions'],
  properties: {
    ...caseProperties,
    payment: paymentNowSchema,
    acts: {
      type: 'array',
      items: actSchema,
      description: 'What people did: the newest 200 acts, oldest first.',
    },
    resolutions: {
      type: 'array',
      description: 'How it can be resolved now, and what each would do.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['resolution', 'effect'],
        properties: { resolution: { enum: resolutions }, effect: effectSchema },
      },
    },
    proposal: {
      ...uuidSchema,
      description: 'What waits for another person: approve or reject it by this id.',
    },
  },
} as const;

function fileView({ found, payment, acts, choices, proposal }: CaseFile) {
  return {
    ...caseView(found),
    payment: paymentNow(payment),
    acts: acts.map(actView),
    resolutions: choices.map(({ resolution, effect }) => ({
      resolution,
      effect: effectView(effect, payment),
    })),
    proposal: proposal?.id,
  };
}

/** `GET /v1/cases/{id}`: all that a person needs to decide. */
export function caseEndpoint(desk: Pick<Desk, 'caseFile'>): Endpoint {
  return {
    method: 'GET',
    path: '/v1/cases/:id',
    operation: 'case',
    summary: 'A case with its payment, what people did, and how it can be resolved',
    response: fileSchema,
    async respond({ client, parameters: { id = '' }, context }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      if (!isUuid(id)) return refusedUnasked('CASE_NOT_FOUND');
      const file = await desk.caseFile(id, context);
      return isRefusal(file) ? file : { document: fileView(file) };
    },
  };
}

/** `POST /v1/cases/{id}/assign`: gives the case to an operator. */
export function assignEndpoint(desk: Pick<Desk, 'assignCase'>): Endpoint {
  return {
    method: 'POST',
    path: '/v1/cases/:id/assign',
    operation: 'assignCase',
    summary: 'Gives a case to an operator',
    keyless: true,
    request: actRequest('AssignRequest', { assignee: operatorId }),
    response: caseSchema,
    async respond({ client, parameters: { id = '' }, body, context }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      if (!isUuid(id)) return refusedUnasked('CASE_NOT_FOUND');
      const { assignee } = body as { assignee: string };
      const found = await desk.assignCase(acting, { caseId: id, assignee }, context);
      if (isRefusal(found)) return found;
      const ifInvalid = refusedAfterAsking('INTERNAL_ERROR', found.payment);
      return { document: caseView(found.open), ifInvalid };
    },
  };
}

/** `POST /v1/cases/{id}/comments`: says something about a case. */
export function commentEndpoint(desk: Pick<Desk, 'commentCase'>): Endpoint {
  return {
    method: 'POST',
    path: '/v1/cases/:id/comments',
    operation: 'commentCase',
    summary: 'Says something about a case',
    keyless: true,
    request: actRequest('CommentRequest'),
    response: caseSchema,
    async respond({ client, parameters: { id = '' }, body, context }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      if (!isUuid(id)) return refusedUnasked('CASE_NOT_FOUND');
      const found = await desk.commentCase(acting, id, context);
      if (isRefusal(found)) return found;
      const ifInvalid = refusedAfterAsking('INTERNAL_ERROR', found.payment);
      return { document: caseView(found.open), ifInvalid };
    },
  };
}

/** `POST /v1/cases/{id}/resolutions`: proposes how a case is resolved; another person approves it. */
export function resolveEndpoint(desk: Pick<Desk, 'resolveCase'>): Endpoint {
  return {
    method: 'POST',
    path: '/v1/cases/:id/resolutions',
    operation: 'resolveCase',
    summary: 'Proposes how a case is resolved, for another person to approve',
    keyless: true,
    request: actRequest('ResolutionRequest', { resolution: { enum: resolutions }, version: versionSchema }),
    response: actedSchema,
    answers: { 202: actedAnswers[202] },
    async respond({ client, parameters: { id = '' }, body, context }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      if (!isUuid(id)) return refusedUnasked('CASE_NOT_FOUND');
      const { resolution, version } = body as { resolution: Resolution; version: number };
      return actedReply(await desk.resolveCase(acting, { caseId: id, resolution, version }, context));
    },
  };
}
