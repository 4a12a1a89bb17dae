import { discard } from '../src/discard';

const large = 1_000_000;
/** Since Node 22. */
const isPossible = 'transfer' in ArrayBuffer.prototype;

describe('discarded bytes', () => {
  it('are empty at once', () => {
    const bytes = Buffer.concat([Buffer.alloc(large, 1)]);
    discard(bytes);
    discard(bytes);
    expect(bytes.length).toBe(isPossible ? 0 : large);
  });

  it('stay where their memory is that of others, too', () => {
    const whole = Buffer.alloc(large, 1);
    const part = whole.subarray(0, large - 1);
    discard(part);
    expect([part.length, whole.length, whole.at(-1)]).toEqual([large - 1, large, 1]);
  });

  it('stay where they are few', () => {
    const [few, pooled] = [new Uint8Array(1_000), Buffer.from('few')];
    for (const bytes of [few, pooled]) discard(bytes);
    expect([few.length, pooled.toString()]).toEqual([1_000, 'few']);
  });
});
