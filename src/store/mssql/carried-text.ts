/**
 * Free text on its way through JSON, without a character that JSON would have to escape: Babelfish hands the escapes over
 * as they stand, where SQL Server takes them out. `~22` is a quotation mark, and `~7e` the tilde itself.
 */

const carried = ['"', '\\', '\t', '\n', '\r', '~'];

/** Control characters that no text of ours has a use for, and of which PostgreSQL cannot even keep the first. */
// oxlint-disable-next-line no-control-regex -- these are the characters that it is about
const dropped = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

/** The text as it travels. What cannot be kept is told by U+FFFD. */
export function carry(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/["\\\t\n\r~]/g, codeOf)
    .replaceAll(dropped, '\u{FFFD}');
}

/** T-SQL that takes it out again; the tilde comes last, so that nothing that it stood before is taken for a code. */
export function carriedText(column: string): string {
  return carried.reduce(
    (sql, character) => `replace(${sql}, '${codeOf(character)}', nchar(${character.charCodeAt(0)}))`,
    `${column} collate Latin1_General_BIN2`,
  );
}

function codeOf(character: string): string {
  return `~${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
