import { type EventStore } from '@balagh/event-store';
import { AddAttachmentHandler } from './add-attachment.handler';
import { type AttachmentStore } from './attachment-store.port';
import { type Desk } from './case-desk';
import { type CaseNumbers } from './case-numbers.port';
import { ContactIndex } from './contact-index';
import { CaseStatusHandler } from './case-status.handler';
import { CaseStatusProjection } from './case-status.projection';
import { type CaseStatuses } from './case-statuses.port';
import { type DuplicateKeys } from './duplicate-keys.port';
import { EndInquiryHandler } from './end-inquiry.handler';
import { type EvidenceInspector } from './evidence-inspector.port';
import { FillFormHandler } from './fill-form.handler';
import { LinkRepeatHandler } from './link-repeat.handler';
import { OpenAttachmentHandler } from './open-attachment.handler';
import { OpenCaseHandler } from './open-case.handler';
import { PublicFormHandler } from './public-form.handler';
import { RaiseCaseNumbersHandler } from './raise-case-numbers.handler';
import { RegisterCaseHandler } from './register-case.handler';
import { Registrar } from './registrar';
import { Repeats } from './repeats';
import { type ReporterContacts } from './reporter-contacts.port';
import { SubmitReportHandler } from './submit-report.handler';

/** What the application needs from the outside: one adapter for each port. */
export interface Outbound {
  readonly numbers: CaseNumbers;
  readonly duplicateKeys: DuplicateKeys;
  readonly contacts: ReporterContacts;
  readonly statuses: CaseStatuses;
  readonly attachments: AttachmentStore;
  readonly inspector: EvidenceInspector;
}

/** Everything that intake can do, put together. */
export class Intake {
  readonly open: OpenCaseHandler;
  readonly fill: FillFormHandler;
  readonly attach: AddAttachmentHandler;
  readonly openAttachment: OpenAttachmentHandler;
  readonly register: RegisterCaseHandler;
  readonly inquiries: EndInquiryHandler;
  readonly linkRepeat: LinkRepeatHandler;
  readonly submitReport: SubmitReportHandler;
  readonly status: CaseStatusHandler;
  readonly statuses: CaseStatusProjection;
  readonly publicForm: PublicFormHandler;
  readonly raiseNumbers: RaiseCaseNumbersHandler;

  constructor(desk: Desk, store: EventStore, outbound: Outbound) {
    const { streams, privacy, profiles, now } = desk;
    const { numbers, duplicateKeys, contacts, statuses, attachments, inspector } = outbound;
    const registrar = new Registrar(desk, numbers, new Repeats(desk, duplicateKeys));
    const contactIndex = new ContactIndex({ streams, privacy, profiles, contacts });
    this.open = new OpenCaseHandler(desk, contactIndex);
    this.fill = new FillFormHandler(desk, contactIndex);
    this.attach = new AddAttachmentHandler(desk, attachments, inspector);
    this.openAttachment = new OpenAttachmentHandler(streams, privacy, attachments);
    this.register = new RegisterCaseHandler(desk, registrar);
    this.inquiries = new EndInquiryHandler(desk, registrar);
    this.linkRepeat = new LinkRepeatHandler(desk);
    this.submitReport = new SubmitReportHandler(desk, {
      open: this.open,
      fill: this.fill,
      attach: this.attach,
      register: this.register,
    });
    this.status = new CaseStatusHandler(profiles, privacy, statuses);
    this.statuses = new CaseStatusProjection({ store, streams, statuses, contacts: contactIndex });
    this.publicForm = new PublicFormHandler(profiles, now);
    this.raiseNumbers = new RaiseCaseNumbersHandler(store, profiles, numbers);
  }
}
