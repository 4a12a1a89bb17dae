import { profileFixture } from '@balagh/testing';
import { ProfileInvalid, parseProfile } from '@balagh/profile';

type Json = Record<string, unknown>;
const names = { ar: 'اختبار', en: 'test' };
const mus = () => profileFixture('MUS') as Json & Record<string, Json[]>;

function problemsOf(change: (file: Json & Record<string, Json[]>) => void): string[] {
  const file = mus();
  change(file);
  try {
    parseProfile(file);
    return [];
  } catch (error) {
    if (!(error instanceof ProfileInvalid)) throw error;
    return error.problems.map((p) => p.path);
  }
}
const add = (list: string, entry: Json) => (file: Json & Record<string, Json[]>) => {
  (file[list] ??= []).push(entry);
};
const rule = (changes: Json) => ({ id: 'NEW', when: { category: 'OTHER' }, ...changes });

describe('a profile file', () => {
  it('is valid as it stands', () => {
    expect(problemsOf(() => undefined)).toEqual([]);
  });

  it.each([undefined, null, 42, 'MUS', [], {}])('%j is no profile', (json) => {
    expect(() => parseProfile(json)).toThrow(ProfileInvalid);
  });

  it('every problem of the shape is listed with its path', () => {
    expect(
      problemsOf((file) => {
        file['country'] = 'OMAN' as never;
        (file['reminders'] as unknown as Json)['everyWorkingDays'] = 0;
        (file['channels'] ?? [])[0] = { code: 'lower', names, kind: 'PHONE' };
      }).sort(),
    ).toEqual(['channels.0.code', 'country', 'reminders.everyWorkingDays']);
  });

  it('an unknown part is refused, so a misspelt one is noticed', () => {
    expect(problemsOf((file) => Object.assign(file, { templtes: [] }))).toEqual(['(root)']);
  });

  it('defaults are filled in', () => {
    const channel = parseProfile(mus()).channels[0];
    expect(channel).toMatchObject({ enabled: true, selfService: false, reporterOptional: false });
  });
});

describe('what one part refers to must be in another', () => {
  it.each<[string, (file: Json & Record<string, Json[]>) => void, string[]]>([
    [
      'an owner',
      (f) => f['routing']?.unshift(rule({ owner: { kind: 'UNIT', code: 'NOBODY' } })),
      ['routing.0.owner.code'],
    ],
    [
      'an owner of that kind',
      (f) => f['routing']?.unshift(rule({ owner: { kind: 'UNIT', code: 'HAYA_WATER' } })),
      ['routing.0.owner.code'],
    ],
    [
      'a section of that directorate',
      (f) =>
        f['routing']?.unshift(
          rule({ owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-CLEANING' } }),
        ),
      ['routing.0.owner.section'],
    ],
    [
      'the body of a jurisdiction rule',
      add('jurisdiction', rule({ body: 'NOWHERE' })),
      ['jurisdiction.0.body'],
    ],
    ['the portal of a decline', add('declines', rule({ portal: 'NOWHERE' })), ['declines.0.portal']],
    [
      'a category in a condition',
      add('deadlines', { code: 'D', when: { category: 'X' }, from: 'DELIVERY', amount: 1, unit: 'HOURS' }),
      ['deadlines.1.when.category'],
    ],
    [
      'a channel in a list of a condition',
      add('declines', rule({ when: { channel: ['IVR', 'RADIO'] }, portal: 'P' })),
      ['declines.0.portal', 'declines.0.when.channel'],
    ],
    [
      'a fact that rules may ask for',
      add('deadlines', { code: 'D', when: { civilNumber: '1' }, from: 'DELIVERY', amount: 1, unit: 'HOURS' }),
      ['deadlines.1.when.civilNumber'],
    ],
    [
      'a sector of a category',
      add('categories', { code: 'NEW', names, sector: 'AIR' }),
      ['categories.10.sector'],
    ],
    [
      'a case type of a category',
      add('categories', { code: 'NEW', names, caseTypes: ['OBSTACLE'] }),
      ['categories.10.caseTypes.0'],
    ],
    ['a field of the form', add('requiredFields', { field: 'shoeSize', names }), ['requiredFields.6']],
    [
      'a field that can be compared',
      (f) => Object.assign(f, { duplicates: { policy: 'LINK', keys: ['shoeSize'] } }),
      ['duplicates.keys.0'],
    ],
    [
      'the unit of a liaison officer',
      add('liaisonOfficers', { owner: 'NOBODY', name: 'invented', contacts: {}, from: '2026-01-01' }),
      ['liaisonOfficers.0.owner'],
    ],
    [
      'a placeholder',
      add('templates', {
        code: 'T',
        trigger: 'CaseRegistered',
        recipient: 'REPORTER',
        ar: '{phone}',
        en: '',
      }),
      ['templates.11.ar'],
    ],
    [
      'a case event',
      add('templates', { code: 'T', trigger: 'CaseDispatched', recipient: 'REPORTER', ar: '', en: '' }),
      ['templates.11.trigger'],
    ],
    [
      'an event of a case, not of a message',
      add('templates', { code: 'T', trigger: 'MessageAccepted', recipient: 'REPORTER', ar: '', en: '' }),
      ['templates.11.trigger'],
    ],
  ])('%s', (_, change, expected) => {
    expect(problemsOf(change)).toEqual(expected);
  });

  it('a template may ask for a field of its own event, and for no other event’s', () => {
    const template = (trigger: string) => ({
      code: 'T',
      trigger,
      when: { outcome: 'RESOLVED' },
      recipient: 'REPORTER',
      ar: '',
      en: '',
    });
    expect(problemsOf(add('templates', template('CaseClosed')))).toEqual([]);
    expect(problemsOf(add('templates', template('CaseReopened')))).toEqual(['templates.11.when.outcome']);
  });

  it('a stage without a text, and a text without a stage', () => {
    expect(
      problemsOf((file) => {
        const texts = file['statusTexts'] as unknown as Json;
        delete texts['CLOSED'];
        texts['SLEEPING'] = names;
      }),
    ).toEqual(['statusTexts.CLOSED', 'statusTexts.SLEEPING']);
  });
});

describe('one code means one thing', () => {
  it.each<[string, (file: Json & Record<string, Json[]>) => void, string[]]>([
    ['channels', add('channels', { code: 'IVR', names, kind: 'IVR' }), ['channels.7.code']],
    ['categories', add('categories', { code: 'WATER', names }), ['categories.10.code']],
    [
      'deadlines',
      add('deadlines', { code: 'OWNER_REPLY', from: 'DELIVERY', amount: 1, unit: 'HOURS' }),
      ['deadlines.1.code'],
    ],
    [
      'templates',
      add('templates', { code: 'MUS_RESULT', trigger: 'ReplyIssued', recipient: 'REPORTER', ar: '', en: '' }),
      ['templates.11.code'],
    ],
    [
      'rules',
      (f) =>
        f['routing']?.unshift(rule({ id: 'DEFAULT_OWNER', owner: { kind: 'UNIT', code: 'UNIT-FOLLOW-UP' } })),
      ['routing.12.id'],
    ],
    ['parties of different kinds', add('units', { code: 'HAYA_WATER', names }), ['agencies.0.code']],
    ['escalation levels', add('escalation', { level: 1, to: 'X' }), ['escalation.2.level']],
  ])('%s', (_, change, expected) => {
    expect(problemsOf(change)).toEqual(expected);
  });

  it('a rule behind one that always holds is refused', () => {
    expect(problemsOf(add('routing', rule({ owner: { kind: 'UNIT', code: 'UNIT-FOLLOW-UP' } })))).toEqual([
      'routing.12',
    ]);
  });
});

describe('a calendar', () => {
  const withCalendar = (changes: Json) => (file: Json) => Object.assign(file['calendar'] as Json, changes);
  it.each<[string, Json, string[]]>([
    ['must leave a working day', { weekend: [1, 2, 3, 4, 5, 6, 7] }, ['calendar.weekend']],
    ['must open before it closes', { hours: { from: '14:00', to: '07:00' } }, ['calendar.hours']],
    [
      'has periods that end after they begin',
      { periods: [{ from: '2026-03-19', to: '2026-02-18', hours: { from: '09:00', to: '14:00' }, names }] },
      ['calendar.periods.0.to'],
    ],
    [
      'names a holiday once',
      {
        holidays: [
          { day: '2026-11-18', names },
          { day: '2026-11-18', names },
        ],
      },
      ['calendar.holidays.1.day'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(problemsOf(withCalendar(changes))).toEqual(expected);
  });

  it('lies in a time zone that exists', () => {
    expect(problemsOf((file) => Object.assign(file, { timeZone: 'Asia/Nowhere' }))).toEqual(['timeZone']);
  });
});

describe('case numbers', () => {
  const numbered = (change: Json) => (file: Json & Record<string, Json[]>) =>
    Object.assign(file['caseNumber'] as unknown as Json, change);

  it.each(['{prefix}-{year}-{number}', '{number}/{prefix}.{year}', 'RE_{prefix}{year}{number}'])(
    'may follow the pattern %s',
    (pattern) => {
      expect(problemsOf(numbered({ pattern, prefix: 'MUS-2' }))).toEqual([]);
    },
  );

  it.each([
    ['without the year, so that they come again', '{prefix}-{number}'],
    ['without the number', '{prefix}-{year}'],
    ['without the prefix', '{year}-{number}'],
    ['with the number twice', '{prefix}-{year}-{number}-{number}'],
    ['with a misspelt part', '{prefix}-{year}-{number}-{yyyy}'],
    ['with an open brace', '{prefix}-{year}-{number}{'],
    ['with small letters, which nobody finds', '{prefix}-{year}-no-{number}'],
    ['with a blank at the end', '{prefix}-{year}-{number} '],
  ])('are refused %s', (_what, pattern) => {
    expect(problemsOf(numbered({ pattern }))).toEqual(['caseNumber.pattern']);
  });

  it.each(['Mus', '', 'بلدية', 'MUS '])('have no prefix like %j', (prefix) => {
    expect(problemsOf(numbered({ prefix }))).toEqual(['caseNumber.prefix']);
  });
});
