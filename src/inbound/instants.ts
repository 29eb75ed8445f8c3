/**
 * Reads a date (YYYY-MM-DD) whose form is settled: undefined where the calendar has no such day. JavaScript would take
 * 30 February for 2 March, and a year 0 does not exist.
 */
export function readDay(text: string): string | undefined {
  const day = new Date(`${text}T00:00:00Z`);
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  return exists && !text.startsWith('0000') ? text : undefined;
}

/**
 * Reads an instant whose form is settled, its zone included; undefined where there is none such. Zones end at 14 hours, and
 * the years are 1 to 9999 in UTC: others are written with a sign, so that as text they sort before all that is in the ledger.
 */
export function readInstant(text: string): Date | undefined {
  const instant = new Date(text);
  const [, hours = '0', minutes = '0'] = /[+-](\d\d):(\d\d)$/.exec(text) ?? [];
  const isZone = Number(minutes) < 60 && Number(hours) * 60 + Number(minutes) <= 14 * 60;
  const year = instant.getUTCFullYear();
  const isYear = year >= 1 && year <= 9999;
  return isZone && isYear && readDay(text.slice(0, 10)) !== undefined ? instant : undefined;
}
