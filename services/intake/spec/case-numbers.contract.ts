import { type CaseNumbers } from '../src/application/case-numbers.port';

const caseIdOf = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;

/** What every adapter of `CaseNumbers` promises. */
export function caseNumbersContract(name: string, make: () => CaseNumbers): void {
  describe(`case numbers, ${name}`, () => {
    it('count from 1 for each organisation and year', async () => {
      const numbers = make();
      expect(await numbers.reserve('MUS', '2026', caseIdOf(1))).toEqual({ year: '2026', number: 1 });
      expect(await numbers.reserve('MUS', '2026', caseIdOf(2))).toEqual({ year: '2026', number: 2 });
      expect(await numbers.reserve('MUS', '2027', caseIdOf(3))).toEqual({ year: '2027', number: 1 });
      expect(await numbers.reserve('QAT-MME', '2026', caseIdOf(4))).toEqual({ year: '2026', number: 1 });
    });

    it('stay with their case, even in the next year', async () => {
      const numbers = make();
      const first = await numbers.reserve('MUS', '2026', caseIdOf(11));
      expect(await numbers.reserve('MUS', '2026', caseIdOf(11))).toEqual(first);
      expect(await numbers.reserve('MUS', '2027', caseIdOf(11))).toEqual(first);
    });

    it('are unique when fifty cases ask at once', async () => {
      const numbers = make();
      const reserved = await Promise.all(
        Array.from({ length: 50 }, (_, n) => numbers.reserve('TOURISM', '2026', caseIdOf(100 + n))),
      );
      expect(new Set(reserved.map((r) => r.number)).size).toBe(50);
    });

    it('are one when one case asks many times at once', async () => {
      const numbers = make();
      const reserved = await Promise.all(
        Array.from({ length: 20 }, () => numbers.reserve('KWT-MOCI', '2026', caseIdOf(200))),
      );
      expect(new Set(reserved.map((r) => r.number)).size).toBe(1);
    });

    it('go on above a number that was raised, and are never lowered', async () => {
      const numbers = make();
      await numbers.raise('KWT-PAMA', '2026', 480);
      await numbers.raise('KWT-PAMA', '2026', 7);
      expect(await numbers.reserve('KWT-PAMA', '2026', caseIdOf(301))).toEqual({ year: '2026', number: 481 });
    });

    it('remember how far the store was searched', async () => {
      const numbers = make();
      expect(await numbers.searchedTo()).toBeUndefined();
      await numbers.markSearched('00000000000000000007');
      await numbers.markSearched('00000000000000000012');
      expect(await numbers.searchedTo()).toBe('00000000000000000012');
    });
  });
}
