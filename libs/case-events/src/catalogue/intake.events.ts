import { z } from 'zod';
import { type EventsOf, defineEvent } from '../event-type';
import {
  caseTypeSchema,
  codeSchema,
  instantSchema,
  languageSchema,
  locationSchema,
  messageChannelSchema,
  sealedSchema,
  uuidSchema,
} from '../vocabulary';

/**
 * What the form holds. Non-personal answers stay readable; names, numbers, addresses and free text are
 * sealed. `filled` lists the codes of all fields that have a valid value, sealed or not, so that required
 * fields can be judged without opening anything.
 */
export const formSchema = z.object({
  caseType: caseTypeSchema.optional(),
  category: codeSchema.optional(),
  subject: codeSchema.optional(),
  sector: codeSchema.optional(),
  directorate: codeSchema.optional(),
  section: codeSchema.optional(),
  language: languageSchema.optional(),
  preferredChannel: messageChannelSchema.optional(),
  clientType: codeSchema.optional(),
  needFlags: z.array(codeSchema).optional(),
  location: locationSchema.optional(),
  /** How the goods were sold: ONLINE or SHOP (KWT-06). */
  saleChannel: z.enum(['ONLINE', 'SHOP']).optional(),
  shopLicensed: z.boolean().optional(),
  /** Theme of a suggestion (MUS-30, KWT-39). */
  theme: codeSchema.optional(),
  /** Line 1 says the matter belongs to another body (QAT-07): code of that body in the profile. */
  otherBody: codeSchema.optional(),
  reporterName: sealedSchema.optional(),
  civilNumber: sealedSchema.optional(),
  phone: sealedSchema.optional(),
  email: sealedSchema.optional(),
  socialHandle: sealedSchema.optional(),
  address: sealedSchema.optional(),
  details: sealedSchema.optional(),
  shopName: sealedSchema.optional(),
  shopAddress: sealedSchema.optional(),
  invoiceNumber: sealedSchema.optional(),
  respondentName: sealedSchema.optional(),
  respondentPhone: sealedSchema.optional(),
  sourceReference: sealedSchema.optional(),
  filled: z.array(z.string()),
});
export type IntakeForm = z.infer<typeof formSchema>;

export const intakeEvents = {
  CaseOpened: defineEvent({
    type: 'CaseOpened',
    author: 'intake',
    lifecycle: 'opens',
    meaning: 'A page was opened for a contact; always event 0 of the case (MUS-08).',
    data: z.object({
      caseId: uuidSchema,
      channel: codeSchema,
      subjectId: uuidSchema,
      contactReference: sealedSchema.optional(),
    }),
  }),
  FormFilled: defineEvent({
    type: 'FormFilled',
    author: 'intake',
    meaning:
      'Answers were written into the form; those given replace earlier ones, those cleared are taken back (MUS-09).',
    data: z.object({
      form: formSchema,
      /** Names of answers that were taken back. */
      cleared: z
        .array(formSchema.keyof().exclude(['filled']))
        .min(1)
        .optional(),
    }),
  }),
  RequiredFieldsMissing: defineEvent({
    type: 'RequiredFieldsMissing',
    author: 'intake',
    meaning: 'Registration was asked for and refused; the reporter is told what is missing (KWT-11).',
    data: z.object({
      attempt: z.number().int().min(1),
      missing: z.array(z.object({ field: z.string(), ar: z.string(), en: z.string() })).min(1),
    }),
  }),
  AttachmentAdded: defineEvent({
    type: 'AttachmentAdded',
    author: 'intake',
    meaning: 'Evidence was stored and joined to the case (MUS-04, KWT-11).',
    data: z.object({
      attachmentId: uuidSchema,
      kind: z.enum(['PHOTO', 'INVOICE', 'FAX', 'LETTER', 'DOCUMENT', 'CLIP']),
      mediaType: z.string(),
      sizeBytes: z.number().int().min(1),
      /** Hex SHA-256 of the stored (metadata-free) plain bytes. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      location: locationSchema.optional(),
    }),
  }),
  CaseRegistered: defineEvent({
    type: 'CaseRegistered',
    author: 'intake',
    lifecycle: 'registers',
    meaning:
      'The case is committed under its number; from here it has an owner or a pending referral (MUS-10, MUS-11, QAT-01).',
    data: z.object({
      caseNumber: z.string(),
      caseType: caseTypeSchema,
      category: codeSchema,
      channel: codeSchema,
      subject: codeSchema.optional(),
      sector: codeSchema.optional(),
      directorate: codeSchema.optional(),
      section: codeSchema.optional(),
      theme: codeSchema.optional(),
      language: languageSchema,
      location: locationSchema.optional(),
      saleChannel: z.enum(['ONLINE', 'SHOP']).optional(),
      shopLicensed: z.boolean().optional(),
      otherBody: codeSchema.optional(),
      needFlags: z.array(codeSchema),
      attachments: z.number().int().min(0),
      /** Channels on which the reporter can be reached, preferred first (MUS-40, AMB-42). */
      reachableBy: z.array(messageChannelSchema),
      requiredFields: z.enum(['COMPLETE', 'WAIVED_OUT_OF_JURISDICTION', 'NONE']),
      registeredAt: instantSchema,
      /** When deadlines start to run: at once, or at the calendar's next opening (OMH-18). */
      clockStart: instantSchema,
    }),
  }),
  DuplicateDetected: defineEvent({
    type: 'DuplicateDetected',
    author: 'intake',
    meaning: 'The same complaint is already registered (KWT-12).',
    data: z.object({
      originalCaseId: uuidSchema,
      originalNumber: z.string(),
      basis: z.array(z.string()),
      policy: z.enum(['LINK', 'FLAG', 'CANCEL_REPEAT', 'CANCEL_ALL']),
    }),
  }),
  CaseCancelledAsDuplicate: defineEvent({
    type: 'CaseCancelledAsDuplicate',
    author: 'intake',
    lifecycle: 'ends',
    meaning: 'The repeat is cancelled, the original goes on (KWT-12, AMB-06).',
    data: z.object({ originalCaseId: uuidSchema, originalNumber: z.string() }),
  }),
  DuplicateLinked: defineEvent({
    type: 'DuplicateLinked',
    author: 'intake',
    advances: false,
    meaning: 'On the original: a repeat of this case was received (KWT-12, S6).',
    data: z.object({ repeatCaseId: uuidSchema, repeatNumber: z.string() }),
  }),
  InquiryAnswered: defineEvent({
    type: 'InquiryAnswered',
    author: 'intake',
    lifecycle: 'ends',
    meaning: 'Line 1 answered at first contact (QAT-12, KWT-41, AMB-13).',
    data: z.object({ answer: sealedSchema, article: z.string().optional() }),
  }),
  PersonalInquiryDeclined: defineEvent({
    type: 'PersonalInquiryDeclined',
    author: 'intake',
    lifecycle: 'ends',
    meaning:
      'A private inquiry is not answered on this channel; the asker is directed to the e-services (KWT-22, KWT-23).',
    data: z.object({ subject: codeSchema, ruleId: z.string() }),
  }),
} as const;

export type IntakeEvent = EventsOf<typeof intakeEvents>;
