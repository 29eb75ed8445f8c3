const written = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)?$/;

/**
 * Reads an instant with its zone, `T` or a blank between day and time; undefined where it is none, or of a day that no calendar
 * has. Without a zone it is one only where the sender is known to write UTC.
 */
export function readTime(text: string, isUtc = false): Date | undefined {
  const [, day = '', time = '', zone = isUtc ? 'Z' : ''] = written.exec(text) ?? [];
  if (zone === '') return undefined;
  const at = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(at.getTime()) || !isDay(day) ? undefined : at;
}

/** JavaScript would take 30 February for 2 March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
