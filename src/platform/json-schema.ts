import { Ajv2020, type AnySchemaObject, type ErrorObject } from 'ajv/dist/2020.js';

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

/**
 * Compiles a schema (JSON Schema 2020-12) once, into a function that lists what a document breaks; an empty list is
 * consent. Nothing is coerced, no default is filled in.
 */
export function compileJsonSchema(
  schema: AnySchemaObject,
  { violationsMax }: JsonSchemaOptions,
): (document: unknown) => readonly JsonViolation[] {
  const ajv = new Ajv2020({
    strict: true,
    allErrors: violationsMax > 1,
    logger: false,
    strictRequired: false,
  });
  const validate = ajv.compile(schema);
  return (document) => {
    if (validate(document)) return [];
    const violations = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames');
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
