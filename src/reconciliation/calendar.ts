import type { IsoDate } from './statements/statement.ts';

/** Dates as statements and books have them: days without a zone. */

const dayMs = 86_400_000;

/** The day so many days later, or earlier where they are below zero. */
export function daysAfter(date: IsoDate, days: number): IsoDate {
  return isoDate(new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs));
}

/** The day of an instant in UTC. */
export function isoDate(at: Date): IsoDate {
  return at.toISOString().slice(0, 10);
}

/** The first instant of a day in UTC. */
export function startOf(date: IsoDate): Date {
  return new Date(`${date}T00:00:00Z`);
}
