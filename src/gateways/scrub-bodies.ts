import { redacted, scrub } from '../platform/redaction.ts';
import { indent, told } from './transcript.ts';

/** How a kind's contract is scrubbed. What nobody knows is personal: a contract names what may stay. */
export interface BodyScrubbing {
  /** What a body of the contract begins with. */
  readonly begins: RegExp;
  /** What a body that begins otherwise is not, in a word: it is left out. */
  readonly called: string;
  readonly scrubBody: (body: string) => string;
}

/** What stands where the contract has a code, an identifier, a date or an amount is kept only if it is one word. */
export function isOneWord(text: string): boolean {
  return /^[A-Za-z0-9._:+-]{0,64}$/.test(text);
}

/**
 * A transcript of `transcriptOf` whose bodies are scrubbed by their contract, and which is altogether rid of what looks like
 * a secret. It may be cut off anywhere at its end. Indented lines are a body's, whatever they say; of the others only
 * what we write ourselves is kept.
 */
export function scrubBodies(transcript: string, scrubbing: BodyScrubbing): string {
  const scrubbed: string[] = [];
  let body: string[] = [];
  const endBody = (): void => {
    if (body.length > 0) scrubbed.push(...indented(scrubbedBody(body.join('\n'), scrubbing)));
    body = [];
  };
  for (const line of transcript.split('\n')) {
    if (line.startsWith(indent)) {
      body.push(line.slice(indent.length));
      continue;
    }
    endBody();
    scrubbed.push(scrubbedFrame(line));
  }
  endBody();
  return scrub(scrubbed.join('\n'));
}

const repeated = /(?:\[redacted\]\s*)+\[redacted\]/g;

function scrubbedBody(body: string, { begins, called, scrubBody }: BodyScrubbing): string {
  const text = body.trim();
  if (text !== '' && !begins.test(text)) return `(${text.length} characters that are no ${called})`;
  return scrubBody(body).replaceAll(repeated, redacted);
}

function indented(body: string): string[] {
  return body.split('\n').map((line) => indent + line);
}

const ours =
  /^(?:> (?:GET|POST) \/\S*|< [0-9]{3}|< no answer: [A-Za-z]+|[<>] \([0-9]+ bytes that are no text\)|)$/;
const ourHeader = /^> ([A-Za-z-]{1,40}): [ -~]*$/;
const theirType =
  /^< content-type: (?:application|text)\/(?:json|problem\+json|xml|soap\+xml|html|plain)(?:; ?charset="?[A-Za-z0-9-]{1,20}"?)?$/i;

/** The reply's media type is the one text in the frame that is not ours. */
function scrubbedFrame(line: string): string {
  const [, header] = ourHeader.exec(line) ?? [];
  const isKept =
    header === undefined ? ours.test(line) || theirType.test(line) : told.has(header.toLowerCase());
  return isKept ? line : redacted;
}
