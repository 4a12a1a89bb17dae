import { type Privacy } from '@balagh/privacy';
import { type AttachmentOwner, type SealedFile } from './attachment-store.port';
import { FilesTogether } from './files-together';

const owner: AttachmentOwner = { tenant: 'MUS', caseId: 'case' };
const bytes = (text: string): Uint8Array => Buffer.from(text);

class Puts {
  readonly puts: (readonly string[])[] = [];
  failing = 0;

  async put(_owner: AttachmentOwner, files: readonly SealedFile[]): Promise<void> {
    if (this.failing-- > 0) throw new Error('the disk is full');
    this.puts.push(
      files.map(({ attachmentId, sealed }) => `${attachmentId} ${Buffer.from(sealed).toString()}`),
    );
  }

  get = async (): Promise<undefined> => undefined;
}

const privacy = {
  sealBytes: async (subjectId: string, plain: Uint8Array) =>
    bytes(`${subjectId}(${Buffer.from(plain).toString()})`),
} as unknown as Privacy;

describe('files of one case that come together', () => {
  const joined = (store: Puts): ((subjectId: string) => Promise<void>)[] => {
    const together = new FilesTogether(privacy, store, owner);
    return ['a', 'b', 'c'].map((id) => together.join(id, bytes(id.toUpperCase())));
  };

  it('are stored by the first that is needed, once', async () => {
    const store = new Puts();
    for (const file of joined(store)) await file('s');
    expect(store.puts).toEqual([['a s(A)', 'b s(B)', 'c s(C)']]);
  });

  it('leave alone what an earlier command brought already', async () => {
    const store = new Puts();
    const [, second, third] = joined(store);
    await second?.('s');
    await third?.('s');
    expect(store.puts).toEqual([['b s(B)', 'c s(C)']]);
  });

  it('are all stored by the next attempt when the first fails', async () => {
    const store = new Puts();
    store.failing = 1;
    const [first, second] = joined(store);
    await expect(first?.('s')).rejects.toThrow('the disk is full');
    await first?.('s');
    await second?.('s');
    expect(store.puts).toEqual([['a s(A)', 'b s(B)', 'c s(C)']]);
  });
});
