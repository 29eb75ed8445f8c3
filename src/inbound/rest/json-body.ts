import type { IncomingMessage } from 'node:http';
import { type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import { type BodyLimits, declaredLength, readBody } from '../../platform/http-body.ts';
import type { DoorProblemCode } from './problems.ts';

/** The body as a JSON document, or why it is none. Bounded in bytes and time; nothing is unpacked. */
export async function readJson(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<{ readonly document: unknown } | { readonly problem: DoorProblemCode } | Refusal> {
  const { headers } = request;
  const isJson = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(headers['content-type'] ?? '');
  const isPlain = ['', 'identity'].includes(headers['content-encoding']?.toLowerCase() ?? '');
  if (!isJson || !isPlain) return { problem: 'MEDIA_TYPE_NOT_ACCEPTED' };
  if ((declaredLength(request) ?? 0) > limits.bodyBytesMax) return refusedUnasked('BODY_TOO_LARGE');
  const body = await readBody(request, limits);
  if (body === 'tooLarge') return refusedUnasked('BODY_TOO_LARGE');
  if (body === 'incomplete') return refusedUnasked('BODY_INCOMPLETE');
  try {
    return { document: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { problem: 'JSON_NOT_WELL_FORMED' };
  }
}
