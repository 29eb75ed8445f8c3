import { redacted, scrub } from '../../platform/redaction.ts';

/**
 * Elements whose text is somebody's name, account, token or words: those of the bank's contract, what a fault says in words
 * of its own, and WS-Security's header with whatever is in it.
 */
const personalNames =
  'Nm IBAN Othr BICFI PmtTkn RmtInf EndToEndId AddtlInf faultstring faultactor Text ' +
  'Security BinarySecurityToken Username Password Nonce SignatureValue';
const personal = `(?:[\\w.-]+:)?(?:${personalNames.replaceAll(' ', '|')})`;

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
