import { normaliseDigits, normalisePhone, normaliseText } from '@balagh/privacy';

describe('phones', () => {
  it.each([
    ['+968 9000 0001', 'OM', '+96890000001'],
    ['9000 0001', 'OM', '+96890000001'],
    ['٩٠٠٠ ٠٠٠١', 'OM', '+96890000001'],
    ['۹۰۰۰۰۰۰۱', 'OM', '+96890000001'],
    ['+٩٦٨ ٩٠٠٠-٠٠٠١', 'KW', '+96890000001'],
    ['00968 90000001', 'OM', '+96890000001'],
    ['(+968) 9000-0001', 'om', '+96890000001'],
    ['55000001', 'KW', '+96555000001'],
    ['\u202a+968 9000 0001\u202c', 'OM', '+96890000001'],
    ['\u200f٩٠٠٠\u200e ٠٠٠١\u200f', 'OM', '+96890000001'],
    ['\u2066+96890000001\u2069', 'KW', '+96890000001'],
    ['\u061c00968\u200b90000001\ufeff', 'KW', '+96890000001'],
  ])('%s in %s is %s', (input, region, expected) => {
    expect(normalisePhone(input, region)).toBe(expected);
  });

  it.each(['', 'abc', '1111', '+968', '123456789012345678901', '٩٠'])('%j is no phone', (input) => {
    expect(normalisePhone(input, 'OM')).toBeUndefined();
  });

  it('an unknown region still reads numbers that name their country', () => {
    expect(normalisePhone('+96890000001', 'ZZ')).toBe('+96890000001');
    expect(normalisePhone('90000001', 'ZZ')).toBeUndefined();
  });
});

describe('digits and spellings', () => {
  it('Arabic-Indic and Persian digits become 0–9, nothing else changes', () => {
    expect(normaliseDigits('رقم ٠١٢٣٤٥٦٧٨٩ و ۰۱۲۳۴۵۶۷۸۹ و 42')).toBe('رقم 0123456789 و 0123456789 و 42');
  });

  it('invisible marks around numbers are left out', () => {
    expect(normaliseDigits('\u200fMUS-٢٠٢٦-\u2067٠٠٠٠٠١\u2069\u061c')).toBe('MUS-2026-000001');
  });

  it.each([
    ['شارع  السُّوق، محل ١٢', 'شارع السوق محل 12'],
    ['إدارة الأسواق', 'اداره الاسواق'],
    ['  Shop-12, MAIN street ', 'shop 12 main street'],
    ['مـــحل على', 'محل علي'],
    ['\u200fمحل\u200e 12', 'محل 12'],
    ['محل\u200b12', 'محل 12'],
  ])('%s compares as %s', (input, expected) => {
    expect(normaliseText(input)).toBe(expected);
  });
});
