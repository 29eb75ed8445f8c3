import { redacted, scrub } from '../../platform/redaction.ts';

/** Members of the contract whose text is a code, an identifier, a date or an amount. Whatever another member holds is personal or unknown. */
const kept: ReadonlySet<string> = new Set([
  'instructionId',
  'direction',
  'currency',
  'minorUnits',
  'method',
  'brand',
  'uetr',
  'purpose',
  'requestedExecutionDate',
  'pspReference',
  'status',
  'reasonCode',
  'settledAt',
  'bookingDate',
  'valueDate',
  'kind',
  'expiresAt',
  'updatedAt',
  'code',
]);

/** A string, with the colon behind it where it is a name, or a word outside of strings. A text may end in the middle of a string. */
const pieces = /"((?:[^"\\]|\\[\s\S])*)(?:"(\s*:)?|\\?$)|[^"\s{}[\],:]+/g;
const plain = /^(?:true|false|null|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

/** What stands under a known name is kept only where it is one word. */
const code = /^[A-Za-z0-9._:+-]{0,64}$/;

/** The lines that a transcript has of ours; a body may hold others that look alike. */
const ours =
  /^(> (?:GET|POST) \/\S*|> [A-Za-z-]{1,40}: [!-~ ]*|< (?:[0-9]{3}|no answer: [A-Za-z]+|content-type: [!-~ ]{1,100})|)$/m;

/**
 * A transcript of the PSP's wire without names, accounts, tokens, addresses and free texts; identifiers, codes and amounts
 * stay. Our own lines are scrubbed of what looks like a secret; of JSON only what is known is kept, however it is
 * spelled or cut; a body that is no JSON is left out.
 */
export function scrubPspTranscript(transcript: string): string {
  const parts = transcript.split(ours);
  return scrub(parts.map((part, index) => (index % 2 === 1 ? part : scrubBody(part))).join(''));
}

function scrubBody(body: string): string {
  const text = body.trim();
  if (text === '' || /^\(\d+ bytes that are no text\)$/.test(text)) return body;
  if (!/^[[{]/.test(text)) return `\n(${text.length} characters that are no JSON)\n`;
  let member = '';
  return body.replaceAll(pieces, (found, content: string | undefined, colon: string | undefined) => {
    if (content === undefined) return plain.test(found) ? found : redacted;
    if (colon === undefined) {
      const isKept = kept.has(member) && code.test(content);
      member = '';
      return isKept ? found : `"${redacted}"`;
    }
    member = content;
    return /^[A-Za-z0-9_-]{1,40}$/.test(content) ? found : `"${redacted}"${colon}`;
  });
}
