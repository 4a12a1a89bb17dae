import type * as promises from 'node:fs/promises';
import { type FileHandle, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { FileAttachmentStore } from '../src/outbound/file-attachment-store.adapter';

const mockFlushed: string[] = [];

jest.mock<typeof promises>('node:fs/promises', () => {
  const real = jest.requireActual<typeof promises>('node:fs/promises');
  const open = async (...about: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...about);
    const sync = handle.sync.bind(handle);
    return Object.assign(handle, {
      sync: async () => {
        await sync();
        mockFlushed.push(String(about[0]));
      },
    });
  };
  return { ...real, open };
});

describe('what is flushed before evidence counts as stored', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'balagh-flushing-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const put = async (store: FileAttachmentStore, caseId: string, ...ids: string[]): Promise<string[]> => {
    mockFlushed.length = 0;
    const files = ids.map((attachmentId) => ({ attachmentId, sealed: Buffer.from(attachmentId) }));
    await store.put({ tenant: 'MUS', caseId }, files);
    return [...new Set(mockFlushed)].map((path) => relative(root, path)).sort();
  };

  it('are the files and every folder that names one of them', async () => {
    const store = new FileAttachmentStore(root);
    expect(await put(store, '11aa', 'a', 'b')).toEqual([
      '',
      'MUS',
      'MUS/11',
      'MUS/11/11aa',
      'MUS/11/11aa/a',
      'MUS/11/11aa/b',
    ]);
    expect(await put(store, '11bb', 'a')).toEqual(['MUS/11', 'MUS/11/11bb', 'MUS/11/11bb/a']);
  });

  it('are folders, too, that somebody else has made and may not have flushed', async () => {
    await mkdir(join(root, 'MUS', '22', '22aa'), { recursive: true });
    const store = new FileAttachmentStore(root);
    expect(await put(store, '22aa', 'a')).toEqual(['', 'MUS', 'MUS/22', 'MUS/22/22aa', 'MUS/22/22aa/a']);
    await mkdir(join(root, 'MUS', '22', '22bb'));
    expect(await put(store, '22bb', 'a')).toEqual(['MUS/22', 'MUS/22/22bb', 'MUS/22/22bb/a']);
  });

  it('is a file beside the one that was there before it takes its name', async () => {
    const store = new FileAttachmentStore(root);
    await put(store, '33aa', 'a');
    const [first = '', second = '', third = ''] = await put(store, '33aa', 'a');
    expect([first, second]).toEqual(['MUS/33', 'MUS/33/33aa']);
    expect(third).toMatch(/^MUS\/33\/33aa\/a\.[0-9a-f-]{36}\.part$/);
  });
});
