import { hash, randomUUID } from 'node:crypto';
import { type Profile } from '@balagh/profile';
import { proves } from '@balagh/testing';
import sharp from 'sharp';
import { jpegWithoutMetadata } from '../src/outbound/jpeg-without-metadata';
import { type Report, type ReporterContext } from '../src/application/submit-report.handler';
import { pdf, photo } from './images';
import { IntakeUnderTest, codeOf, mustAccept, plain } from './intake-under-test';
import { profileOf } from './profile-under-test';

const reporter: ReporterContext = {
  tenant: 'MUS',
  actor: { kind: 'reporter', id: 'public', organisation: 'MUS' },
  line: '1',
};
const steps = ['CaseOpened', 'FormFilled', 'AttachmentAdded', 'AttachmentAdded', 'CaseRegistered'];

async function leak(): Promise<Report> {
  const content = await photo();
  return {
    channel: 'WEB_PORTAL',
    form: plain({
      caseType: 'NOTE',
      category: 'WATER',
      details: 'تسرب مياه',
      phone: '+968 9000 0001',
      language: 'ar',
    }),
    evidence: [
      { kind: 'PHOTO', content },
      { kind: 'PHOTO', content },
    ],
  };
}

/** The desk of a process with an event store that counts what is appended at once. */
function deskOf(profiles: readonly Profile[]) {
  const desk = new IntakeUnderTest('MUS', profiles);
  const append = jest.spyOn(desk.platform.eventStore, 'append');
  return { desk, appended: (): readonly number[] => append.mock.calls.map(([, , events]) => events.length) };
}

describe('a reporter’s whole report', () => {
  it('opens the page with form and evidence and registers it, all in one append', async () => {
    proves('MUS-03');
    const { desk, appended } = deskOf([profileOf('MUS')]);
    const key = randomUUID();
    const answered = mustAccept(await desk.intake.submitReport.handle(reporter, key, await leak()));
    expect(answered.caseNumber).toMatch(/^MUS-2026-/);
    expect(await desk.types(answered.caseId)).toEqual(steps);
    expect(appended()).toEqual([5]);
    expect(await desk.intake.submitReport.handle(reporter, key, await leak())).toEqual(answered);
    expect(await desk.types(answered.caseId)).toEqual(steps);
  });

  it('keeps evidence of real size whole, though its memory is given back', async () => {
    const { desk } = deskOf([profileOf('MUS')]);
    const noise = Buffer.from(
      Array.from({ length: 400 * 300 * 3 }, (_, at) => (at * 7_919 + (at >> 3)) % 256),
    );
    const jpeg = await sharp(noise, { raw: { width: 400, height: 300, channels: 3 } })
      .jpeg()
      .toBuffer();
    const document = Buffer.concat([pdf, Buffer.alloc(200_000, '% ')]);
    const due = [jpegWithoutMetadata(jpeg)?.content ?? Buffer.alloc(0), Buffer.from(document)];
    const report: Report = {
      ...(await leak()),
      evidence: [
        { kind: 'PHOTO', content: jpeg },
        { kind: 'DOCUMENT', content: document },
      ],
    };
    const { caseId } = mustAccept(await desk.intake.submitReport.handle(reporter, randomUUID(), report));
    const events = await desk.events(caseId);
    const subject = events[0]?.type === 'CaseOpened' ? events[0].data.subjectId : '';
    const kept = events.flatMap((event) => (event.type === 'AttachmentAdded' ? [event.data] : []));
    for (const [index, { attachmentId, sha256, sizeBytes }] of kept.entries()) {
      const sealed = await desk.outbound.attachments.get({ tenant: 'MUS', caseId, attachmentId });
      const opened = await desk.platform.privacy.openBytes(subject, sealed ?? Buffer.alloc(0));
      expect(Buffer.from(opened).equals(due[index] ?? Buffer.alloc(0))).toBe(true);
      expect([hash('sha256', opened, 'hex'), opened.length]).toEqual([sha256, sizeBytes]);
      expect(opened.length).toBeGreaterThan(65_536);
    }
    expect(kept).toHaveLength(2);
  });

  it('leaves nothing behind when evidence cannot be kept, and is taken when it is sent again', async () => {
    const { desk } = deskOf([profileOf('MUS')]);
    const key = randomUUID();
    const put = jest.spyOn(desk.outbound.attachments, 'put').mockRejectedValue(new Error('disk full'));
    await expect(desk.intake.submitReport.handle(reporter, key, await leak())).rejects.toThrow('disk full');
    const caseId = desk.intake.open.caseIdOf(desk.intake.submitReport.commandIdOf(key, 'MUS', 'open'));
    expect(await desk.types(caseId)).toEqual([]);
    put.mockRestore();
    expect(mustAccept(await desk.intake.submitReport.handle(reporter, key, await leak())).caseId).toBe(
      caseId,
    );
  });

  it('leaves nothing behind when no number can be drawn, and gets one when it is sent again', async () => {
    const { desk } = deskOf([profileOf('MUS')]);
    const key = randomUUID();
    const reserve = jest
      .spyOn(desk.outbound.numbers, 'reserve')
      .mockRejectedValue(new Error('database away'));
    await expect(desk.intake.submitReport.handle(reporter, key, await leak())).rejects.toThrow(
      'database away',
    );
    const caseId = desk.intake.open.caseIdOf(desk.intake.submitReport.commandIdOf(key, 'MUS', 'open'));
    expect(await desk.types(caseId)).toEqual([]);
    reserve.mockRestore();
    const answered = mustAccept(await desk.intake.submitReport.handle(reporter, key, await leak()));
    expect([answered.caseId, answered.caseNumber]).toEqual([caseId, expect.stringMatching(/^MUS-2026-/)]);
    expect(await desk.types(caseId)).toEqual(steps);
  });

  it('is registered where an earlier attempt, step by step, came to an end before that', async () => {
    const { desk, appended } = deskOf([profileOf('MUS')]);
    const key = randomUUID();
    const report = await leak();
    const id = (step: string) => desk.intake.submitReport.commandIdOf(key, 'MUS', step);
    const context = (step: string) => ({
      ...reporter,
      channel: report.channel,
      commandId: id(step),
      causationId: id(step),
      correlationId: desk.intake.open.caseIdOf(id('open')),
    });
    const { caseId } = await desk.intake.open.handle(context('open'), report);
    mustAccept(await desk.intake.fill.handle(context('fill'), { caseId, form: report.form }));
    expect(mustAccept(await desk.intake.submitReport.handle(reporter, key, report)).caseId).toBe(caseId);
    expect([await desk.types(caseId), appended().slice(2)]).toEqual([steps, [3]]);
  });

  it('keeps what came before a step that is refused, as if each had come alone', async () => {
    const strict = profileOf('MUS');
    const { desk } = deskOf([strict]);
    const report = await leak();
    const wrong = { ...report, form: plain({ caseType: 'NOTE', category: 'WATER' }) };
    const answered = await desk.intake.submitReport.handle(reporter, randomUUID(), wrong);
    expect(codeOf(answered)).toBe('FIELDS_MISSING');
    const open = ['CaseOpened', 'FormFilled', 'AttachmentAdded', 'AttachmentAdded', 'RequiredFieldsMissing'];
    expect(await desk.types(answered.caseId)).toEqual(open);
    expect(answered.missing?.map(({ field }) => field)).toContain('details');
  });

  it('goes on under the rules of a page that an earlier attempt opened, whichever hold now', async () => {
    proves('MUS-08');
    const strict = profileOf('MUS');
    const key = randomUUID();
    const report = await leak();
    const { desk } = deskOf([strict, { ...strict, requiredFields: [] }]);
    const commandId = desk.intake.submitReport.commandIdOf(key, 'MUS', 'open');
    const latest = jest
      .spyOn(desk.platform.profiles, 'latest')
      .mockImplementationOnce(async (tenant) => desk.platform.profiles.at(tenant, 1));
    const page = await desk.intake.open.handle(
      {
        ...reporter,
        channel: report.channel,
        commandId,
        causationId: commandId,
        correlationId: randomUUID(),
      },
      { channel: report.channel },
    );
    latest.mockRestore();
    const answered = mustAccept(await desk.intake.submitReport.handle(reporter, key, report));
    expect(answered.caseId).toBe(page.caseId);
    expect(await desk.types(answered.caseId)).toEqual(steps);
    expect((await desk.events(answered.caseId)).map(({ metadata }) => metadata.profileVersion)).toEqual(
      steps.map(() => 1),
    );
  });
});
