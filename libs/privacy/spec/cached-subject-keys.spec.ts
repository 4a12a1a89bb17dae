import { type SubjectKeys } from '../src/subject-keys.port';
import { cachedSubjectKeys } from '../src/cached-subject-keys';

const key = (n: number) => new Uint8Array(32).fill(n);

function counting(answers: Record<string, Uint8Array>): SubjectKeys & { asked: string[]; erased: string[] } {
  const asked: string[] = [];
  const erased: string[] = [];
  return {
    asked,
    erased,
    mint: async () => undefined,
    keyOf: async (id) => {
      asked.push(id);
      const found = answers[id];
      if (found === undefined) throw new Error('down');
      return found;
    },
    erase: async (id) => {
      erased.push(id);
    },
  };
}

describe('keys kept for moments', () => {
  it('a key is asked for again when its time to live is over', async () => {
    const source = counting({ a: key(1) });
    let now = 0;
    const keys = cachedSubjectKeys(source, { size: 10, ttlMs: 5_000 }, () => now);
    await keys.keyOf('a');
    now = 4_999;
    await keys.keyOf('a');
    expect(source.asked).toEqual(['a']);
    now = 5_000;
    await keys.keyOf('a');
    expect(source.asked).toEqual(['a', 'a']);
  });

  it('the key unused for longest goes first', async () => {
    const source = counting({ a: key(1), b: key(2), c: key(3) });
    const keys = cachedSubjectKeys(source, { size: 2, ttlMs: 5_000 }, () => 0);
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await keys.keyOf(id);
    expect(source.asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('a failure is not kept', async () => {
    const answers: Record<string, Uint8Array> = {};
    const keys = cachedSubjectKeys(counting(answers), { size: 2, ttlMs: 5_000 }, () => 0);
    await expect(keys.keyOf('a')).rejects.toThrow('down');
    answers['a'] = key(1);
    expect(await keys.keyOf('a')).toEqual(key(1));
  });

  it('a key that was just minted is not asked for; one that was there already is', async () => {
    const source = counting({ a: key(1), b: key(2) });
    const minting = { ...source, mint: async (id: string) => (id === 'a' ? key(1) : undefined) };
    let now = 0;
    const keys = cachedSubjectKeys(minting, { size: 2, ttlMs: 5_000 }, () => now);
    await Promise.all([keys.mint('a', 'MUS'), keys.mint('b', 'MUS')]);
    expect([await keys.keyOf('a'), await keys.keyOf('b')]).toEqual([key(1), key(2)]);
    expect(source.asked).toEqual(['b']);
    now = 5_000;
    await keys.keyOf('a');
    expect(source.asked).toEqual(['b', 'a']);
  });

  it('a key is not held when minting it failed, nor when it was erased meanwhile', async () => {
    const source = counting({ a: key(1) });
    let fail = true;
    let goOn: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (goOn = resolve));
    const minting = {
      ...source,
      mint: async () => {
        if (fail) throw new Error('down');
        await waiting;
        return key(9);
      },
    };
    const keys = cachedSubjectKeys(minting, { size: 2, ttlMs: 5_000 }, () => 0);
    await expect(keys.mint('a', 'MUS')).rejects.toThrow('down');
    expect(await keys.keyOf('a')).toEqual(key(1));
    fail = false;
    const minted = keys.mint('a', 'MUS');
    await keys.erase('a');
    goOn();
    await minted;
    await keys.keyOf('a');
    expect(source.asked).toEqual(['a', 'a']);
  });

  it('erasing drops the key at once', async () => {
    const source = counting({ a: key(1) });
    const keys = cachedSubjectKeys(source, { size: 2, ttlMs: 5_000 }, () => 0);
    await keys.keyOf('a');
    await keys.erase('a');
    await keys.keyOf('a');
    expect(source.asked).toEqual(['a', 'a']);
    expect(source.erased).toEqual(['a']);
  });

  it('keys may not outlive an erasure elsewhere by more than five seconds', () => {
    expect(() => cachedSubjectKeys(counting({}), { size: 2, ttlMs: 5_001 }, () => 0)).toThrow(RangeError);
  });
});
