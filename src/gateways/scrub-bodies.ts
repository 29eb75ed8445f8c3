import { redacted, scrub } from '../platform/redaction.ts';

/** The lines that a transcript has of ours; a body may hold others that look alike. */
const ours =
  /^(> (?:GET|POST) \/\S*|> [A-Za-z-]{1,40}: [!-~ ]*|< (?:[0-9]{3}|no answer: [A-Za-z]+|content-type: [!-~ ]{1,100})|)$/m;

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

/** A transcript whose bodies are scrubbed by their contract, and which is altogether rid of what looks like a secret. */
export function scrubBodies(transcript: string, { begins, called, scrubBody }: BodyScrubbing): string {
  const parts = transcript.split(ours).map((part, index) => {
    const text = part.trim();
    if (index % 2 === 1 || text === '' || /^\(\d+ bytes that are no text\)$/.test(text)) return part;
    if (!begins.test(text)) return `\n(${text.length} characters that are no ${called})\n`;
    return scrubBody(part).replaceAll(repeated, redacted);
  });
  return scrub(parts.join(''));
}

const repeated = /(?:\[redacted\]\s*)+\[redacted\]/g;
