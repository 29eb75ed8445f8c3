/** The casino core's own list of payments by REST, against the ledger. */
import { refusedUnasked } from '../../payments/refusals.ts';
import { coreListSchema } from '../../reconciliation/core-list/json.ts';
import {
  type CoreListRefusal,
  type CoreListTaken,
  takeCoreList,
} from '../../reconciliation/core-list/take-list.ts';
import type { CoreListOrder, CoreListWorld } from '../../reconciliation/core-list/world.ts';
import { type Spooled, spooled } from '../../reconciliation/importing/from-disk.ts';
import { doorPlaces } from '../door-places.ts';
import type { Client } from './clients.ts';
import { whereCut } from './cut-upload.ts';
import { type Answer, type ClientVisit, type Endpoint, invalid } from './endpoint.ts';
import { instantSchema, uuidSchema } from './schemas.ts';

export interface CoreListDoor {
  readonly world: CoreListWorld;
  /** Where a body is kept until it is compared. */
  readonly home: string;
  /** So long the caller waits for what became of his list. */
  readonly answerMs: number;
}

/** When who found another list at work comes again. */
const retryAfterSeconds = 30;
const listsAtOnceMax = 2;

const count = { type: 'integer', minimum: 0 } as const;
const counts = {
  rows: { ...count, description: 'Of the list, bad ones included.' },
  badRows: count,
  payments: { ...count, description: 'Of the ledger in the window.' },
  agreeing: { ...count, description: 'Payments of which list and ledger say the same.' },
  recent: { ...count, description: 'That differ, and changed shortly before the list was made.' },
  undecided: { ...count, description: 'Of which bad rows leave open whether the list has them.' },
  opened: { ...count, description: 'Breaks that were opened.' },
  open: { ...count, description: 'Breaks that were open before, and stay so.' },
  explained: { ...count, description: 'Differences that people have explained.' },
  ended: { ...count, description: 'Breaks that ended, because list and ledger agree now.' },
} as const satisfies Partial<Record<keyof CoreListTaken, object>>;

/** Of bad rows, so many are told in the answer; `recon remarks` shows those that were kept. */
const remarksMax = 100;

const comparedSchema = {
  title: 'CoreListCompared',
  type: 'object',
  additionalProperties: false,
  required: ['outcome'],
  properties: {
    outcome: {
      enum: ['COMPARED', 'COMPARING'],
      description: 'COMPARING: it goes on; send it again to read what became of it.',
    },
    fileId: uuidSchema,
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    known: { type: 'boolean', description: 'The same bytes were compared before.' },
    partner: { type: 'string' },
    from: instantSchema,
    until: instantSchema,
    madeAt: instantSchema,
    ...counts,
    remarks: {
      type: 'array',
      maxItems: remarksMax,
      description:
        'Of bad rows: the place among the payments, from 1, the member and the rule; never a value.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['line', 'rule'],
        properties: { line: count, rule: { type: 'string' }, field: { type: 'string' } },
      },
    },
  },
} as const;

/**
 * `POST /v1/core-list`: the list is the body. It is kept on disk until it is compared, so that a long one takes no memory, and it
 * takes no place of a payment's. Sending it again opens nothing twice.
 */
export function coreListEndpoint({ world, home, answerMs }: CoreListDoor): Endpoint {
  async function compared({ client, context, bytes, keep }: ClientVisit): Promise<Answer> {
    const name = `rest-${context.correlationId}`;
    const spool = await spooled(bytes(), { home, name, bytesMax: world.settings.bytesMax }).catch(whereCut);
    if (spool === 'tooLarge') return refusedUnasked('BODY_TOO_LARGE');
    if (spool === 'cut') return refusedUnasked('BODY_INCOMPLETE');
    const caller = callerOf(client);
    const order = { source: 'rest', format: 'json', ...(caller !== undefined && { caller }) } as const;
    const work = compareAndRemove(spool, order);
    keep(work);
    const patience = new AbortController();
    const late = world.clock.sleep(answerMs, patience.signal).then(() => 'late' as const);
    const outcome = await Promise.race([work, late]).finally(() => patience.abort());
    return outcome === 'late' ? { document: { outcome: 'COMPARING' }, status: 202 } : replyOf(outcome);
  }

  async function compareAndRemove(
    spool: Spooled,
    order: CoreListOrder,
  ): Promise<CoreListTaken | CoreListRefusal> {
    try {
      return await takeCoreList(world, spool.original, order);
    } finally {
      await spool.remove();
    }
  }

  return {
    method: 'POST',
    path: '/v1/core-list',
    operation: 'compareCoreList',
    summary: "Compares the core's own list of payments with the ledger",
    upload: true,
    keyless: true,
    places: doorPlaces({ requestsMax: listsAtOnceMax, partnerRequestsMax: listsAtOnceMax }),
    request: coreListSchema,
    response: comparedSchema,
    answers: { 200: 'Compared.', 202: 'It is being compared.' },
    async respond(visit) {
      if (!visit.client.operations.includes('statement')) return refusedUnasked('OPERATION_FORBIDDEN');
      return compared(visit);
    },
  };
}

/** Who instructs payments may mean his own; finance has to say whose list it is. */
function callerOf({ partner, operations }: Client): string | undefined {
  const instructs = operations.includes('deposit') || operations.includes('withdrawal');
  return instructs ? partner?.id : undefined;
}

function replyOf(outcome: CoreListTaken | CoreListRefusal): Answer {
  switch (outcome.outcome) {
    case 'compared': {
      const { remarks, from, until, madeAt, ...told } = outcome;
      const times = { from: from.toISOString(), until: until.toISOString(), madeAt: madeAt.toISOString() };
      const lines = remarks.slice(0, remarksMax).map(({ level: _bad, ...remark }) => remark);
      return { document: { ...told, ...times, outcome: 'COMPARED', remarks: lines } };
    }
    case 'refused':
      return outcome.rule === 'fileTooLarge' ? refusedUnasked('BODY_TOO_LARGE') : invalid([placeOf(outcome)]);
    case 'busy':
      return refusedUnasked('OVERLOADED', { retryAfterSeconds });
  }
}

const places: Readonly<Record<string, { readonly path: string; readonly rule: string }>> = {
  partnerMissing: { path: '/partner', rule: 'required' },
  partnerUnknown: { path: '/partner', rule: 'unknown' },
  windowEmpty: { path: '/until', rule: 'windowEmpty' },
  windowTooLong: { path: '/until', rule: 'windowTooLong' },
  madeInFuture: { path: '/madeAt', rule: 'madeInFuture' },
  tooManyRows: { path: '/payments', rule: 'tooManyRows' },
  tooManyDifferences: { path: '/payments', rule: 'tooManyDifferences' },
};

function placeOf({ rule, line, field }: Extract<CoreListRefusal, { outcome: 'refused' }>) {
  const path = line !== undefined ? `/payments/${line - 1}` : field === undefined ? '/' : `/${field}`;
  return places[rule] ?? { path, rule };
}
