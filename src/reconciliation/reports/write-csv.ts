import { cellText, type Cell, type Column, type Report, type Section } from './document.ts';

/**
 * The sections one below the other, each with its title and headings, an empty line between them. RFC 4180: comma, CRLF,
 * quotes doubled; UTF-8 without a mark.
 */
export function reportCsv({ title, parameters, sections }: Report): string {
  const head = [[title], ...parameters.map(({ name, value }) => [name, value])];
  return [head.map(line).join(''), ...sections.map(sectionCsv)].join('\r\n');
}

function sectionCsv({ title, columns, rows }: Section): string {
  const lines = [
    line([title]),
    line(columns.map(({ heading }) => heading)),
    ...rows.map((row) => `${columns.map((column) => field(row[column.id], column)).join(',')}\r\n`),
  ];
  return lines.join('');
}

function line(texts: readonly string[]): string {
  return `${texts.map(text).join(',')}\r\n`;
}

/** Only text can hold what a spreadsheet would run: an amount below zero begins with a minus and is one. */
function field(cell: Cell, { kind }: Column): string {
  return kind === 'text' ? text(cellText(cell)) : cellText(cell);
}

/**
 * A spreadsheet takes what begins so for a formula; an apostrophe in front makes it text. Some read the wide forms alike, and some part
 * a line by semicolons or tabs, whatever the quotes say, so that what stands behind one begins a cell too.
 */
function text(value: string): string {
  const harmless = value.replaceAll(
    /^(?=[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n])|(?<=[;\t\r\n])(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20])/g,
    "'",
  );
  return /[",;\r\n\t]/.test(harmless) || harmless !== value
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}
