/** A character that XML 1.0 has no way to write (section 2.2): controls, lone surrogates, U+FFFE and U+FFFF. */
const unwritable = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/**
 * An element whose content is text. What XML cannot write becomes U+FFFD: an answer about money must leave even where
 * somebody's text is damaged. Names are ours, never a caller's.
 */
export function textElement(
  name: string,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): string {
  return `<${name}${attributesText(attributes)}>${escapeText(text)}</${name}>`;
}

/** The same, where there is a text. */
export function optionalElement(name: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : textElement(name, text);
}

/** An element whose content has been written already; undefined parts are left out, so that optional elements read in one list. */
export function parentElement(
  name: string,
  content: readonly (string | undefined)[],
  attributes: Readonly<Record<string, string>> = {},
): string {
  return `<${name}${attributesText(attributes)}>${content.join('')}</${name}>`;
}

function attributesText(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeText(value).replaceAll(/["\t\n]/g, (found) => `&#${found.charCodeAt(0)};`)}"`,
    )
    .join('');
}

/** Text as it stands between two tags. A carriage return is written as a reference, because a reader turns a bare one into a line feed. */
export function escapeText(text: string): string {
  return text.replaceAll(unwritable, '\uFFFD').replaceAll(/[&<>\r]/g, (found) => references[found] ?? '');
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
};
