import type { IncomingMessage } from 'node:http';
import { type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import { type BodyLimits, declaredLength, hasBody, readBody } from '../../platform/http-body.ts';
import { type JsonRefusal, readJsonText } from '../../platform/json-text.ts';
import type { DoorProblemCode } from './problems.ts';

type Read = { readonly document: unknown } | { readonly problem: DoorProblemCode } | Refusal;

/** The documents of this door are a few levels deep. */
const depthMax = 16;

const problems: Readonly<Record<JsonRefusal, DoorProblemCode>> = {
  notWellFormed: 'JSON_NOT_WELL_FORMED',
  memberRepeated: 'JSON_NOT_ALLOWED',
  tooDeep: 'JSON_NOT_ALLOWED',
};

/** The body as a JSON document, or why it is none. Bounded in bytes, time and depth; nothing is unpacked. */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<Read> {
  const { headers } = request;
  const isJson = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(headers['content-type'] ?? '');
  const isPlain = ['', 'identity'].includes(headers['content-encoding']?.toLowerCase() ?? '');
  if (!isJson || !isPlain) return { problem: 'MEDIA_TYPE_NOT_ACCEPTED' };
  if ((declaredLength(request) ?? 0) > limits.bodyBytesMax) return refusedUnasked('BODY_TOO_LARGE');
  const body = await readBody(request, limits);
  if (body === 'tooLarge') return refusedUnasked('BODY_TOO_LARGE');
  if (body === 'incomplete') return refusedUnasked('BODY_INCOMPLETE');
  const text = textIn(body);
  const read = text === undefined ? 'notWellFormed' : readJsonText(text, { depthMax });
  return typeof read === 'string' ? { problem: problems[read] } : read;
}

/** As `readJson`; who sends nothing means the empty object. */
export async function readJsonOrNothing(request: IncomingMessage, limits: BodyLimits): Promise<Read> {
  return hasBody(request) ? readJson(request, limits) : { document: {} };
}

function textIn(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
