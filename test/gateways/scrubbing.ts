import assert from 'node:assert/strict';
import { transcriptOf } from '../../src/gateways/transcript.ts';

/** The transcript of a request without a body and a reply of this one. */
export function replying(body: string): string {
  return transcriptOf(
    { method: 'POST', path: '/p', headers: {}, body: Buffer.alloc(0) },
    { kind: 'answered', status: 502, body: Buffer.from(body) },
  );
}

/** What `scrub` leaves of a reply's body, in a frame that it leaves as it is. */
export function scrubbedBody(scrub: (transcript: string) => string, body: string): string {
  const [request, between, reply, ...lines] = scrub(replying(body)).split('\n');
  assert.deepEqual([request, between, reply], ['> POST /p', '', '< 502']);
  for (const line of lines)
    assert.ok(line.startsWith('  '), 'a line of the body looks like one of the frame');
  return lines.map((line) => line.slice(2)).join('\n');
}
