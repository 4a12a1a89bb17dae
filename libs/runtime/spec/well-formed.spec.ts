import { InvalidMessage, demandUnicode } from '../src';

const problem = (value: unknown): unknown => {
  try {
    demandUnicode(value);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMessage) return [error.code, error.problems];
    throw error;
  }
};

describe('texts that cannot be stored', () => {
  it.each([
    ['a nul', { form: { details: 'a\0b' } }, 'form.details'],
    ['a lone surrogate', { clauses: ['ok', 'x\ud800'] }, 'clauses.1'],
    ['a name with a nul', { form: { 'a\0': 1 } }, 'form'],
  ])('are refused where they stand: %s', (_what, value, path) => {
    expect(problem(value)).toEqual(['TEXT_NOT_UNICODE', [{ path, problem: 'NOT_UNICODE' }]]);
  });

  it('are none of: other scripts, pairs of surrogates, direction marks, bytes, nothing', () => {
    expect(
      problem({ a: 'بلاغ 🧑‍🚒 \u202E', b: Buffer.from([0, 0xff]), c: null, d: undefined, e: 1 }),
    ).toBeUndefined();
  });

  it('are found in a hundred thousand levels without a fall', () => {
    let deep: unknown = 'x\0';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(problem(deep)).toMatchObject(['TEXT_NOT_UNICODE', [{ problem: 'NOT_UNICODE' }]]);
  });
});
