/**
 * Free text travels in a list of its own, and a row holds its place in it: Babelfish cuts a text that OPENJSON gives a
 * type to 4000 characters, and tells nobody. It travels without a character that JSON would have to escape, because
 * Babelfish hands the escapes over as they stand: `~22` is a quotation mark, and `~7e` the tilde itself.
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

/** T-SQL that takes the texts up. The tilde comes last, so that nothing behind one is taken for a code. */
export const readTexts = `
declare @text table (place int not null primary key, text nvarchar(max) not null);
insert into @text (place, text)
select cast([key] as int), ${carried.reduce(
  (sql, character) => `replace(${sql}, N'${codeOf(character)}', nchar(${character.charCodeAt(0)}))`,
  '[value] collate Latin1_General_BIN2',
)}
from openjson(@rows, '$.texts');`;

/** T-SQL for the text at a place. */
export function textAt(place: string): string {
  return `(select t.text from @text as t where t.place = ${place})`;
}

function codeOf(character: string): string {
  return `~${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
