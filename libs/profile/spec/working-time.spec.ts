import {
  CalendarNeverOpens,
  type WorkingCalendar,
  calendarSchema,
  localDay,
  workingTime,
} from '@balagh/profile';

type Input = Partial<{ [K in keyof WorkingCalendar]: unknown }>;
const calendar = (changes: Input = {}): WorkingCalendar =>
  calendarSchema.parse({ weekend: [5, 6], hours: { from: '07:30', to: '14:30' }, ...changes });
const names = { ar: 'اختبار', en: 'test' };

/** May 2026: the 1st is a Friday. */
const oman = workingTime(calendar(), 'Asia/Muscat');

describe('a Friday–Saturday weekend in Oman', () => {
  it('Thursday and three working days is the end of Tuesday', () => {
    expect(oman.addWorkingDays('2026-05-07T05:00:00.000Z', 3)).toBe('2026-05-12T19:59:59.999Z');
  });

  it.each([
    ['one working day after Thursday is Sunday', '2026-05-07T05:00:00.000Z', 1, '2026-05-10T19:59:59.999Z'],
    ['one working day after Friday is Sunday', '2026-05-08T05:00:00.000Z', 1, '2026-05-10T19:59:59.999Z'],
    ['the hour of the first day does not matter', '2026-05-07T19:59:59.999Z', 1, '2026-05-10T19:59:59.999Z'],
    ['the day begins at local midnight', '2026-05-07T20:00:00.000Z', 1, '2026-05-10T19:59:59.999Z'],
    ['Saturday 23:00 UTC is Sunday there', '2026-05-09T23:00:00.000Z', 1, '2026-05-11T19:59:59.999Z'],
    ['five working days are a week', '2026-05-05T05:00:00.000Z', 5, '2026-05-12T19:59:59.999Z'],
    ['no working day is the end of the same day', '2026-05-08T05:00:00.000Z', 0, '2026-05-08T19:59:59.999Z'],
    ['across the year', '2026-12-31T05:00:00.000Z', 2, '2027-01-04T19:59:59.999Z'],
  ])('%s', (_, from, n, expected) => {
    expect(oman.addWorkingDays(from, n)).toBe(expected);
  });

  it.each([
    ['2026-05-10T03:29:59.999Z', false],
    ['2026-05-10T03:30:00.000Z', true],
    ['2026-05-10T10:29:59.999Z', true],
    ['2026-05-10T10:30:00.000Z', false],
    ['2026-05-08T06:00:00.000Z', false],
  ])('at %s the office is open: %s', (at, open) => {
    expect(oman.isOpen(at)).toBe(open);
  });

  it('the next opening after Friday 22:00 is Sunday 07:30', () => {
    expect(oman.nextOpening('2026-05-08T18:00:00.000Z')).toBe('2026-05-10T03:30:00.000Z');
  });

  it('while open, the next opening is now; after closing, tomorrow', () => {
    expect(oman.nextOpening('2026-05-10T05:00:00.000Z')).toBe('2026-05-10T05:00:00.000Z');
    expect(oman.nextOpening('2026-05-10T02:00:00.000Z')).toBe('2026-05-10T03:30:00.000Z');
    expect(oman.nextOpening('2026-05-10T10:30:00.000Z')).toBe('2026-05-11T03:30:00.000Z');
  });

  it.each([
    ['within a day', '2026-05-10T05:00:00.000Z', 2, '2026-05-10T07:00:00.000Z'],
    ['up to the closing instant', '2026-05-10T03:30:00.000Z', 7, '2026-05-10T10:30:00.000Z'],
    ['over night', '2026-05-10T09:30:00.000Z', 2, '2026-05-11T04:30:00.000Z'],
    ['over the weekend', '2026-05-07T09:30:00.000Z', 2, '2026-05-10T04:30:00.000Z'],
    ['from a closed hour', '2026-05-08T09:00:00.000Z', 1, '2026-05-10T04:30:00.000Z'],
    ['several days', '2026-05-10T03:30:00.000Z', 21, '2026-05-12T10:30:00.000Z'],
  ])('working hours run only while open: %s', (_, from, hours, expected) => {
    expect(oman.addWorkingHours(from, hours)).toBe(expected);
  });

  it('calendar days keep the hour and do not ask for weekends', () => {
    expect(oman.addCalendarDays('2026-03-01T07:00:00.000Z', 30)).toBe('2026-03-31T07:00:00.000Z');
  });
});

describe('holidays', () => {
  const eid = ['2026-05-26', '2026-05-27', '2026-05-28'].map((day) => ({ day, names }));

  it('a holiday is no working day', () => {
    const withEid = workingTime(calendar({ holidays: eid }), 'Asia/Muscat');
    expect(withEid.isOpen('2026-05-27T06:00:00.000Z')).toBe(false);
    expect(withEid.isWorkingDay('2026-05-27T06:00:00.000Z')).toBe(false);
    expect(withEid.nextOpening('2026-05-26T06:00:00.000Z')).toBe('2026-05-31T03:30:00.000Z');
  });

  it('an Eid announced late moves a deadline that was already computed', () => {
    const registered = '2026-05-24T06:00:00.000Z';
    expect(oman.addWorkingDays(registered, 3)).toBe('2026-05-27T19:59:59.999Z');
    expect(workingTime(calendar({ holidays: eid }), 'Asia/Muscat').addWorkingDays(registered, 3)).toBe(
      '2026-06-01T19:59:59.999Z',
    );
  });

  it('one more day of Eid moves it by one working day', () => {
    const longer = [...eid, { day: '2026-05-31', names }];
    expect(
      workingTime(calendar({ holidays: longer }), 'Asia/Muscat').addWorkingDays(
        '2026-05-24T06:00:00.000Z',
        3,
      ),
    ).toBe('2026-06-02T19:59:59.999Z');
  });
});

describe('Ramadan hours', () => {
  const ramadan = { from: '2026-02-18', to: '2026-03-19', hours: { from: '09:00', to: '14:00' }, names };
  const time = workingTime(calendar({ periods: [ramadan] }), 'Asia/Muscat');

  it('apply from the first to the last day of the period', () => {
    expect(time.nextOpening('2026-02-16T20:30:00.000Z')).toBe('2026-02-17T03:30:00.000Z');
    expect(time.nextOpening('2026-02-17T20:30:00.000Z')).toBe('2026-02-18T05:00:00.000Z');
    expect(time.isOpen('2026-03-19T10:15:00.000Z')).toBe(false);
    expect(time.isOpen('2026-03-22T10:15:00.000Z')).toBe(true);
  });

  it('shorten working hours but not working days', () => {
    expect(time.addWorkingHours('2026-02-18T05:00:00.000Z', 7)).toBe('2026-02-19T07:00:00.000Z');
    expect(time.addWorkingDays('2026-02-18T05:00:00.000Z', 1)).toBe('2026-02-19T19:59:59.999Z');
  });

  it('do not open weekends', () => {
    expect(time.isOpen('2026-02-20T06:00:00.000Z')).toBe(false);
  });
});

describe('round the clock', () => {
  const always = workingTime(calendar({ weekend: [], hours: { from: '00:00', to: '24:00' } }), 'Asia/Qatar');

  it('is open at Friday 03:10, at midnight and a moment before', () => {
    for (const at of ['2026-05-08T00:10:00.000Z', '2026-05-08T21:00:00.000Z', '2026-05-08T20:59:59.999Z']) {
      expect(always.isOpen(at)).toBe(true);
      expect(always.nextOpening(at)).toBe(at);
    }
  });

  it('every hour is a working hour, every day a working day', () => {
    expect(always.addWorkingHours('2026-05-08T00:10:00.000Z', 72)).toBe('2026-05-11T00:10:00.000Z');
    expect(always.addWorkingDays('2026-05-07T05:00:00.000Z', 3)).toBe('2026-05-10T20:59:59.999Z');
  });
});

describe('a zone with daylight saving (Berlin, forward on 29 March 2026, back on 25 October)', () => {
  const hours = { from: '08:00', to: '16:00' };
  const time = workingTime(calendar({ weekend: [6, 7], hours }), 'Europe/Berlin');
  const always = workingTime(
    calendar({ weekend: [], hours: { from: '00:00', to: '24:00' } }),
    'Europe/Berlin',
  );

  it('opens at the same local hour on both sides of the change', () => {
    expect(time.nextOpening('2026-03-27T20:00:00.000Z')).toBe('2026-03-30T06:00:00.000Z');
    expect(time.nextOpening('2026-03-26T20:00:00.000Z')).toBe('2026-03-27T07:00:00.000Z');
    expect(time.nextOpening('2026-10-23T20:00:00.000Z')).toBe('2026-10-26T07:00:00.000Z');
  });

  it('calendar days keep the local hour', () => {
    expect(time.addCalendarDays('2026-03-28T09:00:00.000Z', 1)).toBe('2026-03-29T08:00:00.000Z');
  });

  it('the day of the change ends at local midnight', () => {
    expect(always.addWorkingDays('2026-03-28T12:00:00.000Z', 1)).toBe('2026-03-29T21:59:59.999Z');
  });

  it('working hours are real hours: the day of the change has 23, the other 25', () => {
    expect(always.addWorkingHours('2026-03-28T23:00:00.000Z', 23)).toBe('2026-03-29T22:00:00.000Z');
    expect(always.addWorkingHours('2026-10-24T22:00:00.000Z', 25)).toBe('2026-10-25T23:00:00.000Z');
  });
});

describe('limits', () => {
  it('a calendar without a working day says so instead of searching for ever', () => {
    const never = workingTime(calendar({ weekend: [1, 2, 3, 4, 5, 6, 7] }), 'Asia/Muscat');
    expect(() => never.addWorkingDays('2026-05-07T05:00:00.000Z', 1)).toThrow(CalendarNeverOpens);
    expect(() => never.nextOpening('2026-05-07T05:00:00.000Z')).toThrow(CalendarNeverOpens);
    expect(() => never.addWorkingHours('2026-05-07T05:00:00.000Z', 1)).toThrow(CalendarNeverOpens);
  });

  it.each([-1, 1.5, Number.NaN])('%s working days are refused', (n) => {
    expect(() => oman.addWorkingDays('2026-05-07T05:00:00.000Z', n)).toThrow(RangeError);
  });

  it.each(['', 'yesterday', '2026-13-01T00:00:00.000Z'])('%j is no instant', (at) => {
    expect(() => oman.nextOpening(at)).toThrow(RangeError);
  });

  it('the local day follows the zone, not UTC', () => {
    expect(localDay('2026-12-31T20:30:00.000Z', 'Asia/Muscat')).toBe('2027-01-01');
    expect(localDay('2026-12-31T20:30:00.000Z', 'UTC')).toBe('2026-12-31');
    expect(oman.localDay('2026-05-31T19:59:59.999Z')).toBe('2026-05-31');
  });
});
