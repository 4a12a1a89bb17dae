import { randomUUID } from 'node:crypto';
import { type Profile } from '@balagh/profile';
import { proves } from '@balagh/testing';
import { type Report, type ReporterContext } from '../src/application/submit-report.handler';
import { photo } from './images';
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
  it('opens the page with form and evidence in one append, and registers it in another', async () => {
    proves('MUS-03');
    const { desk, appended } = deskOf([profileOf('MUS')]);
    const key = randomUUID();
    const answered = mustAccept(await desk.intake.submitReport.handle(reporter, key, await leak()));
    expect(answered.caseNumber).toMatch(/^MUS-2026-/);
    expect(await desk.types(answered.caseId)).toEqual(steps);
    expect(appended()).toEqual([4, 1]);
    expect(await desk.intake.submitReport.handle(reporter, key, await leak())).toEqual(answered);
    expect(await desk.types(answered.caseId)).toEqual(steps);
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

  it('keeps what came before a step that is refused, as if each had come alone', async () => {
    const strict = profileOf('MUS');
    const { desk } = deskOf([strict]);
    const report = await leak();
    const wrong = { ...report, form: plain({ caseType: 'NOTE', category: 'WATER' }) };
    const answered = await desk.intake.submitReport.handle(reporter, randomUUID(), wrong);
    expect(codeOf(answered)).toBe('FIELDS_MISSING');
    expect(await desk.types(answered.caseId)).toEqual([
      'CaseOpened',
      'FormFilled',
      'AttachmentAdded',
      'AttachmentAdded',
      'RequiredFieldsMissing',
    ]);
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
