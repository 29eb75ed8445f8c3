import { redacted } from '../../platform/redaction.ts';
import { isOneWord, scrubBodies } from '../scrub-bodies.ts';

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

/**
 * A transcript of the PSP's wire without names, accounts, tokens, addresses and free texts; identifiers, codes and amounts
 * stay. Of JSON only what is known is kept, however it is spelled or cut; a body that is no JSON is left out.
 */
export function scrubPspTranscript(transcript: string): string {
  return scrubBodies(transcript, { begins: /^[[{]/, called: 'JSON', scrubBody });
}

function scrubBody(body: string): string {
  let member = '';
  return body.replaceAll(pieces, (found, content: string | undefined, colon: string | undefined) => {
    if (content === undefined) return plain.test(found) ? found : redacted;
    if (colon === undefined) {
      const isKept = kept.has(member) && isOneWord(content);
      member = '';
      return isKept ? found : `"${redacted}"`;
    }
    member = content;
    return /^[A-Za-z0-9_-]{1,40}$/.test(content) ? found : `"${redacted}"${colon}`;
  });
}
