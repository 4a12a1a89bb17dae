import { type WorkingTime } from '../src/domain/rules';

const hour = 3_600_000;
const offset = 4 * hour;
const utc = (ms: number): string => new Date(ms).toISOString();
const local = (at: string): Date => new Date(new Date(at).getTime() + offset);
const isWorkday = (date: Date): boolean => ![5, 6].includes(date.getUTCDay());

/** Sunday to Thursday, 07:30–14:30, four hours east of Greenwich: simple enough to follow in one's head. */
export const officeHours: WorkingTime = {
  isOpen(at) {
    const date = local(at);
    const minutes = date.getUTCHours() * 60 + date.getUTCMinutes();
    return isWorkday(date) && minutes >= 450 && minutes < 870;
  },
  nextOpening(at) {
    let next = new Date(at).getTime();
    while (!officeHours.isOpen(utc(next))) next += 60_000;
    return utc(next - (next % 60_000));
  },
  addWorkingDays(from, days) {
    let next = new Date(from).getTime();
    for (let left = days; left > 0; ) {
      next += 24 * hour;
      if (isWorkday(local(utc(next)))) left -= 1;
    }
    return utc(next);
  },
  addWorkingHours(from, hours) {
    let next = new Date(from).getTime();
    for (let left = hours * 60; left > 0; next += 60_000) if (officeHours.isOpen(utc(next))) left -= 1;
    return utc(next);
  },
  addCalendarDays: (from, days) => utc(new Date(from).getTime() + days * 24 * hour),
  localDay: (at) => local(at).toISOString().slice(0, 10),
};
