import type { IsoDate } from '../statement.ts';

const tokens: Readonly<Record<string, string>> = {
  YYYY: '(?<year>[0-9]{4})',
  YY: '(?<year>[0-9]{2})',
  MM: '(?<month>[0-9]{2})',
  M: '(?<month>[0-9]{1,2})',
  DD: '(?<day>[0-9]{2})',
  D: '(?<day>[0-9]{1,2})',
  '*': '.*',
};

/** Reads a date in the first of the formats that it is written in; undefined where it is none, or a day that no calendar has. */
export function dateReader(formats: readonly string[]): (text: string) => IsoDate | undefined {
  const patterns = formats.map((format) => {
    const pattern = format.replace(
      /YYYY|YY|MM|M|DD|D|\*|[^]/g,
      (token) => tokens[token] ?? token.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'),
    );
    return new RegExp(`^${pattern}$`, 's');
  });
  return (text) => {
    for (const pattern of patterns) {
      const { year, month, day } = pattern.exec(text)?.groups ?? {};
      if (year !== undefined && month !== undefined && day !== undefined) return isoDate(year, month, day);
    }
    return undefined;
  };
}

function isoDate(year: string, month: string, day: string): IsoDate | undefined {
  const text = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  return exists ? text : undefined;
}
