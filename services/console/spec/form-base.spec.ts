import { type CasePage } from '../src/api/types';
import { baseOf, fillingOf, mergePage } from '../src/cases/form-base';

const page = (decisionVersion: number, form: CasePage['form']): CasePage =>
  ({ case: { decisionVersion }, form }) as CasePage;
const before = page(4, {
  phone: '90000001',
  details: 'a leak',
  directorate: 'DIR-ROADS',
  section: 'SEC-LIGHTING',
});
const base = baseOf(before);

describe('what a form sends', () => {
  it('is only what differs from what the person saw, under the version that the person saw', () => {
    const mine = { ...base.answers, details: 'a leak before the school', needFlags: ['ELDERLY'] };
    expect(fillingOf(base, mine)).toMatchObject({
      decisionVersion: 4,
      answers: { details: 'a leak before the school', needFlags: ['ELDERLY'] },
    });
    expect(Object.keys(fillingOf(base, mine)?.answers ?? {}).sort()).toEqual(['details', 'needFlags']);
  });

  it('is nothing where nothing differs, and no half of a place', () => {
    expect(fillingOf(base, base.answers)).toBeUndefined();
    expect(fillingOf(base, { ...base.answers, latitude: '23.5' })).toBeUndefined();
    expect(fillingOf(base, { ...base.answers, latitude: '23.5', longitude: '58.4' })?.answers).toEqual({
      location: { latitude: 23.5, longitude: 58.4 },
    });
  });

  it('is an empty text for an emptied one', () => {
    expect(fillingOf(base, { ...base.answers, phone: ' ' })?.answers).toEqual({ phone: '' });
  });

  it('is no place for a place that was taken away', () => {
    const placed = baseOf(page(4, { location: { latitude: 23.5, longitude: 58.4 } }));
    expect(fillingOf(placed, { ...placed.answers, latitude: '', longitude: '' })?.answers).toEqual({
      location: null,
    });
  });

  it('becomes the base under the version that the answer brings, without what was left out', () => {
    const mine = { ...base.answers, details: 'two leaks', latitude: '23.5' };
    const next = fillingOf(base, mine)?.baseAt(5);
    expect(next).toEqual({ decisionVersion: 5, answers: { ...base.answers, details: 'two leaks' } });
  });
});

describe('a page that was read again', () => {
  const mine = { ...base.answers, details: 'a leak, and more' };

  it('brings other people’s answers where nobody touched them here', () => {
    const latest = page(5, { ...before.form, phone: '95555555' });
    expect(mergePage(base, latest, mine)).toEqual({
      base: baseOf(latest),
      taken: { phone: '95555555' },
      contested: [],
    });
    expect(fillingOf(baseOf(latest), { ...mine, phone: '95555555' })).toMatchObject({
      decisionVersion: 5,
      answers: { details: 'a leak, and more' },
    });
  });

  it('contests what both changed differently, not what both changed alike', () => {
    const latest = page(5, { ...before.form, phone: '95555555', details: 'a burst pipe' });
    const both = { ...mine, phone: '95555555' };
    expect(mergePage(base, latest, both)).toEqual({
      base: baseOf(latest),
      taken: {},
      contested: ['details'],
    });
  });

  it('contests a directorate and its section as one', () => {
    const latest = page(5, { ...before.form, section: 'SEC-MAINTENANCE' });
    const elsewhere = { ...base.answers, directorate: 'DIR-SERVICES', section: '' };
    expect(mergePage(base, latest, elsewhere)).toMatchObject({ taken: {}, contested: ['directorate'] });
  });

  it('under the version of own answers shows how the service writes them, and keeps what was typed since', () => {
    const saved = fillingOf(base, { ...base.answers, phone: '٩٥', details: ' first half ' })?.baseAt(5);
    const latest = page(5, { ...before.form, phone: '95', details: 'first half' });
    expect(mergePage(saved!, latest, { ...saved!.answers, details: ' first half, second' })).toEqual({
      base: baseOf(latest),
      taken: { phone: '95' },
      contested: [],
    });
  });

  it('tells nothing when it is older than own answers, or the same', () => {
    const saved = fillingOf(base, mine)?.baseAt(5);
    expect(mergePage(saved!, before, mine)).toBeUndefined();
    expect(mergePage(base, before, mine)).toBeUndefined();
  });
});
