/** When a brand's day of books begins: an IANA zone and a local time, "06:00" for a casino that closes in the morning. */
export interface Books {
  readonly zone: string;
  readonly cutOff: string;
}

/**
 * The day of the brand's books (YYYY-MM-DD) that an instant falls on: the local date, or the day before it while the
 * local clock shows less than the cut-off. Wall-clock time decides, so a day with a clock change has 23 or 25 hours.
 */
export function accountingDate(at: Date, { zone, cutOff }: Books): string {
  const { date, time } = wallClock(at, zone);
  return time < cutOff ? dayBefore(date) : date;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: Date, zone: string): { date: string; time: string } {
  let format = formats.get(zone);
  if (format === undefined) {
    // Swedish writes "2026-11-22 06:00", which is ISO 8601 in all but the letter between.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(zone, format);
  }
  const text = format.format(at);
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}

function dayBefore(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}
