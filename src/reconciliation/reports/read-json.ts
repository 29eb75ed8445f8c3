import type { Cell, Column, Report, Row } from './document.ts';
import type { reportView } from './write-json.ts';

type View = ReturnType<typeof reportView>;

/** The report that `reportView` made this of. Only for what we wrote ourselves and proved by its hash. */
export function reportFrom({ report, title, parameters, sections }: View): Report {
  return {
    name: report,
    title,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
    sections: sections.map(({ rows, ...section }) => ({
      ...section,
      rows: rows.map((row) => rowFrom(row, section.columns)),
    })),
  };
}

function rowFrom(row: View['sections'][number]['rows'][number], columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ id }): [string, Cell] => [id, cellFrom(row[id])]));
}

function cellFrom(cell: string | number | { value: string; currency: string } | undefined): Cell {
  if (typeof cell !== 'object') return cell;
  // The text has every digit of the currency, so that without the point it is the minor unit.
  return { minor: BigInt(cell.value.replace('.', '')), currency: cell.currency };
}
