/** Closes of the books, and how two people open the newest day again. */
import { isRefusal, refusedUnasked } from '../../payments/refusals.ts';
import type { CloseAct, RecordedClose } from '../../reconciliation/close-store.ts';
import { type CloseWorld, documentOf } from '../../reconciliation/reports/close-day.ts';
import { closeText } from '../../reconciliation/reports/close-pack.ts';
import { reopening, type ReopenRefusal, type ReopenStep } from '../../reconciliation/reports/reopen.ts';
import { textFormats } from '../../reconciliation/reports/write-report.ts';
import { actingOf, actRequest, isUuid, saidMembers } from './acting.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { pageSchema, pagesOf } from './paging.ts';
import { otherTypes, reportSchema } from './reports.ts';
import { brandSchema, dateSchema, instantSchema, uuidSchema } from './schemas.ts';

/** Everything about closes that clients can ask. The signed packs are written by whoever has the key: `cagebridge report close`. */
export function closeEndpoints(world: CloseWorld): readonly Endpoint[] {
  const facts = [
    { step: 'propose', path: 'reopening', operation: 'proposeReopening', summary: proposes },
    { step: 'confirm', path: 'reopening/confirm', operation: 'confirmReopening', summary: confirms },
    { step: 'decline', path: 'reopening/decline', operation: 'declineReopening', summary: declines },
  ] as const;
  return [
    listEndpoint(world),
    fileEndpoint(world),
    documentEndpoint(world),
    ...facts.map(({ path, ...its }) => stepEndpoint(world, { ...its, path: `/v1/closes/:id/${path}` })),
  ];
}

const proposes = 'Proposes to open a closed day again, for another person to confirm';
const confirms = 'Opens a day again as another person proposed';
const declines = 'Ends the proposal; the day stays closed';

const currencySchema = { type: 'string', pattern: '^[A-Z]{3}$' } as const;

const closeProperties = {
  id: uuidSchema,
  brand: brandSchema,
  currency: currencySchema,
  day: dateSchema,
  edition: { type: 'integer', minimum: 1, description: 'One more each time that the day was closed again.' },
  sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'Of `close.json` in the pack.' },
  closedAt: instantSchema,
  reopenedAt: instantSchema,
} as const;

const closeSchema = {
  title: 'Close',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'brand', 'currency', 'day', 'edition', 'sha256', 'closedAt'],
  properties: closeProperties,
} as const;

function closeView({ id, brand, currency, day, edition, sha256, closedAt, reopenedAt }: RecordedClose) {
  const times = { closedAt: closedAt.toISOString(), reopenedAt: reopenedAt?.toISOString() };
  return { id, brand, currency, day, edition, sha256, ...times };
}

const actSchema = {
  title: 'CloseAct',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'closeId', 'subject', 'kind', 'reason', 'comment', 'at'],
  properties: {
    id: uuidSchema,
    closeId: uuidSchema,
    subject: { type: 'string', description: 'The operator.' },
    kind: { enum: ['proposed', 'confirmed', 'declined'] },
    ...saidMembers,
    endsProposal: uuidSchema,
    at: instantSchema,
  },
} as const;

function actView({ at, ...act }: CloseAct) {
  return { ...act, at: at.toISOString() };
}

const pages = pagesOf({
  name: 'closes',
  filters: { brand: brandSchema, currency: currencySchema, day: dateSchema },
  after: new RegExp(uuidSchema.pattern),
});

function listEndpoint({ closes }: CloseWorld): Endpoint {
  return {
    method: 'GET',
    path: '/v1/closes',
    operation: 'closes',
    summary: 'Days of the books that were closed, page by page',
    query: pages.query,
    response: pageSchema('ClosePage', 'closes', closeSchema),
    async respond({ client, query }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const page = pages.read(query);
      if (isRefusal(page)) return page;
      const { filter, after, limit } = page;
      const found = await closes.closes(filter, { ...(after !== undefined && { after }), limit: limit + 1 });
      return pages.reply(page, found, closeView);
    },
  };
}

/** Acts that are shown, the newest. */
const actsMax = 200;

function fileEndpoint(world: CloseWorld): Endpoint {
  return {
    method: 'GET',
    path: '/v1/closes/:id',
    operation: 'close',
    summary: 'A close, with what people did to open it again',
    response: {
      ...closeSchema,
      title: 'CloseFile',
      required: [...closeSchema.required, 'acts'],
      properties: {
        ...closeProperties,
        acts: { type: 'array', items: actSchema, description: 'The newest 200, oldest first.' },
      },
    },
    async respond({ client, parameters: { id = '' } }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const close = await closeBy(world, id);
      if (close === undefined) return refusals.CLOSE_NOT_FOUND;
      const acts = await world.closes.closeActs(close.id, actsMax);
      return { document: { ...closeView(close), acts: acts.map(actView) } };
    },
  };
}

const documentSchema = {
  ...reportSchema,
  title: 'CloseDocument',
  required: ['format', ...reportSchema.required],
  properties: {
    format: { const: 'cagebridge-close/1' },
    follows: {
      ...closeProperties.sha256,
      description: 'The `sha256` of the close before, where there was one.',
    },
    ...reportSchema.properties,
    report: { const: 'close' },
  },
} as const;

function documentEndpoint(world: CloseWorld): Endpoint {
  return {
    method: 'GET',
    path: '/v1/closes/:id/document',
    operation: 'closeDocument',
    summary: 'What was recorded when the day was closed, byte for byte, or the same as CSV or HTML',
    query: {
      type: 'object',
      additionalProperties: false,
      properties: { format: { enum: Object.keys(textFormats), description: 'json where nothing is said.' } },
    },
    response: documentSchema,
    mediaTypes: otherTypes(textFormats),
    async respond({ client, parameters: { id = '' }, query: { format = 'json' } }) {
      if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
      const close = await closeBy(world, id);
      if (close === undefined) return refusals.CLOSE_NOT_FOUND;
      const asked = format as keyof typeof textFormats;
      const content = closeText(await documentOf(world.closes, close), asked);
      return { content, mediaType: textFormats[asked].mediaType };
    },
  };
}

async function closeBy({ closes }: CloseWorld, id: string): Promise<RecordedClose | undefined> {
  if (!isUuid(id)) return undefined;
  const [close] = await closes.closes({ closeId: id }, { limit: 1 });
  return close;
}

interface StepFacts extends Pick<Endpoint, 'path' | 'operation' | 'summary'> {
  readonly step: ReopenStep;
}

/** `POST /v1/closes/{id}/reopening...`: one thing that a person does. */
function stepEndpoint(world: CloseWorld, { step, ...facts }: StepFacts): Endpoint {
  const isProposal = step === 'propose';
  const names = {
    propose: 'ReopenRequest',
    confirm: 'ReopenConfirmRequest',
    decline: 'ReopenDeclineRequest',
  };
  return {
    ...facts,
    method: 'POST',
    keyless: true,
    request: actRequest(names[step]),
    response: actSchema,
    ...(isProposal && { answers: { 202: 'It is proposed, and waits for another person.' } }),
    async respond({ client, parameters: { id = '' }, body }) {
      const acting = actingOf(client, body);
      if ('problem' in acting) return acting;
      const close = await closeBy(world, id);
      // What was opened again is no close that stands, though a later edition of its day may.
      if (close === undefined || close.reopenedAt !== undefined) return refusals.CLOSE_NOT_FOUND;
      const did = await reopening(world, acting, close, step);
      if ('refused' in did) return refusals[did.refused];
      return { document: actView(did.act), status: isProposal ? 202 : 200 };
    },
  };
}

const refusals: Readonly<Record<ReopenRefusal['refused'], Answer>> = {
  CLOSE_NOT_FOUND: { problem: 'CLOSE_NOT_FOUND' },
  LATER_DAY_CLOSED: { problem: 'LATER_DAY_CLOSED' },
  BUSY: { problem: 'CLOSE_BUSY' },
  PROPOSAL_NOT_FOUND: refusedUnasked('PROPOSAL_NOT_FOUND'),
  SAME_PERSON: refusedUnasked('SAME_PERSON'),
  ROLE_MISSING: refusedUnasked('ROLE_MISSING'),
  EVIDENCE_MISSING: refusedUnasked('EVIDENCE_MISSING'),
};
