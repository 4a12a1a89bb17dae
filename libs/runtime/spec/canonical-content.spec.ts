import { InvalidMessage } from '../src';
import { canonicalContent } from '../src/calls/canonical-content';

const same = (one: unknown, other: unknown): boolean => canonicalContent(one) === canonicalContent(other);

describe('what a request says', () => {
  it('is the same whatever the order of its fields, and whatever its envelope', () => {
    const said = { caseId: 'x', form: { phone: '+96890000001', category: 'WATER' } };
    const again = { form: { category: 'WATER', phone: '+96890000001' }, caseId: 'x' };
    expect(same(said, again)).toBe(true);
    expect(same({ ...said, header: { expectedDecisionVersion: 3 } }, again)).toBe(true);
    expect(same({ ...said, commandId: 'one' }, { ...again, commandId: 'two' })).toBe(true);
    expect(same({ ...said, note: undefined }, again)).toBe(true);
  });

  it.each<readonly [string, unknown, unknown]>([
    ['a value', { note: 'a' }, { note: 'b' }],
    ['a place', { note: 'a', reason: '' }, { note: '', reason: 'a' }],
    ['a type', { flag: true }, { flag: 'true' }],
    ['the order of a list', ['a', 'b'], ['b', 'a']],
    ['a list and an object', ['a'], { 0: 'a' }],
    ['one byte', { content: new Uint8Array([1, 2]) }, { content: Buffer.from([1, 3]) }],
    ['a header further in', { form: { header: 'a' } }, { form: { header: 'b' } }],
    ['nothing and null', {}, { note: null }],
    ['a name that every object has', { form: { __proto__: null, x: 1 } }, { form: {} }],
  ])('is another thing when %s differs', (_what, one, other) => {
    expect(same(one, other)).toBe(false);
  });

  it('holds no bytes of a file, only their digest', () => {
    expect(canonicalContent({ content: Buffer.from('سري') })).toMatch(
      /^\{"content":\{"sha256":"[0-9a-f]{64}"\}\}$/,
    );
  });

  it('is refused when it is nested without end', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => canonicalContent({ deep })).toThrow(InvalidMessage);
  });

  it('may be nothing at all', () => {
    expect(canonicalContent(undefined)).toBe('');
  });
});
