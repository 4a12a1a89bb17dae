import { type Line, breaksLineSeparation, linePairs, linesHeldBy } from '../src';

const acted = (line: Line, id: string, kind: 'staff' | 'partner' | 'reporter' | 'system' = 'staff') => ({
  metadata: { line, actor: { kind, id, organisation: 'MUS' } },
});
const peoples: readonly Line[] = ['1', '2', '3'];

describe('the lines of one person on one case', () => {
  it('are those on which the account itself has acted, each once', () => {
    const history = [
      acted('1', 'mus.agent'),
      acted('1', 'mus.agent'),
      acted('2', 'mus.distributor'),
      acted('3', 'mus.agent'),
      {},
    ];
    expect(linesHeldBy('mus.agent', history)).toEqual(['1', '3']);
    expect(linesHeldBy('mus.supervisor', history)).toEqual([]);
  });

  it('do not come from machines, agencies or reporters who happen to have the same name', () => {
    const history = [
      acted('system', 'mus.agent'),
      acted('1', 'mus.agent', 'reporter'),
      acted('partner', 'mus.agent', 'partner'),
    ];
    expect(linesHeldBy('mus.agent', history)).toEqual([]);
  });

  it.each(peoples.flatMap((line) => peoples.map((held) => [line, held] as const)))(
    'acting on line %s after line %s is refused, unless it is the same or the organisation says so',
    (line, held) => {
      const pair = linePairs.find((known) => known === [line, held].sort().join('+'));
      expect(breaksLineSeparation(line, [held], [])).toBe(line !== held);
      expect(breaksLineSeparation(line, [held], pair === undefined ? [] : [pair])).toBe(false);
      expect(
        breaksLineSeparation(
          line,
          [held],
          linePairs.filter((known) => known !== pair),
        ),
      ).toBe(line !== held);
    },
  );

  it('every line held counts: one permitted pair does not permit another', () => {
    expect(breaksLineSeparation('3', ['2', '1'], ['2+3'])).toBe(true);
    expect(breaksLineSeparation('3', ['2', '1'], ['2+3', '1+3'])).toBe(false);
  });

  it('what nobody of the lines does separates nobody', () => {
    expect(breaksLineSeparation('system', ['1', '2'], [])).toBe(false);
    expect(breaksLineSeparation('partner', ['1'], [])).toBe(false);
  });
});
