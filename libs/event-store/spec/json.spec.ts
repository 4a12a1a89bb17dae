import fc from 'fast-check';
import { InvalidEvent } from '../src/event-store.errors';
import { checkAppend, checkStreamName } from '../src/json/event-checks';
import { encodeJson } from '../src/json/encode-json';

describe('JSON that is stored', () => {
  it.each([
    ['undefined', undefined],
    ['an undefined member', { a: { b: undefined } }],
    ['a hole', [, 1]],
    ['BigInt', { n: 1n }],
    ['NaN', [NaN]],
    ['infinity', { n: Infinity }],
    ['minus zero', { n: -0 }],
    ['U+0000', { text: 'a\u0000b' }],
    ['U+0000 in a key', { 'a\u0000': 1 }],
    ['a lone high surrogate', ['\ud83d']],
    ['a lone low surrogate', ['\ude00x']],
    ['a function', { f: () => 1 }],
    ['a date', { at: new Date(0) }],
  ])('is never made of %s', (_, value) => {
    expect(() => encodeJson(value)).toThrow(InvalidEvent);
  });

  it('names the path of what it refuses, never the value', () => {
    expect(() => encodeJson({ form: { phones: ['+968 9000 0001', undefined] } })).toThrow(
      'form.phones.1: undefined',
    );
  });

  it('is accepted by every check once it was encoded', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        let text: string;
        try {
          text = encodeJson(value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidEvent);
          return;
        }
        expect(JSON.parse(text)).toEqual(value);
        checkAppend('spec-1', 'any', [
          { id: '00000000-0000-4000-8000-000000000001', type: 'T', data: text, metadata: text },
        ]);
      }),
    );
  });
});

describe('stream names', () => {
  it.each(['case-1', 'profile-KWT-MOCI', 'message-0b0e'])('%s is one', (name) => {
    expect(() => checkStreamName(name)).not.toThrow();
  });
  it.each(['case', '-1', 'case-', 'case-a b', 'حالة-1', '1case-1', `case-${'x'.repeat(200)}`])(
    '%j is none',
    (name) => {
      expect(() => checkStreamName(name)).toThrow(InvalidEvent);
    },
  );
});
