import type { IsoDate } from '../statements/statement.ts';

const dayMs = 86_400_000;
/** Longer times than this are not looked through day by day. */
const daysMax = 3_660;

/** Whether banks book on that day: neither Saturday nor Sunday, nor one of the account's holidays. */
function isWorkingDay(day: IsoDate, holidays: readonly IsoDate[]): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(day);
}

/** The working days from one day until another, both included, at most ten years of them. */
export function workingDays(from: IsoDate, until: IsoDate, holidays: readonly IsoDate[]): readonly IsoDate[] {
  const days: IsoDate[] = [];
  let day = from;
  for (let count = 0; day <= until && count < daysMax; count += 1) {
    if (isWorkingDay(day, holidays)) days.push(day);
    day = nextDay(day);
  }
  return days;
}

export function nextDay(day: IsoDate): IsoDate {
  return shifted(day, 1);
}

export function dayBefore(day: IsoDate): IsoDate {
  return shifted(day, -1);
}

function shifted(day: IsoDate, days: number): IsoDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
