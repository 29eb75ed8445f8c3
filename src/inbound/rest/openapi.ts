/** The contract of the internal door, made of the schemas that it checks with: what is published is what is so. */
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import type { Endpoint } from './endpoint.ts';
import { problemSchema } from './problems.ts';

type Schemas = Record<string, object>;

/** `GET /v1/openapi.json`: all endpoints, itself included. */
export function openApiEndpoint(described: readonly Endpoint[]): Endpoint {
  const endpoint: Endpoint = {
    method: 'GET',
    path: '/v1/openapi.json',
    operation: 'openapi',
    summary: 'This document',
    respond: async () => Promise.resolve({ document }),
  };
  const document = openApiOf([...described, endpoint]);
  return endpoint;
}

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12 as they are. One with a title is a component under that name. */
function openApiOf(endpoints: readonly Endpoint[]): object {
  const schemas: Schemas = {};
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cagebridge: the internal door',
      version: '1',
      description:
        'Payments for the casino core. Where an answer did not arrive, send the same request again: a reference is paid at most once. ' +
        'An error says in `outcome` whether money moved and in `retry` what to do.',
      license: { name: 'Proprietary', url: 'urn:cagebridge:license' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function operationOf(endpoint: Endpoint, schemas: Schemas): object {
  const { path, operation, summary, query, request, requestOptional, keyless, upload } = endpoint;
  const parameters = [
    ...Array.from(path.matchAll(/:(\w+)/g), ([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: text,
    })),
    ...queryParameters(query),
    ...(request === undefined || requestOptional || keyless ? [] : [idempotencyKey]),
  ];
  return {
    operationId: operation,
    ...(summary !== undefined && { summary }),
    ...(parameters.length > 0 && { parameters }),
    ...(upload === true &&
      request === undefined && {
        requestBody: { required: true, content: { 'application/octet-stream': {} } },
      }),
    ...(request && {
      requestBody: { required: !requestOptional, content: contentOf('application/json', request, schemas) },
    }),
    responses: { ...answersOf(endpoint, schemas), ...refusalsOf(schemas) },
  };
}

const text = { type: 'string' } as const;

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Not needed: the reference in the body is the key. Where it is sent it must be equal to it.',
  schema: text,
} as const;

function queryParameters(query: AnySchemaObject | undefined): object[] {
  const members = (query?.['properties'] ?? {}) as Readonly<Record<string, AnySchemaObject>>;
  return Object.entries(members).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description !== undefined && { description: description as string }),
    schema,
  }));
}

function answersOf(
  { answers = { 200: 'The answer' }, response, mediaTypes = [] }: Endpoint,
  schemas: Schemas,
): object {
  const content = {
    ...contentOf('application/json', response ?? { type: 'object' }, schemas),
    ...Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: text }])),
  };
  return Object.fromEntries(
    Object.entries(answers).map(([status, description]) => [status, { description, content }]),
  );
}

function refusalsOf(schemas: Schemas): object {
  const content = contentOf('application/problem+json', problemSchema, schemas);
  return {
    '4XX': { description: 'Refused', content },
    '5XX': { description: 'A failure of ours, or too much work', content },
  };
}

function contentOf(mediaType: string, schema: AnySchemaObject, schemas: Schemas): object {
  return { [mediaType]: { schema: referenced(schema, schemas) } };
}

/** The schema with each titled part put among the components and a reference in its place. */
function referenced(part: unknown, schemas: Schemas): unknown {
  if (Array.isArray(part)) return part.map((item) => referenced(item, schemas));
  if (typeof part !== 'object' || part === null) return part;
  const whole = Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, referenced(value, schemas)]),
  );
  const { title, ...schema } = whole;
  if (typeof title !== 'string') return whole;
  schemas[title] = schema;
  return { $ref: `#/components/schemas/${title}` };
}
