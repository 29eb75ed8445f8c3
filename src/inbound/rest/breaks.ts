/** Breaks: what does not agree, and what people do about it. */
import { isRefusal, refusedUnasked } from '../../payments/refusals.ts';
import type { Acting } from '../../payments/people/acts.ts';
import type { BreakDesk, BreakDid, BreakRefusal } from '../../reconciliation/breaks/desk.ts';
import type { Ending } from '../../reconciliation/breaks/endings.ts';
import type { BreakFilter, BreakKind } from '../../reconciliation/statement-store.ts';
import { actingOf, actRequest, isUuid } from './acting.ts';
import {
  breakActSchema,
  breakActView,
  breakFileSchema,
  breakFileView,
  breakKinds,
  breakSchema,
  breakView,
  endings,
  nameSchema,
  operatorId,
} from './break-views.ts';
import { type Answer, type Endpoint, invalid } from './endpoint.ts';
import { pageSchema, pagesOf } from './paging.ts';
import { uuidSchema } from './schemas.ts';

export interface BreakDoor {
  readonly desk: BreakDesk;
  readonly clock: { now(): Date };
}

/** Everything about breaks that clients can ask. */
export function breakEndpoints({ desk, clock }: BreakDoor): readonly Endpoint[] {
  return [
    listEndpoint(desk, clock),
    fileEndpoint(desk, clock),
    actEndpoint({
      name: 'assign',
      operation: 'assignBreak',
      summary: 'Gives a break to an operator',
      request: actRequest('BreakAssignRequest', { assignee: operatorId }),
      act: (acting, id, { assignee }) => desk.assign(acting, id, assignee ?? ''),
    }),
    actEndpoint({
      name: 'comments',
      operation: 'commentBreak',
      summary: 'Says something about a break',
      request: actRequest('BreakCommentRequest'),
      act: (acting, id) => desk.comment(acting, id),
    }),
    actEndpoint({
      name: 'raise',
      operation: 'raiseBreak',
      summary: 'Says that a break was raised with the gateway or bank; it stays open',
      request: actRequest('BreakRaiseRequest'),
      act: (acting, id) => desk.raise(acting, id),
    }),
    actEndpoint({
      name: 'resolutions',
      operation: 'resolveBreak',
      summary: 'Proposes how a break ends, for another person to confirm',
      request: resolutionRequest(),
      answers: { 202: 'It is proposed, and waits for another person.' },
      status: 202,
      act: (acting, id, { resolution, found }) =>
        desk.propose(acting, id, {
          ending: resolution as Ending,
          ...(found !== undefined && { found }),
        }),
    }),
    actEndpoint({
      name: 'confirm',
      operation: 'confirmBreak',
      summary: 'Ends a break as another person proposed',
      request: actRequest('BreakConfirmRequest', { proposal: proposalMember }),
      act: (acting, id, { proposal }) => desk.confirm(acting, id, proposal ?? ''),
    }),
    actEndpoint({
      name: 'decline',
      operation: 'declineBreak',
      summary: 'Ends a proposal; the break stays open',
      request: actRequest('BreakDeclineRequest', { proposal: proposalMember }),
      act: (acting, id, { proposal }) => desk.decline(acting, id, proposal ?? ''),
    }),
  ];
}

const proposalMember = {
  ...uuidSchema,
  description:
    'The proposal that you read, as the break tells it. Another one that has taken its place is not found by it.',
} as const;

function resolutionRequest() {
  const { properties, ...request } = actRequest('BreakResolutionRequest', { resolution: { enum: endings } });
  const found = {
    ...nameSchema,
    description:
      'Of matchedByHand: the line or the item on the other side, where the break does not name it.',
  };
  return { ...request, properties: { ...properties, found } };
}

const pages = pagesOf({
  name: 'breaks',
  filters: {
    open: { enum: ['true', 'false'] },
    kind: { enum: breakKinds },
    place: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,34}$' },
    owner: operatorId,
  },
  after: new RegExp(uuidSchema.pattern),
});

function listEndpoint(desk: BreakDesk, clock: BreakDoor['clock']): Endpoint {
  return {
    method: 'GET',
    path: '/v1/breaks',
    operation: 'breaks',
    summary: 'What does not agree, page by page',
    query: pages.query,
    response: pageSchema('BreakPage', 'breaks', breakSchema),
    async respond({ client, query }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const page = pages.read(query);
      if (isRefusal(page)) return page;
      const { open, kind, place, owner } = page.filter;
      const filter: BreakFilter = {
        ...(open !== undefined && { open: open === 'true' }),
        ...(kind !== undefined && { kind: kind as BreakKind }),
        ...(place !== undefined && { place }),
        ...(owner !== undefined && { owner }),
      };
      const { after, limit } = page;
      const found = await desk.list(filter, { ...(after !== undefined && { after }), limit: limit + 1 });
      return pages.reply(page, found, (broken) => breakView(broken, clock.now()));
    },
  };
}

function fileEndpoint(desk: BreakDesk, clock: BreakDoor['clock']): Endpoint {
  return {
    method: 'GET',
    path: '/v1/breaks/:id',
    operation: 'break',
    summary: 'A break with what people did, and how it can end',
    response: breakFileSchema,
    async respond({ client, parameters: { id = '' } }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      if (!isUuid(id)) return refusals.BREAK_NOT_FOUND;
      const file = await desk.file(id);
      return 'refused' in file ? refusals[file.refused] : { document: breakFileView(file, clock.now()) };
    },
  };
}

interface ActOf extends Required<Pick<Endpoint, 'operation' | 'summary' | 'request'>> {
  readonly name: string;
  readonly answers?: NonNullable<Endpoint['answers']>;
  readonly status?: number;
  readonly act: (
    acting: Acting,
    breakId: string,
    body: Readonly<Record<string, string | undefined>>,
  ) => Promise<BreakDid | BreakRefusal>;
}

/** `POST /v1/breaks/{id}/...`: one thing that a person does to a break. */
function actEndpoint({ name, act, status = 200, ...facts }: ActOf): Endpoint {
  return {
    ...facts,
    method: 'POST',
    path: `/v1/breaks/:id/${name}`,
    keyless: true,
    response: breakActSchema,
    async respond({ client, parameters: { id = '' }, body }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      if (!isUuid(id)) return refusals.BREAK_NOT_FOUND;
      const did = await act(acting, id, body as Readonly<Record<string, string | undefined>>);
      return 'refused' in did ? refusals[did.refused] : { document: breakActView(did.act), status };
    },
  };
}

const refusals: Readonly<Record<BreakRefusal['refused'], Answer>> = {
  BREAK_NOT_FOUND: { problem: 'BREAK_NOT_FOUND' },
  BREAK_ENDED: { problem: 'BREAK_ENDED' },
  ENDING_IMPOSSIBLE: { problem: 'BREAK_ENDING_IMPOSSIBLE' },
  OPERATOR_UNKNOWN: invalid([{ path: '/assignee', rule: 'is no operator' }]),
  PROPOSAL_NOT_FOUND: refusedUnasked('PROPOSAL_NOT_FOUND'),
  SAME_PERSON: refusedUnasked('SAME_PERSON'),
  ROLE_MISSING: refusedUnasked('ROLE_MISSING'),
  EVIDENCE_MISSING: refusedUnasked('EVIDENCE_MISSING'),
};
