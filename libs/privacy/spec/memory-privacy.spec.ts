import { createMemoryPrivacy } from '@balagh/privacy';
import { privacyContract } from './privacy.contract';

privacyContract('memory', createMemoryPrivacy);

describe('memory privacy', () => {
  it('two of them cannot read each other’s values', async () => {
    const [one, other] = [createMemoryPrivacy(), createMemoryPrivacy()];
    await one.mint('s-1', 'MUS');
    await other.mint('s-1', 'MUS');
    await expect(other.open(await one.seal('s-1', 'invented'))).rejects.toMatchObject({
      code: 'SEAL_BROKEN',
    });
  });
});
