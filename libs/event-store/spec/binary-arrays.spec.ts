import { integerArray, textArray, uuidArray } from '../src/postgres/binary-arrays';

describe('arrays in the binary format of PostgreSQL', () => {
  it('name the type, the number and the first index, then each length and value', () => {
    expect(integerArray([7, -1]).toString('hex')).toBe(
      [
        '00000001',
        '00000000',
        '00000017',
        '00000002',
        '00000001',
        '00000004',
        '00000007',
        '00000004',
        'ffffffff',
      ].join(''),
    );
    expect(uuidArray(['3f1f8f0e-1111-4111-8111-111111111111']).toString('hex')).toBe(
      '0000000100000000' + '00000b860000000100000001' + '00000010' + '3f1f8f0e111141118111111111111111',
    );
  });

  it('count bytes of text, not characters, and mark what is missing', () => {
    expect(textArray(['بلاغ', null, '']).toString('hex')).toBe(
      '0000000100000001' +
        '000000190000000300000001' +
        '00000008' +
        'd8a8d984d8a7d8ba' +
        'ffffffff' +
        '00000000',
    );
  });
});
