import { cellText, type Cell, type Report, type Row, type Section } from './document.ts';

/** The report as a value of JSON. Amounts are decimal text, because a JSON number is not exact. */
export function reportView({ name, title, parameters, sections }: Report) {
  return {
    report: name,
    title,
    parameters: Object.fromEntries(parameters.map((one) => [one.name, one.value])),
    sections: sections.map(sectionView),
  };
}

function sectionView({ id, title, note, alarm, incomplete, columns, rows }: Section) {
  const view = (row: Row) =>
    Object.fromEntries(
      columns.flatMap((column) => {
        const cell = row[column.id];
        return cell === undefined ? [] : [[column.id, cellView(cell)]];
      }),
    );
  const words = {
    ...(note !== undefined && { note }),
    ...(alarm !== undefined && { alarm }),
    ...(incomplete && { incomplete }),
  };
  return { id, title, ...words, columns, rows: rows.map(view) };
}

function cellView(cell: NonNullable<Cell>): string | number | { value: string; currency: string } {
  return typeof cell === 'object' ? { value: cellText(cell), currency: cell.currency } : cell;
}

/** With a line break at its end; the same report is the same bytes. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(reportView(report), undefined, 2)}\n`;
}
