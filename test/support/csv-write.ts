/** How a CSV file is written. */
export interface CsvStyle {
  readonly delimiter: string;
  readonly lineEnd: '\n' | '\r\n';
  /** Whether a field is quoted that need not be. */
  readonly quoted: (place: number) => boolean;
  readonly lastLineEnds: boolean;
}

/** Rows as a CSV file, by RFC 4180. */
export function writeCsv(rows: readonly (readonly string[])[], style: CsvStyle): string {
  let place = 0;
  const field = (text: string): string => {
    place += 1;
    const needsQuotes = /["\r\n]/.test(text) || text.includes(style.delimiter) || style.quoted(place);
    return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => row.map(field).join(style.delimiter));
  return lines.join(style.lineEnd) + (style.lastLineEnds ? style.lineEnd : '');
}
