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

  it.each([
    ['شارع  السُّوق، محل ١٢', 'شارع السوق محل 12'],
    ['إدارة الأسواق', 'اداره الاسواق'],
    ['  Shop-12, MAIN street ', 'shop 12 main street'],
    ['مـــحل على', 'محل علي'],
  ])('%s compares as %s', (input, expected) => {
    expect(normaliseText(input)).toBe(expected);
  });
});
