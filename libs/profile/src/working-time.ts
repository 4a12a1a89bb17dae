import { LRUCache } from 'lru-cache';
import { DateTime, Duration } from 'luxon';
import { type WorkingCalendar } from './profile.schema';

/**
 * A tenant's working calendar as a calculator (design §3.13). Every instant goes in and comes out as RFC 3339 UTC with
 * milliseconds. A day is working when it is neither weekend nor holiday; a period (Ramadan) changes its hours only.
 * An hour of local time that a clock change skips or repeats counts as the real time that passed.
 */
export interface WorkingTime {
  /** Within the hours of a working day; the opening instant is inside, the closing instant is not. */
  isOpen(at: string): boolean;
  /** `at` itself while open, else the next opening (OMH-18). @throws CalendarNeverOpens */
  nextOpening(at: string): string;
  /**
   * The end of the n-th working day after the local day of `from`: its last millisecond, 23:59:59.999 local time. The
   * day of `from` never counts, at whatever hour it lies (AMB-05): Thursday 09:00 and three working days, Friday and
   * Saturday off, is the end of Tuesday (OMH-20). With 0, the end of the day of `from`.
   * @throws CalendarNeverOpens; RangeError for a negative or broken n
   */
  addWorkingDays(from: string, n: number): string;
  /** When `hours` of opening time have passed since `from`; time outside the hours does not count. */
  addWorkingHours(from: string, hours: number): string;
  /** The same local time n days later (BAH-08), working or not. */
  addCalendarDays(from: string, n: number): string;
  /** The last millisecond of the local day of `at`. */
  endOfDay(at: string): string;
  isWorkingDay(at: string): boolean;
  /** `YYYY-MM-DD` in the tenant's time zone. */
  localDay(at: string): string;
}

/** The calendar has no working day within a year: it needs an administrator. */
export class CalendarNeverOpens extends Error {
  readonly code = 'CALENDAR_NEVER_OPENS';
  readonly retriable = false;
}

/** The calendar day of an instant, `YYYY-MM-DD`, in an IANA time zone. */
export function localDay(at: string, timeZone: string): string {
  return local(at, timeZone).toFormat('yyyy-MM-dd');
}

interface Opening {
  readonly from: DateTime;
  readonly to: DateTime;
}

const searchDays = 400;

export function workingTime(calendar: WorkingCalendar, timeZone: string): WorkingTime {
  const openingOn = openings(calendar);
  const beginningOfDay = beginningsOfDays(timeZone);
  const at = (instant: string): DateTime => local(instant, timeZone);

  /** The first opening that ends after `moment`. */
  const openingAfter = (moment: DateTime): Opening => {
    for (let ahead = 0; ahead <= searchDays; ahead += 1) {
      const opening = openingOn(moment.startOf('day').plus({ days: ahead }));
      if (opening !== undefined && opening.to > moment) return opening;
    }
    throw new CalendarNeverOpens('no working day within a year');
  };

  const endOfWorkingDay = remembering((day, n) => {
    let last = at(day);
    for (let left = n; left > 0; left -= 1) last = openingAfter(last.plus({ days: 1 })).from.startOf('day');
    return utc(last.endOf('day'));
  });
  const addWorkingDays = (from: string, n: number): string => {
    if (!Number.isInteger(n) || n < 0) throw new RangeError('working days are whole and not negative');
    return endOfWorkingDay(beginningOfDay(from), n);
  };

  const addWorkingHours = (from: string, hours: number): string => {
    if (!Number.isFinite(hours) || hours < 0) throw new RangeError('working hours are not negative');
    let moment = at(from);
    let left = Duration.fromObject({ hours }).toMillis();
    for (;;) {
      const opening = openingAfter(moment);
      const start = DateTime.max(moment, opening.from);
      const open = opening.to.toMillis() - start.toMillis();
      if (left <= open) return utc(start.plus({ milliseconds: left }));
      left -= open;
      moment = opening.to;
    }
  };

  return {
    isOpen: (instant) => openingAfter(at(instant)).from <= at(instant),
    nextOpening: remembering((instant) => utc(DateTime.max(at(instant), openingAfter(at(instant)).from))),
    addWorkingDays,
    addWorkingHours: remembering(addWorkingHours),
    addCalendarDays: remembering((from, n) => utc(at(from).plus({ days: n }))),
    endOfDay: (instant) => utc(at(instant).endOf('day')),
    isWorkingDay: (instant) => openingOn(at(instant).startOf('day')) !== undefined,
    localDay: (instant) => localDay(instant, timeZone),
  };
}

/** The time limits of a case are asked for at each of its events, from the same instants: what a calendar answered once it answers again. */
function remembering(
  answer: (instant: string, amount: number) => string,
): (instant: string, amount?: number) => string {
  const known = new LRUCache<string, string>({ max: 1_000 });
  return (instant, amount = 0) => {
    const question = `${instant} ${amount}`;
    const before = known.get(question);
    if (before !== undefined) return before;
    const found = answer(instant, amount);
    known.set(question, found);
    return found;
  };
}

const daysKept = 50;

/**
 * The first instant of the local day that an instant lies in. Days that were asked about last are remembered: asking the time zone
 * database costs as much as everything else a limit needs, and nearly all questions are about a few days.
 */
function beginningsOfDays(timeZone: string): (instant: string) => string {
  const known: { readonly from: number; readonly to: number; readonly beginning: string }[] = [];
  return (instant) => {
    const at = Date.parse(instant);
    const before = known.find(({ from, to }) => from <= at && at < to);
    if (before !== undefined) return before.beginning;
    const day = local(instant, timeZone).startOf('day');
    const beginning = utc(day);
    known.unshift({ from: day.toMillis(), to: day.plus({ days: 1 }).startOf('day').toMillis(), beginning });
    known.length = Math.min(known.length, daysKept);
    return beginning;
  };
}

/** The opening of a local day, given by its first instant; undefined on weekends and holidays. */
function openings(calendar: WorkingCalendar): (day: DateTime) => Opening | undefined {
  const weekend = new Set<number>(calendar.weekend);
  const holidays = new Set(calendar.holidays.map((holiday) => holiday.day));
  return (day) => {
    const date = day.toFormat('yyyy-MM-dd');
    if (weekend.has(day.weekday) || holidays.has(date)) return undefined;
    const period = calendar.periods.find((p) => p.from <= date && date <= p.to);
    const { from, to } = period?.hours ?? calendar.hours;
    return { from: clockTime(day, from), to: clockTime(day, to) };
  };
}

/** `24:00` is the first instant of the next day. */
function clockTime(day: DateTime, time: string): DateTime {
  if (time === '24:00') return day.plus({ days: 1 }).startOf('day');
  return day.set({ hour: Number(time.slice(0, 2)), minute: Number(time.slice(3, 5)) });
}

function local(instant: string, timeZone: string): DateTime {
  const at = DateTime.fromISO(instant, { zone: timeZone });
  if (!at.isValid) throw new RangeError('not an RFC 3339 instant, or not a time zone');
  return at;
}

function utc(at: DateTime): string {
  return at.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
}
