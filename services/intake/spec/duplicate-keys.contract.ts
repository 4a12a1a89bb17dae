import { type DuplicateKeys } from '../src/application/duplicate-keys.port';

const first = '00000000-0000-4000-9000-000000000001';
const second = '00000000-0000-4000-9000-000000000002';

/** What every adapter of `DuplicateKeys` promises. */
export function duplicateKeysContract(name: string, make: () => DuplicateKeys): void {
  describe(`duplicate keys, ${name}`, () => {
    it('belong to the case that claimed them first', async () => {
      const keys = make();
      expect((await keys.claim('MUS', 'k1', first)).caseId).toBe(first);
      expect((await keys.claim('MUS', 'k1', second)).caseId).toBe(first);
      expect((await keys.claim('MUS', 'k1', first)).caseId).toBe(first);
    });

    it('are separate for each organisation', async () => {
      const keys = make();
      await keys.claim('MUS', 'k2', first);
      expect((await keys.claim('TOURISM', 'k2', second)).caseId).toBe(second);
    });

    it('pass on only from the case that holds them', async () => {
      const keys = make();
      await keys.claim('MUS', 'k3', first);
      expect(await keys.takeOver('MUS', 'k3', second, first)).toBe(false);
      expect(await keys.takeOver('MUS', 'k3', first, second)).toBe(true);
      expect((await keys.claim('MUS', 'k3', first)).caseId).toBe(second);
    });

    it('have one holder when twenty cases claim at once', async () => {
      const keys = make();
      const claims = Array.from({ length: 20 }, (_, n) =>
        keys.claim('MUS', 'k4', `00000000-0000-4000-9000-0000000001${String(n).padStart(2, '0')}`),
      );
      expect(new Set((await Promise.all(claims)).map((holder) => holder.caseId)).size).toBe(1);
    });

    it('tell how long they have been held', async () => {
      const keys = make();
      const { heldForMs } = await keys.claim('MUS', 'k5', first);
      expect(heldForMs).toBeGreaterThanOrEqual(0);
      expect(heldForMs).toBeLessThan(5_000);
    });
  });
}
