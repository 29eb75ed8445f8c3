import type { IncomingMessage } from 'node:http';
import { type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import { type BodyLimits, declaredLength, readBody } from '../../platform/http-body.ts';
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
  if (!isPlainJson(request)) return { problem: 'MEDIA_TYPE_NOT_ACCEPTED' };
  const body = await readBytes(request, limits);
  return Buffer.isBuffer(body) ? documentIn(body) : body;
}

/** As `readJson`; who sends nothing means the empty object, whatever he calls it. */
export async function readJsonOrNothing(request: IncomingMessage, limits: BodyLimits): Promise<Read> {
  const body = await readBytes(request, limits);
  if (!Buffer.isBuffer(body)) return body;
  if (body.length === 0) return { document: {} };
  return isPlainJson(request) ? documentIn(body) : { problem: 'MEDIA_TYPE_NOT_ACCEPTED' };
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  const isJson = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(headers['content-type'] ?? '');
  return isJson && !isEncoded({ headers });
}

/** Nothing is unpacked here. */
export function isEncoded({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return !['', 'identity'].includes(headers['content-encoding']?.toLowerCase() ?? '');
}

async function readBytes(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | Refusal> {
  if ((declaredLength(request) ?? 0) > limits.bodyBytesMax) return refusedUnasked('BODY_TOO_LARGE');
  const body = await readBody(request, limits);
  if (body === 'tooLarge') return refusedUnasked('BODY_TOO_LARGE');
  return body === 'incomplete' ? refusedUnasked('BODY_INCOMPLETE') : body;
}

function documentIn(body: Buffer): Read {
  const text = textIn(body);
  const read = text === undefined ? 'notWellFormed' : readJsonText(text, { depthMax });
  return typeof read === 'string' ? { problem: problems[read] } : read;
}

function textIn(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
