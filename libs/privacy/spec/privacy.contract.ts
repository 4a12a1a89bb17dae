import {
  type KeyEncryption,
  type Privacy,
  SealBroken,
  SubjectErased,
  SubjectUnknown,
  isSealed,
  subjectOf,
} from '@balagh/privacy';

const anna = '0b6f2f0e-0000-4000-8000-000000000001';
const badr = '0b6f2f0e-0000-4000-8000-000000000002';
const plain = 'سالم بن خلفان — +968 9000 0001';

/** What every adapter of `Privacy` promises. */
export function privacyContract(name: string, make: () => Promise<Privacy> | Privacy): void {
  describe(`privacy: ${name}`, () => {
    let privacy: Privacy;
    beforeEach(async () => {
      privacy = await make();
      await privacy.mint(anna, 'MUS');
      await privacy.mint(badr, 'MUS');
    });

    it('opens what it sealed, and the sealed form shows only the subject', async () => {
      const sealed = await privacy.seal(anna, plain);
      expect(sealed).toMatch(/^sealed:v1:[A-Za-z0-9-]+:[A-Za-z0-9_-]+$/);
      expect(isSealed(sealed)).toBe(true);
      expect(subjectOf(sealed)).toBe(anna);
      expect(sealed).not.toContain('9000');
      expect(await privacy.open(sealed)).toBe(plain);
    });

    it('seals the empty text', async () => {
      expect(await privacy.open(await privacy.seal(anna, ''))).toBe('');
    });

    it('never seals the same value to the same text twice', async () => {
      expect(await privacy.seal(anna, plain)).not.toBe(await privacy.seal(anna, plain));
    });

    it('minting again keeps the first key', async () => {
      const sealed = await privacy.seal(anna, plain);
      await privacy.mint(anna, 'MUS');
      expect(await privacy.open(sealed)).toBe(plain);
    });

    it('minting says whether it committed the key', async () => {
      const third = '0b6f2f0e-0000-4000-8000-000000000003';
      const minted = await Promise.all([privacy.mint(third, 'MUS'), privacy.mint(third, 'MUS')]);
      expect(minted.filter(Boolean)).toHaveLength(1);
      await privacy.erase(third);
      expect(await privacy.mint(third, 'MUS')).toBe(false);
    });

    it('seals what is present in a record and leaves out what is not', async () => {
      const sealed = await privacy.sealAll(anna, { phone: '+96890000001', email: undefined });
      expect(Object.keys(sealed)).toEqual(['phone']);
      expect(await privacy.open(sealed.phone ?? '')).toBe('+96890000001');
    });

    it('fingerprints a text for one subject: equal texts alike, others and other subjects’ apart, without the text', async () => {
      const print = await privacy.fingerprint(anna, plain);
      expect(print).toMatch(/^[\w-]{22}$/);
      expect(await privacy.fingerprint(anna, plain)).toBe(print);
      expect(await privacy.fingerprint(anna, `${plain} `)).not.toBe(print);
      expect(await privacy.fingerprint(badr, plain)).not.toBe(print);
    });

    it('knows no fingerprint of an erased subject any more', async () => {
      await privacy.erase(anna);
      expect(await privacy.fingerprint(anna, plain)).toBeUndefined();
      expect(await privacy.fingerprint(badr, plain)).toBeDefined();
    });

    it('refuses an altered value', async () => {
      const sealed = await privacy.seal(anna, plain);
      const end = sealed.at(-5) === 'A' ? 'B' : 'A';
      await expect(privacy.open(sealed.slice(0, -5) + end + sealed.slice(-4))).rejects.toBeInstanceOf(
        SealBroken,
      );
    });

    it('refuses a value that is passed off as another subject’s', async () => {
      const sealed = await privacy.seal(anna, plain);
      await expect(privacy.open(sealed.replace(anna, badr))).rejects.toBeInstanceOf(SealBroken);
    });

    it.each(['', 'hello', 'sealed:v1:', `sealed:v1:${anna}:`, `sealed:v1:${anna}:AAAA`])(
      'refuses %j, which was never sealed',
      async (text) => {
        await expect(privacy.open(text)).rejects.toBeInstanceOf(SealBroken);
      },
    );

    it('seals bytes and refuses them under another subject', async () => {
      const bytes = Uint8Array.from([0, 255, 1, 254]);
      const sealed = await privacy.sealBytes(anna, bytes);
      expect([...(await privacy.openBytes(anna, sealed))]).toEqual([...bytes]);
      await expect(privacy.openBytes(badr, sealed)).rejects.toBeInstanceOf(SealBroken);
    });

    it('refuses to seal for a subject without a key', async () => {
      await expect(privacy.seal('0b6f2f0e-0000-4000-8000-000000000009', plain)).rejects.toBeInstanceOf(
        SubjectUnknown,
      );
    });

    it('an erased subject stays erased: nothing opens, nothing seals, minting does not bring it back', async () => {
      const sealed = await privacy.seal(anna, plain);
      await privacy.erase(anna);
      await privacy.erase(anna);
      await privacy.mint(anna, 'MUS');
      await expect(privacy.open(sealed)).rejects.toBeInstanceOf(SubjectErased);
      await expect(privacy.seal(anna, plain)).rejects.toBeInstanceOf(SubjectErased);
      expect(await privacy.openOrErased(sealed)).toBeUndefined();
    });

    it('erasing one subject leaves the others', async () => {
      const sealed = await privacy.seal(badr, plain);
      await privacy.erase(anna);
      expect(await privacy.openOrErased(sealed)).toBe(plain);
    });

    it('an altered value is not shown as an erased one', async () => {
      await expect(privacy.openOrErased(`sealed:v1:${anna}:AAAA`)).rejects.toBeInstanceOf(SealBroken);
    });

    it('blind indexes are equal for equal values of one tenant and purpose only', async () => {
      const index = await privacy.blindIndex('MUS', 'phone', '+96890000001');
      expect(index).toMatch(/^[0-9a-f]{64}$/);
      expect(await privacy.blindIndex('MUS', 'phone', '+96890000001')).toBe(index);
      const others = await Promise.all([
        privacy.blindIndex('TOURISM', 'phone', '+96890000001'),
        privacy.blindIndex('MUS', 'civilNumber', '+96890000001'),
        privacy.blindIndex('MUS', 'phone', '+96890000002'),
      ]);
      expect(new Set([index, ...others]).size).toBe(4);
    });

    it('errors never show the value', async () => {
      const sealed = await privacy.seal(anna, plain);
      await privacy.erase(anna);
      const failures = await Promise.allSettled([
        privacy.open(sealed),
        privacy.seal(anna, plain),
        privacy.open(plain),
      ]);
      const texts = failures.map((f) => (f.status === 'rejected' ? String(f.reason) : 'no failure'));
      expect(texts).toHaveLength(3);
      for (const text of texts) expect(text).not.toMatch(/no failure|سالم|9000|sealed:v1/);
    });
  });
}

/** Wraps nothing at all; counts calls and can be made to fail. For specifications of what stands on it. */
export function fakeKeyEncryption(): KeyEncryption & { calls: number; broken: boolean } {
  const fake = {
    currentVersion: 'v1',
    calls: 0,
    broken: false,
    wrap: async (plainKey: Uint8Array) => ({ version: 'v1', wrapped: await fake.unwrap('v1', plainKey) }),
    unwrap: async (_version: string, wrapped: Uint8Array) => {
      fake.calls += 1;
      if (fake.broken) throw new Error('connection refused');
      return wrapped;
    },
  };
  return fake;
}
