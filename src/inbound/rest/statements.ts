/** Statements by REST: in as they are, and what was read of them. */
import { refusedUnasked, type Refusal } from '../../payments/refusals.ts';
import { type Spooled, spooled } from '../../reconciliation/importing/from-disk.ts';
import { importStatement, type Imported } from '../../reconciliation/importing/import-statement.ts';
import type { ImportingWorld, ImportOrder, ImportRefusal } from '../../reconciliation/importing/world.ts';
import { doorPlaces } from '../door-places.ts';
import { type CoreListDoor, coreListEndpoint } from './core-list.ts';
import { whereCut } from './cut-upload.ts';
import { type Answer, type ClientVisit, type Endpoint, invalid } from './endpoint.ts';
import { lineSchema, uuidSchema } from './schemas.ts';
import { type StatementLists, statementListEndpoints } from './statement-lists.ts';

export interface StatementDoor extends StatementUploads {
  readonly store: StatementLists;
  readonly coreList?: CoreListDoor;
}

/** Everything about statements that clients can ask. */
export function statementEndpoints({ store, coreList, ...uploads }: StatementDoor): readonly Endpoint[] {
  return [
    importStatementEndpoint(uploads),
    ...statementListEndpoints(store),
    ...(coreList === undefined ? [] : [coreListEndpoint(coreList)]),
  ];
}

interface StatementUploads {
  readonly importing: ImportingWorld;
  /** Where a body is kept until it is imported. */
  readonly home: string;
  readonly limits: StatementUploadLimits;
}

interface StatementUploadLimits {
  /** Statements that come in or are imported at one time. */
  readonly uploadsMax: number;
  /** So long the caller waits for what became of his. */
  readonly uploadAnswerMs: number;
}

/** When who found another import at work comes again. */
const retryAfterSeconds = 30;

const count = { type: 'integer', minimum: 0 } as const;
const counts = [
  'statements',
  'unassigned',
  'differing',
  'gaps',
  'repeats',
  'entries',
  'added',
  'notBooked',
  'badRows',
  'warnings',
] as const satisfies (keyof Imported)[];

const importedSchema = {
  title: 'ImportedFile',
  type: 'object',
  additionalProperties: false,
  required: ['outcome'],
  properties: {
    outcome: {
      enum: ['IMPORTED', 'KNOWN', 'IMPORTING'],
      description:
        'KNOWN: the same bytes were imported before. IMPORTING: it goes on; send it again to read what became of it.',
    },
    fileId: uuidSchema,
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    format: lineSchema(100),
    ...Object.fromEntries(counts.map((name) => [name, count])),
  },
} as const;

/**
 * `POST /v1/statements`: the file is the body. It is kept on disk until it is imported, so that a large one takes no memory, and
 * it takes no place of a payment's. Sending it again changes nothing.
 */
function importStatementEndpoint({ importing, home, limits }: StatementUploads): Endpoint {
  const { uploadsMax, uploadAnswerMs } = limits;
  const busy = refusedUnasked('OVERLOADED', { retryAfterSeconds });

  async function imported({ query, context, bytes, keep }: ClientVisit): Promise<Answer> {
    const { csvProfile, name = `rest-${context.correlationId}` } = query;
    const { fileBytesMax: bytesMax } = importing.limits;
    const spool = await spooled(bytes(), { home, name, bytesMax }).catch(whereCut);
    if (spool === 'tooLarge') return refusedUnasked('BODY_TOO_LARGE');
    if (spool === 'cut') return refusedUnasked('BODY_INCOMPLETE');
    const order = { source: 'rest', ...(csvProfile !== undefined && { csvProfile }) } as const;
    const work = importAndRemove(spool, order);
    keep(work);
    const patience = new AbortController();
    const late = importing.clock.sleep(uploadAnswerMs, patience.signal).then(() => 'late' as const);
    const outcome = await Promise.race([work, late]).finally(() => patience.abort());
    if (outcome === 'late') return { document: { outcome: 'IMPORTING' }, status: 202 };
    return replyOf(outcome, busy);
  }

  async function importAndRemove(spool: Spooled, order: ImportOrder): Promise<Imported | ImportRefusal> {
    try {
      return await importStatement(importing, spool.original, order);
    } finally {
      await spool.remove();
    }
  }

  return {
    method: 'POST',
    path: '/v1/statements',
    operation: 'importStatement',
    summary: 'Imports a file of statements: camt.052, camt.053, camt.054, MT940, MT942 or CSV',
    upload: true,
    places: doorPlaces({ requestsMax: uploadsMax, partnerRequestsMax: uploadsMax }),
    query: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { ...lineSchema(200), description: 'What its sender calls the file.' },
        csvProfile: {
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
          description: 'How a CSV file is read.',
        },
      },
    },
    response: importedSchema,
    answers: {
      200: 'Its bytes were imported before.',
      201: 'Imported.',
      202: 'It is being imported.',
    },
    async respond(visit) {
      if (!visit.client.operations.includes('statement')) return refusedUnasked('OPERATION_FORBIDDEN');
      return imported(visit);
    },
  };
}

function replyOf(outcome: Imported | ImportRefusal, busy: Refusal): Answer {
  switch (outcome.outcome) {
    case 'imported':
    case 'known': {
      const { outcome: what, sizeBytes: _known, ...told } = outcome;
      return { document: { outcome: what.toUpperCase(), ...told }, status: what === 'imported' ? 201 : 200 };
    }
    case 'refused': {
      const { rule, line } = outcome;
      if (rule === 'fileTooLarge') return refusedUnasked('BODY_TOO_LARGE');
      const path =
        rule === 'csvProfileUnknown' ? '/query/csvProfile' : line === undefined ? '/' : `/line/${line}`;
      return invalid([{ path, rule }]);
    }
    case 'busy':
    case 'stopped':
      return busy;
  }
}
