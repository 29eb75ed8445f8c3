import { redacted, scrub } from '../../platform/redaction.ts';

/** Elements of the bank's contract whose text is somebody's name, account, token or words. */
const personal = ['Nm', 'IBAN', 'Othr', 'PmtTkn', 'RmtInf', 'EndToEndId', 'AddtlInf'];

/**
 * The opening tag of such an element, whatever its prefix and attributes, then its content up to its own closing tag. A
 * transcript may have been cut in the middle: then the rest of it is the content.
 */
const personalContent = new RegExp(
  `(<(?<name>(?:[\\w.-]+:)?(?:${personal.join('|')}))(?:\\s[^>]*)?(?<!/)>)[\\s\\S]*?(?=</\\k<name>\\s*>|$)`,
  'g',
);

/** A transcript of the bank's wire without names, accounts, tokens and free texts; identifiers, codes and amounts stay. */
export function scrubBankTranscript(transcript: string): string {
  return scrub(transcript.replaceAll(personalContent, `$1${redacted}`));
}
