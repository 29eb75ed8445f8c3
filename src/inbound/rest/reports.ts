/** Reports for whoever may read: the same documents that `cagebridge report` writes. */
import { refusedUnasked } from '../../payments/refusals.ts';
import { reportNames } from '../../reconciliation/reports/document.ts';
import { reportOf } from '../../reconciliation/reports/report.ts';
import { readScope } from '../../reconciliation/reports/scope.ts';
import type { ReportWorld } from '../../reconciliation/reports/world.ts';
import { reportFormats } from '../../reconciliation/reports/write-report.ts';
import { doorPlaces } from '../door-places.ts';
import { type Endpoint, invalid } from './endpoint.ts';
import { brandSchema, dateSchema, signedSumSchema } from './schemas.ts';

export interface ReportDoor {
  readonly world: ReportWorld;
  readonly clock: { now(): Date };
}

/** A report goes through the ledger: so many at one time, and none of them in a payment's place. */
const reportsMax = 2;

const query = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: { ...dateSchema, description: 'The first day of the books; `to` where nothing is said.' },
    to: { ...dateSchema, description: 'The last one; the last that is over where nothing is said.' },
    brand: brandSchema,
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    format: { enum: Object.keys(reportFormats), description: 'json where nothing is said.' },
  },
} as const;

const text = { type: 'string' } as const;

/** What `reportView` makes: columns in their order, and rows that have a member for each cell that is not empty. */
export const reportSchema = {
  title: 'Report',
  type: 'object',
  additionalProperties: false,
  required: ['report', 'title', 'parameters', 'sections'],
  properties: {
    report: { enum: reportNames },
    title: text,
    parameters: { type: 'object', additionalProperties: text },
    sections: {
      type: 'array',
      items: {
        title: 'ReportSection',
        type: 'object',
        additionalProperties: false,
        required: ['id', 'title', 'columns', 'rows'],
        properties: {
          id: { type: 'string', pattern: '^[a-z0-9-]+$' },
          title: text,
          note: text,
          alarm: { ...text, description: 'What must not be overlooked.' },
          incomplete: { const: true, description: 'Not everything was looked at (`reportRowsMax`).' },
          columns: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['id', 'heading', 'kind'],
              properties: { id: text, heading: text, kind: { enum: ['text', 'money', 'count', 'date'] } },
            },
          },
          rows: {
            type: 'array',
            items: {
              type: 'object',
              description: 'By the ids of the columns. Money below zero has a minus.',
              additionalProperties: {
                anyOf: [
                  text,
                  { type: 'integer' },
                  {
                    type: 'object',
                    additionalProperties: false,
                    required: ['value', 'currency'],
                    properties: { value: signedSumSchema, currency: query.properties.currency },
                  },
                ],
              },
            },
          },
        },
      },
    },
  },
} as const;

/** What is answered besides JSON. */
export function otherTypes(
  formats: Readonly<Record<string, { readonly mediaType: string }>>,
): readonly string[] {
  return Object.values(formats)
    .map(({ mediaType }) => mediaType.replace(/;.*$/, ''))
    .filter((mediaType) => mediaType !== 'application/json');
}

/** `GET /v1/reports/NAME` for each of them. Asks no gateway, and changes nothing. */
export function reportEndpoints({ world, clock }: ReportDoor): readonly Endpoint[] {
  const places = doorPlaces({ requestsMax: reportsMax, partnerRequestsMax: reportsMax });
  return reportNames.map((name): Endpoint => {
    return {
      method: 'GET',
      path: `/v1/reports/${name}`,
      operation: `report-${name}`.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
      summary: `The report ${name}, as JSON, CSV, HTML or XLSX`,
      places,
      query,
      response: reportSchema,
      mediaTypes: otherTypes(reportFormats),
      async respond({ client, query: asked }) {
        if (!client.operations.includes('read')) return refusedUnasked('OPERATION_FORBIDDEN');
        const { format = 'json', ...wanted } = asked;
        const scope = readScope(wanted, { books: world.books, now: clock.now() });
        if ('problem' in scope) return invalid([{ path: `/query/${scope.member}`, rule: scope.problem }]);
        const { write, mediaType } = reportFormats[format as keyof typeof reportFormats];
        return { content: await write(await reportOf(name, world, scope)), mediaType };
      },
    };
  });
}
