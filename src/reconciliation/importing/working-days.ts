import { daysAfter } from '../calendar.ts';
import type { IsoDate } from '../statements/statement.ts';

/** Longer times than this are not looked through day by day. */
const daysMax = 3_660;

/** The working days from one day until another, both included, at most ten years of them. */
export function workingDays(from: IsoDate, until: IsoDate, holidays: readonly IsoDate[]): readonly IsoDate[] {
  const days: IsoDate[] = [];
  let day = from;
  for (let count = 0; day <= until && count < daysMax; count += 1) {
    if (isWorkingDay(day, holidays)) days.push(day);
    day = daysAfter(day, 1);
  }
  return days;
}

/** Whether banks book on that day: neither Saturday nor Sunday, nor one of the account's holidays. */
function isWorkingDay(day: IsoDate, holidays: readonly IsoDate[]): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(day);
}
