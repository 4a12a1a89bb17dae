import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedUuid } from '@balagh/runtime';
import { proves } from '@balagh/testing';
import sharp from 'sharp';
import { FileAttachmentStore } from '../src/outbound/file-attachment-store.adapter';
import { iccProfileOf } from '../src/outbound/colour-profile';
import { SharpEvidenceInspector } from '../src/outbound/sharp-evidence-inspector.adapter';
import { pdf, photo, photoWithPlace } from './images';
import { IntakeUnderTest, codeOf, mustAccept } from './intake-under-test';
import { profileOf } from './profile-under-test';

const musWith = (attachments: { maxBytes?: number; maxPerCase?: number }) => {
  const mus = profileOf('MUS');
  return { ...mus, attachments: { ...mus.attachments, ...attachments } };
};

describe('inspecting evidence', () => {
  const inspector = new SharpEvidenceInspector();

  it('removes place, device and time from a photo and keeps the picture', async () => {
    const original = await photoWithPlace();
    expect((await sharp(original).metadata()).exif?.includes('Invented')).toBe(true);
    const inspected = await inspector.inspect(original);
    if (inspected.kind !== 'clean') throw new Error(inspected.kind);
    const after = await sharp(inspected.content).metadata();
    expect([inspected.mediaType, after.width, after.height, after.exif]).toEqual([
      'image/jpeg',
      24,
      16,
      undefined,
    ]);
    expect(Buffer.from(inspected.content).includes('Invented')).toBe(false);
  });

  it.each([
    ['writes a photo of four colours anew, in the usual ones', 'cmyk', undefined],
    ['keeps the wider colours of newer phones', 'p3', iccProfileOf('Display P3')],
  ] as const)('%s, without what stood beside it', async (_, which, profile) => {
    const photo = sharp(await photoWithPlace()).keepExif();
    const coloured = which === 'cmyk' ? photo.toColourspace(which) : photo.withIccProfile(which);
    const original = await coloured.jpeg().toBuffer();
    expect(original.includes('Invented')).toBe(true);
    const inspected = await inspector.inspect(original);
    if (inspected.kind !== 'clean') throw new Error(inspected.kind);
    const { width, height, exif, icc, channels } = await sharp(inspected.content).metadata();
    expect([width, height, exif, icc, channels]).toEqual([24, 16, undefined, profile, 3]);
  });

  it('accepts a PDF unchanged', async () => {
    expect(await inspector.inspect(pdf)).toEqual({
      kind: 'clean',
      mediaType: 'application/pdf',
      content: pdf,
    });
  });

  it('knows a damaged photo and a file of no known type', async () => {
    const damaged = (await photo()).subarray(0, 40);
    expect(await inspector.inspect(damaged)).toEqual({ kind: 'unreadable', mediaType: 'image/png' });
    expect(await inspector.inspect(Buffer.from('just words'))).toEqual({ kind: 'unknown' });
  });
});

describe('the file store', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'balagh-evidence-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const key = {
    tenant: 'MUS',
    caseId: '11111111-1111-5111-8111-111111111111',
    attachmentId: '44444444-4444-5444-8444-444444444444',
  };

  it('gives back what was put, readable by its owner only, and leaves no temporary file', async () => {
    const store = new FileAttachmentStore(folder);
    await store.put(key, [{ ...key, sealed: Buffer.from('sealed once') }]);
    await store.put(key, [{ ...key, sealed: Buffer.from('sealed again') }]);
    expect(Buffer.from((await store.get(key)) ?? []).toString()).toBe('sealed again');
    const place = join(folder, 'MUS', '11', key.caseId);
    expect(await readdir(place)).toEqual([key.attachmentId]);
    expect((await stat(join(place, key.attachmentId))).mode & 0o077).toBe(0);
  });

  it('stores several at once, and whole again what a crash left half written', async () => {
    const store = new FileAttachmentStore(folder);
    const other = '55555555-5555-5555-8555-555555555555';
    const place = join(folder, 'MUS', '11', key.caseId);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, other), 'hal');
    const files = [key.attachmentId, other].map((attachmentId) => ({
      attachmentId,
      sealed: Buffer.from(`all of ${attachmentId}`),
    }));
    await Promise.all([store.put(key, files), store.put(key, files)]);
    expect((await readdir(place)).sort()).toEqual([key.attachmentId, other]);
    for (const { attachmentId, sealed } of files)
      expect(Buffer.from((await store.get({ ...key, attachmentId })) ?? [])).toEqual(sealed);
  });

  it('tells when one of several cannot be stored, and leaves no temporary file', async () => {
    const store = new FileAttachmentStore(folder);
    const place = join(folder, 'MUS', '11', key.caseId);
    await mkdir(join(place, key.attachmentId), { recursive: true });
    const files = [key.attachmentId, 'other'].map((attachmentId) => ({
      attachmentId,
      sealed: Buffer.from('x'),
    }));
    await expect(store.put(key, files)).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    expect((await readdir(place)).sort()).toEqual([key.attachmentId, 'other']);
  });

  it('has nothing under another key and follows no path out of its folder', async () => {
    const store = new FileAttachmentStore(folder);
    await writeFile(join(folder, 'outside'), 'x');
    expect(await store.get(key)).toBeUndefined();
    await expect(store.get({ ...key, attachmentId: '../../../outside' })).rejects.toThrow(TypeError);
  });

  it('holds sealed bytes only, and opens them again for staff', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')], undefined, {
      attachments: new FileAttachmentStore(folder) as never,
    });
    const caseId = await desk.opened('MOBILE_APP');
    mustAccept(await desk.intake.attach.handle(desk.context(), { caseId, kind: 'DOCUMENT', content: pdf }));
    const added = (await desk.events(caseId)).at(-1);
    const { attachmentId, sha256 } =
      added?.type === 'AttachmentAdded' ? added.data : { attachmentId: '', sha256: '' };
    expect(sha256).toBe(createHash('sha256').update(pdf).digest('hex'));
    const onDisk = await readFile(join(folder, 'MUS', caseId.slice(0, 2), caseId, attachmentId));
    expect(onDisk.includes('PDF')).toBe(false);
    const opened = await desk.intake.openAttachment.handle('MUS', caseId, attachmentId);
    expect([opened?.mediaType, Buffer.from(opened?.content ?? []).equals(pdf)]).toEqual([
      'application/pdf',
      true,
    ]);
    expect(await desk.intake.openAttachment.handle('TOURISM', caseId, attachmentId)).toBeUndefined();
  });
});

describe('adding evidence', () => {
  it.each([
    ['ATTACHMENT_EMPTY', async () => Buffer.alloc(0)],
    ['ATTACHMENT_TOO_LARGE', async () => Buffer.alloc(2_000)],
    ['ATTACHMENT_TYPE_NOT_ALLOWED', async () => Buffer.from('MZ this is no picture')],
    ['ATTACHMENT_UNREADABLE', async () => (await photo()).subarray(0, 40)],
    ['ATTACHMENT_UNREADABLE', async () => (await photoWithPlace()).subarray(0, -40)],
    ['ATTACHMENT_UNREADABLE', async () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(900, 7)])],
  ])('refuses with %s and stores nothing', async (code, content) => {
    const desk = new IntakeUnderTest('MUS', [musWith({ maxBytes: 1_000 })]);
    const caseId = await desk.opened('MOBILE_APP');
    expect(
      codeOf(
        await desk.intake.attach.handle(desk.context(), { caseId, kind: 'PHOTO', content: await content() }),
      ),
    ).toBe(code);
    expect([await desk.types(caseId), desk.outbound.attachments.files.size]).toEqual([['CaseOpened'], 0]);
  });

  it('stores nothing for a case that is full', async () => {
    const desk = new IntakeUnderTest('MUS', [musWith({ maxPerCase: 1 })]);
    const caseId = await desk.opened('MOBILE_APP');
    mustAccept(
      await desk.intake.attach.handle(desk.context(), { caseId, kind: 'PHOTO', content: await photo() }),
    );
    const second = await desk.intake.attach.handle(desk.context(), {
      caseId,
      kind: 'PHOTO',
      content: await photo('#112233'),
    });
    expect([codeOf(second), desk.outbound.attachments.files.size]).toEqual(['ATTACHMENTS_TOO_MANY', 1]);
  });

  it('adds one attachment when the command is repeated', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('MOBILE_APP');
    const context = desk.context();
    const first = await desk.intake.attach.handle(context, {
      caseId,
      kind: 'PHOTO',
      content: await photoWithPlace(),
    });
    expect(
      await desk.intake.attach.handle(context, { caseId, kind: 'PHOTO', content: await photoWithPlace() }),
    ).toEqual(first);
    expect(await desk.types(caseId)).toEqual(['CaseOpened', 'AttachmentAdded']);
  });
});

describe('adding several files at once', () => {
  const key = '6a0d0f0e-1111-4222-8333-000000000001';

  async function add(desk: IntakeUnderTest, caseId: string, contents: readonly Buffer[], from = key) {
    const files = contents.map((content) => ({ kind: 'PHOTO' as const, content: Buffer.from(content) }));
    const context = (place: number) => desk.context({ commandId: namedUuid(from, `attach:${place}`) });
    return desk.intake.attach.handleAll(context, { caseId, files });
  }

  it('adds none when one is refused, and each once when they are sent again', async () => {
    proves('MUS-04');
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('MOBILE_APP');
    const [good, other, wrong] = [await photo(), await photo('#112233'), Buffer.from('just words')];
    expect(codeOf(await add(desk, caseId, [good, wrong]))).toBe('ATTACHMENT_TYPE_NOT_ALLOWED');
    expect([await desk.types(caseId), desk.outbound.attachments.files.size]).toEqual([['CaseOpened'], 0]);
    const append = jest.spyOn(desk.platform.eventStore, 'append');
    const put = jest.spyOn(desk.outbound.attachments, 'put');
    const first = mustAccept(await add(desk, caseId, [good, other]));
    expect(await add(desk, caseId, [good, other])).toMatchObject({ caseId, outcome: first.outcome });
    expect(await desk.types(caseId)).toEqual(['CaseOpened', 'AttachmentAdded', 'AttachmentAdded']);
    expect([append.mock.calls.length, put.mock.calls.length]).toEqual([1, 1]);
    expect(desk.outbound.attachments.files.size).toBe(2);
  });

  it('adds two of the same content as two', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('MOBILE_APP');
    mustAccept(await add(desk, caseId, [pdf, pdf]));
    expect(desk.outbound.attachments.files.size).toBe(2);
  });

  it('adds none when there is room for some of them only', async () => {
    const desk = new IntakeUnderTest('MUS', [musWith({ maxPerCase: 2 })]);
    const caseId = await desk.opened('MOBILE_APP');
    mustAccept(await add(desk, caseId, [pdf]));
    const more = await add(desk, caseId, [await photo(), await photo('#112233')], caseId);
    expect(codeOf(more)).toBe('ATTACHMENTS_TOO_MANY');
    expect([await desk.types(caseId), desk.outbound.attachments.files.size]).toEqual([
      ['CaseOpened', 'AttachmentAdded'],
      1,
    ]);
  });

  it('gives their memory back, whatever becomes of them', async () => {
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('MOBILE_APP');
    const content = Buffer.from(new Uint8Array(200_000));
    pdf.copy(content);
    jest.spyOn(desk.outbound.attachments, 'put').mockRejectedValue(new Error('disk full'));
    const adding = desk.intake.attach.handleAll(() => desk.context(), {
      caseId,
      files: [{ kind: 'DOCUMENT', content }],
    });
    await expect(adding).rejects.toThrow('disk full');
    // Possible since Node 22.
    expect(content.byteLength).toBe('transfer' in ArrayBuffer.prototype ? 0 : 200_000);
  });
});
