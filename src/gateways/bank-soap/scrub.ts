import { redacted, scrub } from '../../platform/redaction.ts';

/** Elements of the bank's contract whose text is somebody's name, account, token or words. */
const personal = `(?:[\\w.-]+:)?(?:${['Nm', 'IBAN', 'Othr', 'PmtTkn', 'RmtInf', 'EndToEndId', 'AddtlInf'].join('|')})`;

/**
 * The opening tag of such an element, whatever its prefix and attributes, then its content up to its own closing tag. A
 * transcript may have been cut anywhere: at its end the rest is the content, at its beginning what stands before a closing tag.
 */
const content = new RegExp(
  `(<(?<name>${personal})(?:\\s[^<>]*)?(?<!/)>)[\\s\\S]*?(?=</\\k<name>\\s*>|$)|^[^<]+(?=</${personal}\\s*>)`,
  'g',
);

/** A transcript of the bank's wire without names, accounts, tokens and free texts; identifiers, codes and amounts stay. */
export function scrubBankTranscript(transcript: string): string {
  return scrub(
    transcript.replaceAll(content, (_, opening: string | undefined) => `${opening ?? ''}${redacted}`),
  );
}
