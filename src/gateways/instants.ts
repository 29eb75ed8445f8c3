/**
 * An instant as RFC 3339 writes it in UTC (`2026-11-22T10:00:00.123Z`), cut to milliseconds. Undefined where it is none: a day
 * that the calendar does not have is rolled over by `Date`, and nobody meant the day after it.
 */
export function instantFrom(text: string | undefined): Date | undefined {
  if (text === undefined || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(text)) return undefined;
  const instant = new Date(text);
  const isReal = !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === text.slice(0, 10);
  return isReal ? instant : undefined;
}
