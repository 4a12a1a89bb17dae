/** Invented cases for looking at the console without any service. Times are relative to now so that ages read naturally. */
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();
const id = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const base = {
  reminders: 0,
  escalationLevel: 0,
  misroutes: 0,
  failedMessages: 0,
  attachments: 0,
  decisionVersion: 4,
  version: 9,
  overdue: false,
};
const row = (n, more) => ({
  ...base,
  caseId: id(n),
  tenant: 'MUS',
  phase: 'registered',
  caseNumber: `MUS-2026-${String(n).padStart(6, '0')}`,
  openedAt: ago(n),
  registeredAt: ago(n),
  updatedAt: ago(1),
  ...more,
});

const cleaning = { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' };
const haya = { kind: 'AGENCY', code: 'HAYA_WATER' };

export const rows = [
  row(481, {
    stage: 'WITH_SECOND_LINE',
    caseType: 'REPORT',
    category: 'CLEANLINESS',
    channel: 'PHONE_1111',
    owner: cleaning,
    priority: 'NORMAL',
  }),
  row(476, {
    stage: 'REPLY_RETURNED',
    caseType: 'COMPLAINT',
    category: 'ROADS',
    channel: 'WEB_PORTAL',
    owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-MAINTENANCE' },
    priority: 'HIGH',
    dueAt: ago(-20),
  }),
  row(311, {
    stage: 'WITH_SECOND_LINE',
    caseType: 'NOTE',
    category: 'WATER',
    channel: 'MOBILE_APP',
    owner: haya,
    attachments: 2,
  }),
  row(290, {
    stage: 'REPORTER_INFORMED',
    caseType: 'REPORT',
    category: 'GARDENS',
    channel: 'PHONE_1111',
    owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-GARDENS' },
    dueAt: ago(-3),
  }),
  row(201, {
    stage: 'WITH_SECOND_LINE',
    caseType: 'COMPLAINT',
    category: 'LIGHTING',
    channel: 'SOCIAL_MEDIA',
    owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: 'SEC-LIGHTING' },
    misroutes: 1,
    priority: 'URGENT',
    overdue: true,
    dueAt: ago(26),
    reminders: 3,
    escalationLevel: 1,
  }),
  row(140, {
    stage: 'WITH_THIRD_LINE',
    caseType: 'REPORT',
    category: 'CLEANLINESS',
    channel: 'PHONE_1111',
    owner: cleaning,
    overdue: true,
    dueAt: ago(5),
    reminders: 1,
  }),
  row(122, {
    stage: 'TRANSFERRED_EXTERNALLY',
    caseType: 'NOTE',
    category: 'WATER',
    channel: 'MOBILE_APP',
    owner: haya,
    dueAt: ago(-40),
  }),
  row(77, {
    stage: 'CLOSED',
    phase: 'terminal',
    caseType: 'REPORT',
    category: 'ROADS',
    channel: 'FAX_1111',
    owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS' },
    outcome: 'RESOLVED',
    closedAt: ago(30),
    failedMessages: 1,
  }),
  row(12, {
    stage: 'WITH_THIRD_LINE',
    caseType: 'REPORT',
    category: 'VIOLATION',
    channel: 'PHONE_1111',
    owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES' },
    dueAt: ago(-60),
  }),
  row(3, {
    stage: 'OPEN_PAGE',
    phase: 'open',
    caseNumber: undefined,
    registeredAt: undefined,
    channel: 'PHONE_1111',
    caseType: undefined,
    openedBy: 'mus.agent',
    decisionVersion: 1,
    version: 1,
  }),
];

const entry = (revision, type, hours, line, actor, changes = [], more = {}) => ({
  revision,
  type,
  at: ago(hours),
  recordedAt: ago(hours),
  line,
  actor,
  actorKind: line === 'system' ? 'system' : line === 'partner' ? 'partner' : 'staff',
  organisation: 'MUS',
  changes,
  ...more,
});
const code = (key, value) => ({ key, kind: 'code', value });
const text = (key, value) => ({ key, kind: 'text', value });

const form = {
  caseType: 'NOTE',
  category: 'WATER',
  details: 'تسرّب مياه من الأنبوب الرئيسي أمام المدرسة منذ مساء أمس، والماء يصل إلى الشارع.',
  reporterName: 'سالم بن خلفان (مثال)',
  phone: '+968 9000 0001',
  email: 'salim@example.com',
  preferredChannel: 'EMAIL',
  language: 'ar',
  needFlags: ['ELDERLY'],
  location: { latitude: 23.58413, longitude: 58.40778 },
  address: 'حي المثال، شارع 12',
};

const timeline = [
  entry(0, 'CaseOpened', 122, '1', 'mus.agent', [code('channel', 'MOBILE_APP')], { channel: 'MOBILE_APP' }),
  entry(1, 'FormFilled', 122, '1', 'mus.agent', [
    code('category', 'WATER'),
    text('details', form.details),
    text('phone', form.phone),
  ]),
  entry(2, 'AttachmentAdded', 121.9, '1', 'mus.agent', [
    code('kind', 'PHOTO'),
    text('mediaType', 'image/jpeg'),
    { key: 'sizeBytes', kind: 'number', value: 482_133 },
  ]),
  entry(3, 'CaseRegistered', 121.8, '1', 'mus.agent', [
    text('caseNumber', 'MUS-2026-000122'),
    code('category', 'WATER'),
    { key: 'reachableBy', kind: 'codes', value: ['EMAIL', 'SMS'] },
  ]),
  entry(4, 'CaseRouted', 121.8, 'system', 'routing', [
    { key: 'owner', kind: 'owner', value: ['AGENCY', 'HAYA_WATER'] },
    text('ruleId', 'CAT_TO_AGENCY'),
  ]),
  entry(5, 'CaseSentToSecondLine', 121.8, 'system', 'dispatch', [code('queue', 'DISTRIBUTOR')]),
  entry(6, 'NotificationSent', 121.7, 'system', 'notification', [
    text('trigger', 'CaseRegistered'),
    code('recipient', 'REPORTER'),
    code('channel', 'EMAIL'),
  ]),
  entry(7, 'CaseTransferred', 96, '2', 'mus.distributor', [
    code('agency', 'HAYA_WATER'),
    { key: 'dueAt', kind: 'instant', value: ago(-40) },
    text('note', 'الموقع قرب المدرسة، يرجى الاستعجال.'),
  ]),
  entry(8, 'ReminderIssued', 48, 'system', 'dispatch', [
    { key: 'n', kind: 'number', value: 1 },
    { key: 'owner', kind: 'owner', value: ['AGENCY', 'HAYA_WATER'] },
  ]),
  entry(9, 'Acknowledged', 30, 'partner', 'haya-water', [text('externalReference', 'HW-7781')]),
  entry(10, 'ActionAdded', 6, 'partner', 'haya-water', [
    text('description', 'وصل الفريق وأُغلق الصمام، والإصلاح جارٍ.'),
    code('state', 'OPEN'),
  ]),
];

const messages = [
  {
    messageId: id(901),
    trigger: 'CaseRegistered',
    recipient: 'REPORTER',
    language: 'ar',
    channels: ['EMAIL', 'SMS'],
    channel: 'EMAIL',
    state: 'ACCEPTED',
    attempts: 1,
    requestedAt: ago(121.8),
    settledAt: ago(121.7),
  },
  {
    messageId: id(902),
    trigger: 'CaseTransferred',
    recipient: 'AGENCY',
    recipientCode: 'HAYA_WATER',
    language: 'ar',
    channels: ['SMS'],
    channel: 'SMS',
    state: 'ACCEPTED',
    attempts: 1,
    requestedAt: ago(96),
    settledAt: ago(96),
  },
  {
    messageId: id(903),
    trigger: 'CaseTransferred',
    recipient: 'REPORTER',
    language: 'ar',
    channels: ['EMAIL'],
    state: 'FAILED',
    reason: 'OUTCOME_UNKNOWN',
    requestedAt: ago(96),
    settledAt: ago(95.9),
  },
  {
    messageId: id(904),
    trigger: 'ReminderIssued',
    recipient: 'AGENCY',
    recipientCode: 'HAYA_WATER',
    language: 'ar',
    channels: ['SMS'],
    state: 'REQUESTED',
    requestedAt: ago(1),
  },
];

const owners = [
  {
    value: 'DIRECTORATE:DIR-SERVICES:SEC-CLEANING',
    ar: 'مديرية الخدمات البلدية — قسم النظافة',
    en: 'Directorate of Municipal Services — Cleaning Section',
  },
  { value: 'DIRECTORATE:DIR-ROADS', ar: 'مديرية الطرق', en: 'Directorate of Roads' },
];
const referring = [
  {
    action: 'refer',
    primary: true,
    fields: [
      { name: 'owner', kind: 'owner', required: false, options: owners, preset: owners[0].value },
      { name: 'note', kind: 'textarea', required: false, maxLength: 4000 },
    ],
  },
  {
    action: 'transfer',
    primary: false,
    fields: [
      {
        name: 'agency',
        kind: 'select',
        required: true,
        options: [{ value: 'HAYA_WATER', ar: 'حيا للمياه', en: 'Haya Water' }],
      },
      { name: 'note', kind: 'textarea', required: false },
    ],
  },
  {
    action: 'correct-routing',
    primary: false,
    fields: [
      { name: 'owner', kind: 'owner', required: true, options: owners },
      { name: 'reason', kind: 'text', required: true, maxLength: 500 },
    ],
  },
  { action: 'follow-up', primary: false, fields: [{ name: 'note', kind: 'textarea', required: true }] },
];
const following = [
  { action: 'follow-up', primary: true, fields: [{ name: 'note', kind: 'textarea', required: true }] },
  {
    action: 'add-action',
    primary: false,
    fields: [
      { name: 'description', kind: 'textarea', required: true },
      {
        name: 'state',
        kind: 'select',
        required: true,
        options: [{ value: 'OPEN' }, { value: 'DONE' }],
        preset: 'OPEN',
      },
    ],
  },
];
const filling = ['fill', 'attach', 'register'].map((action) => ({
  action,
  primary: action === 'register',
  fields: [],
}));

const attachments = [
  { attachmentId: id(801), kind: 'PHOTO', mediaType: 'image/jpeg', sizeBytes: 482_133, addedAt: ago(121) },
  {
    attachmentId: id(802),
    kind: 'DOCUMENT',
    mediaType: 'application/pdf',
    sizeBytes: 1_512_000,
    addedAt: ago(121),
  },
];

export function pageOf(found) {
  if (found.phase === 'open')
    return {
      case: found,
      form: found.form ?? {},
      missing: [],
      attachments: [],
      timeline: timeline.slice(0, 1),
      messages: [],
      nextActions: filling,
    };
  const out = found.stage === 'TRANSFERRED_EXTERNALLY' || found.stage === 'WITH_THIRD_LINE';
  const closed = found.phase === 'terminal';
  return {
    case: found,
    form,
    missing: [],
    attachments,
    timeline,
    messages,
    nextActions: closed
      ? [{ action: 'reopen', primary: false, fields: [{ name: 'reason', kind: 'textarea', required: true }] }]
      : out
        ? following
        : referring,
  };
}
