import writeExcelFile, { type CellObject, type Row as SheetRow } from 'write-excel-file/node';
import { minorDigits } from '../../ledger/currencies.ts';
import type { Money } from '../../ledger/money.ts';
import { cellText, type Cell, isNumber, moneyText, type Report, type Section } from './document.ts';
import { withoutTimes } from './zip-times.ts';

/**
 * A workbook (Office Open XML) with a sheet for each section, its headings frozen. Text is text, whatever it begins with, and never a
 * formula; an amount is a number with the digits of its currency, or text where a number could not hold all of its digits. The same
 * report is the same bytes.
 */
export async function reportXlsx(report: Report): Promise<Buffer> {
  const taken = new Set<string>();
  const sheets = report.sections.map((section) => {
    const rows = section.rows.map((row) => section.columns.map(({ id }) => cellFor(row[id])));
    const above = headOf(report, section);
    return {
      sheet: nameFor(section.title, taken),
      data: [...above, section.columns.map((column) => heading(column.heading, isNumber(column))), ...rows],
      columns: section.columns.map((column) => ({ width: widthOf(section, column.id, column.heading) })),
      stickyRowsCount: above.length + 1,
    };
  });
  return withoutTimes(await writeExcelFile(sheets).toBuffer());
}

function headOf({ title, parameters }: Report, section: Section): readonly SheetRow[] {
  const { title: of, note, alarm } = section;
  const said = [`${title}: ${of}`, ...parameters.map(({ name, value }) => `${name}: ${value}`)];
  return [
    [{ ...textCell(said.join('  ')), fontWeight: 'bold' }],
    ...[alarm, note].flatMap((line) => (line === undefined ? [] : [[textCell(line)]])),
    [],
  ];
}

function heading(text: string, isRight: boolean): CellObject {
  return {
    ...textCell(text),
    fontWeight: 'bold',
    align: isRight ? 'right' : 'left',
    bottomBorderStyle: 'thin',
  };
}

function cellFor(cell: Cell): CellObject | undefined {
  if (cell === undefined) return undefined;
  if (typeof cell === 'object') return amountCell(cell);
  return typeof cell === 'number' ? { type: Number, value: cell } : textCell(cell);
}

/** More decimal digits a double does not hold (IEEE 754). */
const digitsMax = 15;

function amountCell(amount: Money): CellObject {
  const text = moneyText(amount);
  if (text.replace(/\D/g, '').length > digitsMax) return { ...textCell(text), align: 'right' };
  const digits = minorDigits(amount.currency) ?? 0;
  const format = digits === 0 ? '#,##0' : `#,##0.${'0'.repeat(digits)}`;
  return { type: Number, value: Number(text), format };
}

/** Of one cell, by the format. */
const charsMax = 32_767;

/** What XML has no way to write, the library leaves out. */
function textCell(text: string): CellObject {
  return { type: String, value: text.slice(0, charsMax) };
}

/** Of a sheet, by the format. */
const nameCharsMax = 31;

/** Unlike every other sheet's, without what a name may not have. */
function nameFor(title: string, taken: Set<string>): string {
  const base = title
    .replace(/[[\]:*?/\\']/g, ' ')
    .slice(0, nameCharsMax - 3)
    .trim();
  let name = base;
  for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${base} ${count}`;
  taken.add(name.toLowerCase());
  return name;
}

/** In characters: as wide as the widest cell, within reason. */
function widthOf({ rows }: Section, id: string, title: string): number {
  const widest = rows.reduce((width, row) => Math.max(width, cellText(row[id]).length), title.length);
  return Math.min(Math.max(widest + 3, 8), 60);
}
