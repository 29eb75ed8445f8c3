import type { IsoDate } from '../statements/statement.ts';

const dayMs = 86_400_000;

/** Words of the field for how long something has been open, in days. */
const buckets = [
  { untilDays: 1, name: '0-1' },
  { untilDays: 3, name: '2-3' },
  { untilDays: 7, name: '4-7' },
  { untilDays: 30, name: '8-30' },
] as const;
const oldest = '>30';

export const ageBuckets: readonly string[] = [...buckets.map(({ name }) => name), oldest];

/** Whole days from one day to another; below zero where it lies ahead. */
export function ageDays(since: IsoDate, on: IsoDate): number {
  return Math.round((Date.parse(`${on}T00:00:00Z`) - Date.parse(`${since}T00:00:00Z`)) / dayMs);
}

export function ageBucket(days: number): string {
  return buckets.find(({ untilDays }) => days <= untilDays)?.name ?? oldest;
}
