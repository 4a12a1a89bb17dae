import { linePairs } from '@balagh/case-events';
import { z } from 'zod';

/**
 * An organisation as data (design §3.8, SYS-11): nothing about a tenant is in code. Files under
 * `infra/profiles` are validated by this schema and published into stream `profile-<tenant>`.
 */
const code = z.string().regex(/^[A-Z][A-Z0-9_-]{0,63}$/);
const day = z.iso.date();
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);
export const namesSchema = z.strictObject({ ar: z.string().min(1), en: z.string().min(1) });

const fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** All entries must hold; a list means "one of". The empty condition always holds. Facts: see `rules.ts`. */
export const conditionSchema = z.record(z.string(), z.union([fact, z.array(fact).min(1)]));

const ownerSchema = z.strictObject({
  kind: z.enum(['DIRECTORATE', 'UNIT', 'COMMITTEE', 'OFFICE', 'AGENCY']),
  code,
  section: code.optional(),
});
const messageChannel = z.enum(['SMS', 'EMAIL', 'PHONE', 'FAX', 'WHATSAPP', 'SOCIAL', 'IN_PERSON', 'LETTER']);
const contactsSchema = z.strictObject({ sms: z.string().optional(), email: z.string().optional() });

export const channelSchema = z.strictObject({
  code,
  names: namesSchema,
  kind: z.enum([
    'PHONE',
    'IVR',
    'WEB',
    'MOBILE_APP',
    'WHATSAPP',
    'SOCIAL',
    'FAX',
    'EMAIL',
    'CHAT',
    'WALK_IN',
    'LETTER',
    'MEDIA',
    'COUNCIL',
  ]),
  enabled: z.boolean().default(true),
  /** Calendar day from which it may be used (BAH-27). */
  activeFrom: day.optional(),
  /** Open to reporters themselves without staff (web form, app, devices). */
  selfService: z.boolean().default(false),
  /** The channel on which a reporter who came this way can be answered (KWT-02). */
  answersBy: messageChannel.optional(),
  /** No identifiable reporter is needed (AMB-14). */
  reporterOptional: z.boolean().default(false),
});

const caseTypeSchema = z.strictObject({
  code: z.enum([
    'REPORT',
    'COMPLAINT',
    'NOTE',
    'SUGGESTION',
    'INQUIRY',
    'INFORMATION_REQUEST',
    'SERVICE_REQUEST',
    'VIOLATION_REPORT',
    'OBSTACLE',
  ]),
  names: namesSchema,
  /** Line 1 may end it at first contact (AMB-13). */
  endsAtFirstContact: z.boolean().default(false),
  sectorRequired: z.boolean().default(false),
});

const categorySchema = z.strictObject({
  code,
  names: namesSchema,
  caseTypes: z.array(caseTypeSchema.shape.code).optional(),
  sector: code.optional(),
  activeFrom: day.optional(),
  /** Legal action needs a CONFIRMED field verification (QAT-06). */
  verificationRequired: z.boolean().default(false),
  legalBasis: z.string().optional(),
  /** Goes through summons and confrontation (KWT-08). */
  confrontation: z.boolean().default(false),
});

const bodySchema = z.strictObject({ code, names: namesSchema });
const partySchema = z.strictObject({ code, names: namesSchema, contacts: contactsSchema.default({}) });
const directorateSchema = partySchema.extend({ sections: z.array(partySchema).default([]) });

const agencySchema = partySchema.extend({
  ownership: z.enum(['PUBLIC', 'PRIVATE']),
  field: code,
  mode: z.enum(['OFF', 'TRANSFER', 'LIVE_SHARED']),
  transports: z.array(z.enum(['SMS', 'EMAIL', 'GRPC'])).min(1),
  closeOnTransfer: z.boolean().default(false),
  /** In mode TRANSFER the agency may still record actions of its own progress (S3 step 7). */
  progressActions: z.boolean().default(false),
});

const liaisonOfficerSchema = z.strictObject({
  owner: code,
  name: z.string(),
  contacts: contactsSchema,
  from: day,
  to: day.optional(),
});

export const calendarSchema = z.strictObject({
  /** ISO weekdays that are off: 1 Monday … 7 Sunday. */
  weekend: z.array(z.number().int().min(1).max(7)),
  hours: z.strictObject({ from: clockTime, to: clockTime }),
  holidays: z.array(z.strictObject({ day, names: namesSchema })).default([]),
  /** Periods with other hours, e.g. Ramadan as announced. */
  periods: z
    .array(
      z.strictObject({
        from: day,
        to: day,
        hours: z.strictObject({ from: clockTime, to: clockTime }),
        names: namesSchema,
      }),
    )
    .default([]),
  /** Deadline clock of contacts outside hours starts at the next opening (OMH-18, AMB-19). */
  clockStartsAtOpening: z.boolean().default(false),
});

const deadlineSchema = z.strictObject({
  code,
  when: conditionSchema.default({}),
  /** Counted from registration, or from the delivery to the owner. */
  from: z.enum(['REGISTRATION', 'DELIVERY']),
  amount: z.number().int().min(1),
  unit: z.enum(['WORKING_DAYS', 'CALENDAR_DAYS', 'HOURS']),
  /** What meets it; absent: a resolution when counted from the delivery, informing the reporter when from registration. */
  until: z.enum(['DELIVERED', 'RESOLVED', 'INFORMED']).optional(),
});

const requiredFieldSchema = z.strictObject({
  field: z.string(),
  names: namesSchema,
  when: conditionSchema.default({}),
  /** Pattern the plain value must match, checked before sealing (AMB-15). */
  pattern: z.string().optional(),
  /** At least this many words (triple name: 3). */
  minWords: z.number().int().min(1).optional(),
  /** Other fields of which any one will do instead: an e-mail address where a phone is asked for. */
  satisfiedBy: z.array(z.string()).min(1).optional(),
  /** Filled by an attachment of this kind instead of an answer in the form (AMB-15). */
  attachmentKind: z.enum(['PHOTO', 'INVOICE', 'FAX', 'LETTER', 'DOCUMENT', 'CLIP']).optional(),
});

const rule = { id: z.string().min(1), when: conditionSchema };
const templateSchema = z.strictObject({
  code,
  /** Case event type that asks for the message. */
  trigger: z.string(),
  when: conditionSchema.default({}),
  recipient: z.enum(['REPORTER', 'RESPONDENT', 'OWNER', 'AGENCY', 'LIAISON_OFFICER', 'ESCALATION']),
  /** `{name}` placeholders; see docs/reference/templates.md. */
  ar: z.string(),
  en: z.string(),
  subjectAr: z.string().optional(),
  subjectEn: z.string().optional(),
  /** Only these channels, in this order; absent: the recipient's preference. */
  channels: z.array(messageChannel).optional(),
});

export const profileSchema = z.strictObject({
  tenant: z.string().regex(/^[A-Z][A-Z0-9-]{1,31}$/),
  names: namesSchema,
  centre: namesSchema,
  country: z.string().length(2),
  /** Calling code region for phones without one (ISO 3166). */
  phoneRegion: z.string().length(2),
  /** IANA. */
  timeZone: z.string(),
  languages: z.array(z.enum(['ar', 'en'])).min(1),
  /** Tenant whose agents run this centre (MUS-26). */
  hostedBy: z.string().optional(),
  /** `{prefix}`, `{year}`, `{number}`, each once; number is zero-padded to `digits` (AMB-43). */
  caseNumber: z.strictObject({
    pattern: z.string(),
    prefix: z.string(),
    digits: z.number().int().min(3).max(12),
  }),
  channels: z.array(channelSchema).min(1),
  caseTypes: z.array(caseTypeSchema).min(1),
  categories: z.array(categorySchema).min(1),
  subjects: z.array(bodySchema).default([]),
  sectors: z.array(bodySchema).default([]),
  themes: z.array(bodySchema).default([]),
  clientTypes: z.array(bodySchema).default([]),
  needFlags: z.array(bodySchema).default([]),
  directorates: z.array(directorateSchema).default([]),
  units: z.array(partySchema).default([]),
  committees: z.array(partySchema).default([]),
  offices: z.array(partySchema).default([]),
  teams: z.array(bodySchema).default([]),
  agencies: z.array(agencySchema).default([]),
  /** Bodies that reporters are redirected to (KWT-06, QAT-07). */
  otherBodies: z.array(bodySchema.extend({ links: z.array(z.url()).default([]) })).default([]),
  liaisonOfficers: z.array(liaisonOfficerSchema).default([]),
  calendar: calendarSchema,
  deadlines: z.array(deadlineSchema).default([]),
  reminders: z.strictObject({
    everyWorkingDays: z.number().int().min(1),
    escalateAfter: z.number().int().min(1),
  }),
  escalation: z
    .array(z.strictObject({ level: z.number().int().min(1), to: code, contacts: contactsSchema.default({}) }))
    .default([]),
  requiredFields: z.array(requiredFieldSchema).default([]),
  /** Fields that must all be equal for two cases to be the same; none: only people find duplicates (KWT-12, AMB-06). */
  duplicates: z.strictObject({
    policy: z.enum(['LINK', 'FLAG', 'CANCEL_REPEAT', 'CANCEL_ALL']),
    keys: z.array(z.string()).default([]),
  }),
  /** First match wins; none: inside. */
  jurisdiction: z.array(z.strictObject({ ...rule, body: code })).default([]),
  /** First match wins: private inquiries that are declined (KWT-22). */
  declines: z.array(z.strictObject({ ...rule, portal: code })).default([]),
  /** Condition for a complaint to be serious (KWT-04, AMB-37); absent: cases are not screened. */
  screening: z.strictObject({ when: conditionSchema }).optional(),
  /** First match wins; the last one should be the default. */
  priority: z
    .array(
      z.strictObject({ ...rule, priority: z.enum(['LOW', 'NORMAL', 'HIGH', 'URGENT']), handlingClass: code }),
    )
    .min(1),
  routing: z.array(z.strictObject({ ...rule, owner: ownerSchema })).min(1),
  secondLineQueue: code,
  /** Lines that one person may hold on the same case; none: whoever acted on one is refused on the others (MUS-16, docs/adr/0021). */
  linesHeldTogether: z.array(z.enum(linePairs)).default([]),
  closing: z.strictObject({
    /** Attempts and distinct channels before a case may close as UNREACHED (AMB-10). */
    unreachedAttempts: z.number().int().min(1).default(3),
    unreachedChannels: z.number().int().min(1).default(2),
    /** AMB-11. */
    reopenWithinDays: z.number().int().min(0).default(14),
    /** A decision must cite a law (KWT-07). */
    lawReferenceRequired: z.boolean().default(false),
  }),
  /** Result channels in order of preference when the reporter gave none (MUS-40). */
  reporterChannels: z.array(messageChannel).min(1),
  /** Channels switched off now; messages fall back (KWT-34). */
  channelsOff: z.array(messageChannel).default([]),
  attachments: z.strictObject({
    maxBytes: z.number().int().min(1),
    mediaTypes: z.array(z.string()).min(1),
    maxPerCase: z.number().int().min(1).default(10),
  }),
  statusTexts: z.record(z.string(), namesSchema),
  templates: z.array(templateSchema).min(1),
});

export type Profile = z.infer<typeof profileSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type Names = z.infer<typeof namesSchema>;
export type ProfileOwner = z.infer<typeof ownerSchema>;
export type Template = z.infer<typeof templateSchema>;
export type WorkingCalendar = z.infer<typeof calendarSchema>;
