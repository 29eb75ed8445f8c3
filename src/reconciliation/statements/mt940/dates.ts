import type { IsoDate } from '../statement.ts';

export interface ReadDay {
  readonly day: IsoDate;
  /** It was a day past the end of its month, such as 30 February: the month's last day is meant. */
  readonly beyondMonth: boolean;
}

/** SWIFT's own pivot: a year of two digits above 79 is of the last century, the others are of this one. */
const lastYearOfThisCentury = 79;

/** YYMMDD. German banks count interest by months of 30 days and write 30 February: it is the month's last day. */
export function readSwiftDay(text: string): ReadDay | undefined {
  if (!/^[0-9]{6}$/.test(text)) return undefined;
  const year = Number(text.slice(0, 2));
  const century = year > lastYearOfThisCentury ? 1900 : 2000;
  return dayOf(century + year, Number(text.slice(2, 4)), Number(text.slice(4, 6)));
}

/** MMDD without a year: of the years around the value date, the one that brings the two days closest together. */
export function readEntryDay(text: string, valueOn: IsoDate): ReadDay | undefined {
  const month = Number(text.slice(0, 2));
  const day = Number(text.slice(2, 4));
  const value = Date.parse(valueOn);
  const year = Number(valueOn.slice(0, 4));
  let closest: { readonly read: ReadDay; readonly distance: number } | undefined;
  for (const candidate of [year, year - 1, year + 1]) {
    const read = dayOf(candidate, month, day);
    if (read === undefined) return undefined;
    const distance = Math.abs(Date.parse(read.day) - value);
    if (closest === undefined || distance < closest.distance) closest = { read, distance };
  }
  return closest?.read;
}

function dayOf(year: number, month: number, day: number): ReadDay | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return {
    day: `${year}-${padded(month)}-${padded(Math.min(day, last))}`,
    beyondMonth: day > last,
  };
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}

const indication = /^([0-9]{6})([0-9]{2})([0-9]{2})(?:([+-])([0-9]{2})([0-9]{2}))?$/;

/** :13D:, when a report was made: YYMMDDHHMM with its offset from UTC, where it has one. */
export function readDateTime(text: string): string | undefined {
  const [, date = '', hour = '', minute = '', sign, offsetHour, offsetMinute] =
    indication.exec(text.trim()) ?? [];
  const day = readSwiftDay(date);
  if (day === undefined || day.beyondMonth || Number(hour) > 23 || Number(minute) > 59) return undefined;
  const offset = sign === undefined ? '' : `${sign}${offsetHour}:${offsetMinute}`;
  return `${day.day}T${hour}:${minute}:00${offset}`;
}
