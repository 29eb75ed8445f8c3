import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** A place that breaks a rule. `path` is a JSON pointer (RFC 6901); neither holds a value of the document. */
export interface JsonViolation {
  readonly path: string;
  /** The schema's keyword: `pattern`, `required`, `additionalProperties`, ... */
  readonly rule: string;
  /** The rule in words. */
  readonly message: string;
  /** The member that is missing or too many. */
  readonly member?: string;
}

export interface JsonSchemaOptions {
  /** Violations that are told; reading stops at the first one where it is 1. */
  readonly violationsMax: number;
}

/** Lists what a document breaks; an empty list is consent. */
export type JsonSchemaCheck = (document: unknown) => readonly JsonViolation[];

/**
 * Compiles a schema (JSON Schema 2020-12) once, into a function that lists what a document breaks; an empty list is
 * consent. Nothing is coerced, no default is filled in.
 */
export function compileJsonSchema(
  schema: AnySchemaObject,
  { violationsMax }: JsonSchemaOptions,
): JsonSchemaCheck {
  const ajv = compilers.get(violationsMax) ?? strictAjv(violationsMax);
  compilers.set(violationsMax, ajv);
  return listing(ajv.compile(schema), violationsMax);
}

/** One for all schemas that stand alone, because what takes its time is what a compiler reads of its own. */
const compilers = new Map<number, Ajv2020>();

/** Members of an OpenAPI 3.1 document that say nothing about a value. */
const openApiMembers = [
  'openapi',
  'jsonSchemaDialect',
  'info',
  'servers',
  'security',
  'tags',
  'paths',
  'webhooks',
  'components',
];

/**
 * Compiles schemas of an OpenAPI 3.1 document by their names under `components/schemas`: they are JSON Schema 2020-12 as
 * they stand, references to one another included. Throws where a name is not there.
 */
export function compileOpenApiSchemas<Name extends string>(
  document: AnySchemaObject,
  names: readonly Name[],
  { violationsMax }: JsonSchemaOptions,
): Readonly<Record<Name, JsonSchemaCheck>> {
  const ajv = strictAjv(violationsMax);
  ajv.addVocabulary(openApiMembers);
  ajv.addSchema(document, 'contract');
  const compiled = names.map((name) => {
    const validate = ajv.compile({ $ref: `contract#/components/schemas/${name}` });
    return [name, listing(validate, violationsMax)] as const;
  });
  return Object.fromEntries(compiled) as Record<Name, JsonSchemaCheck>;
}

function strictAjv(violationsMax: number): Ajv2020 {
  return new Ajv2020({
    strict: true,
    allErrors: violationsMax > 1,
    logger: false,
    strictRequired: false,
    addUsedSchema: false,
  });
}

/** Keywords that are broken only where another one inside them is, which says it better. */
const wrapping: ReadonlySet<string> = new Set(['propertyNames', 'if']);

function listing(validate: ValidateFunction, violationsMax: number): JsonSchemaCheck {
  return (document) => {
    if (validate(document)) return [];
    const violations = (validate.errors ?? []).filter(({ keyword }) => !wrapping.has(keyword));
    return violations.slice(0, violationsMax).map(asViolation);
  };
}

function asViolation({
  instancePath,
  keyword,
  message = 'is not valid',
  params,
}: ErrorObject): JsonViolation {
  const { missingProperty, additionalProperty } = params as Record<string, unknown>;
  const member = missingProperty ?? additionalProperty;
  return {
    path: instancePath === '' ? '/' : instancePath,
    rule: keyword,
    message,
    ...(typeof member === 'string' ? { member } : {}),
  };
}
