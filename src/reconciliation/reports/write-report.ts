import type { Report } from './document.ts';
import { reportCsv } from './write-csv.ts';
import { reportHtml } from './write-html.ts';
import { reportJson } from './write-json.ts';
import { reportXlsx } from './write-xlsx.ts';

/** The formats that a report is written in as text, and what they are called on the wire. */
export const textFormats = {
  json: { mediaType: 'application/json', write: reportJson },
  csv: { mediaType: 'text/csv; charset=utf-8', write: reportCsv },
  html: { mediaType: 'text/html; charset=utf-8', write: reportHtml },
} as const satisfies Readonly<Record<string, { mediaType: string; write: (report: Report) => string }>>;

/** Every format that a report is written in. */
export const reportFormats = {
  ...textFormats,
  xlsx: {
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    write: reportXlsx,
  },
} as const;

export function isReportFormat(format: string): format is keyof typeof reportFormats {
  return Object.hasOwn(reportFormats, format);
}
