import {
  cellText,
  isNumber,
  type Cell,
  type Column,
  type Report,
  type Row,
  type Section,
} from './document.ts';
import { style } from './html-style.ts';

/** One page that needs nothing else: no script, nothing from elsewhere, light and dark, for screens, phones and paper. */
export function reportHtml(report: Report): string {
  const { title, parameters, sections } = report;
  const told = parameters.map(
    ({ name, value }) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(titleWith(report))}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<dl>${told.join('')}</dl>
</header>
<main>
${sections.map((section) => sectionHtml(section, fixedBy(report))).join('\n')}
</main>
</body>
</html>
`;
}

/** For the window and the name of a printed file. */
function titleWith({ title, parameters }: Report): string {
  const words = parameters.map(({ value }) => value).filter((value) => value !== 'all');
  return [title, ...new Set(words)].join(' ');
}

/** Columns that the head of the page says already, for all rows: one brand, one currency. */
function fixedBy({ parameters }: Report): readonly string[] {
  return parameters.filter(({ value }) => value !== 'all').map(({ name }) => name);
}

function sectionHtml(section: Section, fixed: readonly string[]): string {
  const { id, title, note, alarm, rows } = section;
  const columns = section.columns.filter((column) => !fixed.includes(column.id));
  const heading = `<h2 id="${escaped(id)}">${escaped(title)}</h2>`;
  const told =
    note === undefined || (rows.length === 0 && section.incomplete !== true)
      ? ''
      : `\n<p>${escaped(note)}</p>`;
  const words = `${told}${alarm === undefined ? '' : `\n<p class="alarm">${escaped(alarm)}</p>`}`;
  const table = rows.length === 0 ? '<p class="none">None.</p>' : tableHtml(id, columns, rows);
  return `<section>\n${heading}${words}\n${table}\n</section>`;
}

/** The roles are said because a phone shows rows as blocks, and a table that is shown so loses them. */
function tableHtml(id: string, columns: readonly Column[], rows: readonly Row[]): string {
  const headings = columns.map(
    (column) => `<th role="columnheader" scope="col"${classOf(column)}>${escaped(column.heading)}</th>`,
  );
  const lines = rows.map((row) => `<tr role="row">${columns.map((one) => cellHtml(one, row)).join('')}</tr>`);
  return `<table role="table" aria-labelledby="${escaped(id)}">
<thead role="rowgroup"><tr role="row">${headings.join('')}</tr></thead>
<tbody role="rowgroup">
${lines.join('\n')}
</tbody>
</table>`;
}

function cellHtml(column: Column, row: Row): string {
  const cell = row[column.id];
  const text = shown(cell);
  const label = ` data-label="${escaped(column.heading)}"`;
  const isZero = typeof cell === 'object' && cell.minor === 0n;
  const kind = isZero ? ' class="number zero"' : classOf(column, text);
  return `<td role="cell"${kind}${label}>${escaped(text)}</td>`;
}

/** An id, which may be parted anywhere; a word may not. */
const longWord = /\S{21}/;

function classOf(column: Column, text = ''): string {
  if (isNumber(column)) return ' class="number"';
  if (column.kind === 'date') return ' class="date"';
  return longWord.test(text) ? ' class="long"' : '';
}

/** Amounts with a narrow space between groups of three digits and a true minus, which line up. */
function shown(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  const [whole = '', fraction] = cellText(cell).split('.');
  const grouped = whole.replace('-', '\u2212').replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
