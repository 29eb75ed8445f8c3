/** When a brand's day of books begins: an IANA zone and a local time, "06:00" for a casino that closes in the morning. */
export interface Books {
  readonly zone: string;
  readonly cutOff: string;
}

/**
 * The day of the brand's books (YYYY-MM-DD) that an instant falls on: the local date, or the day before it until the
 * local clock first reaches the cut-off. Days follow one another without overlap: where the clock is set back over the
 * cut-off, the day has begun the first time; where it jumps over it, the day begins with the jump.
 */
export function accountingDate(at: Date, { zone, cutOff }: Books): string {
  const { date, time } = wallClock(at, zone);
  if (time >= cutOff || reachedBefore(at, { date, zone, cutOff })) return date;
  return dayBefore(date);
}

const dayMs = 86_400_000;

/** The local clock showed the cut-off on this date earlier already, by the offset from UTC that held a day ago. */
function reachedBefore(at: Date, { date, zone, cutOff }: Books & { date: string }): boolean {
  const dayAgo = new Date(at.getTime() - dayMs);
  const shown = wallClock(dayAgo, zone);
  const offsetMs = utc(shown.date, shown.time) - Math.floor(dayAgo.getTime() / 60_000) * 60_000;
  const first = new Date(utc(date, cutOff) - offsetMs);
  const there = wallClock(first, zone);
  return first <= at && there.date === date && there.time === cutOff;
}

function utc(date: string, time: string): number {
  return Date.parse(`${date}T${time}Z`);
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
