import { type Profile } from '@balagh/profile';
import { runInCall } from '@balagh/runtime';
import { type Answered } from '../src/application/case-desk';
import { type Report, type ReporterContext } from '../src/application/submit-report.handler';
import { pdf, photo } from './images';
import { IntakeUnderTest, codeOf, mustAccept, plain } from './intake-under-test';
import { profileOf } from './profile-under-test';

const keys = ['6a0d0f0e-1111-4222-8333-000000000001', '6a0d0f0e-1111-4222-8333-000000000002'] as const;

const complaint = {
  caseType: 'COMPLAINT',
  category: 'CONSUMER_COMPLAINT',
  saleChannel: 'SHOP',
  reporterName: 'سالم مثال الاختبار',
  civilNumber: '290000000001',
  phone: '55000001',
  shopAddress: 'شارع المثال ١٢',
  details: 'المحل يرفض استبدال جهاز معيب',
} as const;

/** Two processes over one store. */
function processes(profile: Profile): readonly [IntakeUnderTest, IntakeUnderTest] {
  const one = new IntakeUnderTest(profile.tenant, [profile]);
  return [one, one.replica()];
}

/** As HTTP hands a command over: with a digest of what it says. */
function saying<T>(content: string, work: () => T): T {
  return runInCall({ traceparent: '', requestId: 'request-1', content: () => content }, work);
}

async function submit(
  desk: IntakeUnderTest,
  key: string,
  invoiceNumber: string,
  colour = '#112233',
): Promise<Answered> {
  const reporter: ReporterContext = {
    tenant: desk.tenant,
    actor: { kind: 'reporter', id: 'public', organisation: desk.tenant },
    line: '1',
  };
  const report: Report = {
    channel: 'WHATSAPP',
    form: plain({ ...complaint, invoiceNumber }),
    evidence: [{ kind: 'INVOICE', content: await photo(colour) }],
  };
  return saying(`${invoiceNumber} ${colour}`, () => desk.intake.submitReport.handle(reporter, key, report));
}

/** Media types of all evidence of a case that opens as what it was when it was added. */
async function opened(desk: IntakeUnderTest, caseId: string): Promise<readonly (string | undefined)[]> {
  const added = (await desk.events(caseId)).flatMap((event) =>
    event.type === 'AttachmentAdded' ? [event.data.attachmentId] : [],
  );
  const open = added.map((id) => desk.intake.openAttachment.handle(desk.tenant, caseId, id));
  return (await Promise.all(open)).map((attachment) => attachment?.mediaType);
}

describe('a repeat that comes to another process', () => {
  it('is answered as before, and nothing is stored or reserved for it', async () => {
    const [one, other] = processes(profileOf('KWT-MOCI'));
    const first = mustAccept(await submit(one, keys[0], 'INV-1'));
    const put = jest.spyOn(other.outbound.attachments, 'put');
    expect(await submit(other, keys[0], 'INV-1')).toEqual(first);
    expect(put).not.toHaveBeenCalled();
  });

  it('with other content is refused, and leaves the evidence that was stored', async () => {
    const [one, other] = processes(profileOf('KWT-MOCI'));
    const { caseId } = mustAccept(await submit(one, keys[0], 'INV-1'));
    const put = jest.spyOn(other.outbound.attachments, 'put');
    expect(codeOf(await submit(other, keys[0], 'INV-1', '#445566'))).toBe('COMMAND_ID_REUSED');
    expect(put).not.toHaveBeenCalled();
    expect(await opened(one, caseId)).toEqual(['image/png']);
  });

  it('with other content takes no complaint’s place: the honest one goes on', async () => {
    const [one, other] = processes(profileOf('KWT-MOCI'));
    mustAccept(await submit(one, keys[0], 'INV-1'));
    expect(codeOf(await submit(other, keys[0], 'INV-2'))).toBe('COMMAND_ID_REUSED');
    const honest = mustAccept(await submit(one, keys[1], 'INV-2'));
    expect((await one.types(honest.caseId)).at(-1)).toBe('CaseRegistered');
  });
});

describe('evidence decided on what a process remembers', () => {
  it('is never stored in the place of evidence that another process has added', async () => {
    const [one, other] = processes(profileOf('MUS'));
    const caseId = await one.opened('MOBILE_APP');
    const context = one.context();
    const add = (desk: IntakeUnderTest, content: Buffer) =>
      saying(content.toString('hex'), () =>
        desk.intake.attach.handle(context, { caseId, kind: 'DOCUMENT', content }),
      );
    mustAccept(await add(other, pdf));
    expect(codeOf(await add(one, Buffer.concat([pdf, pdf])))).toBe('COMMAND_ID_REUSED');
    expect(await opened(one, caseId)).toEqual(['application/pdf']);
  });
});

describe('a complaint whose answers another process has changed', () => {
  it('is the original of what it says in the end, not of what it said before', async () => {
    const [one, other] = processes(profileOf('KWT-MOCI'));
    const caseId = await other.opened('WHATSAPP', { ...complaint, invoiceNumber: 'INV-1' });
    const invoice = { caseId, kind: 'INVOICE', content: await photo() } as const;
    mustAccept(await other.intake.attach.handle(other.context(), invoice));
    mustAccept(
      await one.intake.fill.handle(one.context({ commandId: keys[1] }), {
        caseId,
        form: plain({ invoiceNumber: 'INV-2' }),
      }),
    );
    mustAccept(await other.register(caseId));
    const [before, now] = [await submit(one, keys[0], 'INV-1'), await submit(one, keys[1], 'INV-2')];
    expect((await one.types(before.caseId)).at(-1)).toBe('CaseRegistered');
    expect((await one.types(now.caseId)).at(-1)).toBe('CaseCancelledAsDuplicate');
  });
});
