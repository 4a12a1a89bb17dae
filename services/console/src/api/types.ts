/** What the back office answers under `/api`; the other half is `services/backoffice/src/inbound/http`. */
export interface Names {
  readonly ar: string;
  readonly en: string;
}
export type Named = { readonly code: string; readonly names: Names };
export type Queue = 'line1' | 'second-line' | 'follow-up' | 'third-line' | 'all';

export interface Me {
  readonly account: string;
  readonly organisation: string;
  readonly tenants: readonly ({ readonly code: string } & Names)[];
  readonly roles: readonly string[];
  readonly party?: { readonly code: string; readonly section?: string };
  readonly queues: readonly Queue[];
  readonly may: readonly string[];
}

type Fact = string | number | boolean | null;
export type Condition = Readonly<Record<string, Fact | readonly Fact[]>>;

export interface Profile {
  readonly tenant: string;
  readonly names: Names;
  readonly centre: Names;
  readonly timeZone: string;
  readonly channels: readonly (Named & {
    readonly kind: string;
    readonly answersBy?: string;
    readonly selfService: boolean;
  })[];
  readonly caseTypes: readonly (Named & { readonly endsAtFirstContact: boolean })[];
  readonly categories: readonly (Named & {
    readonly caseTypes?: readonly string[];
    readonly sector?: string;
  })[];
  readonly subjects: readonly Named[];
  readonly sectors: readonly Named[];
  readonly themes: readonly Named[];
  readonly clientTypes: readonly Named[];
  readonly needFlags: readonly Named[];
  readonly directorates: readonly (Named & { readonly sections: readonly Named[] })[];
  readonly units: readonly Named[];
  readonly committees: readonly Named[];
  readonly offices: readonly Named[];
  readonly teams: readonly Named[];
  readonly agencies: readonly (Named & { readonly mode: string })[];
  readonly otherBodies: readonly Named[];
  readonly reporterChannels: readonly string[];
  readonly requiredFields: readonly {
    readonly field: string;
    readonly names: Names;
    readonly when: Condition;
  }[];
  readonly attachments: {
    readonly maxBytes: number;
    readonly mediaTypes: readonly string[];
    readonly maxPerCase: number;
  };
}

export interface Owner {
  readonly kind: string;
  readonly code: string;
  readonly section?: string;
}

export interface CaseRow {
  readonly caseId: string;
  readonly caseNumber?: string;
  readonly stage: string;
  readonly phase: 'open' | 'registered' | 'terminal';
  readonly caseType?: string;
  readonly category?: string;
  readonly channel?: string;
  readonly priority?: string;
  readonly owner?: Owner;
  readonly outcome?: string;
  readonly openedAt: string;
  readonly openedBy?: string;
  readonly registeredAt?: string;
  readonly dueAt?: string;
  readonly closedAt?: string;
  readonly overdue: boolean;
  readonly reminders: number;
  readonly escalationLevel: number;
  readonly misroutes: number;
  readonly failedMessages: number;
  readonly attachments: number;
  readonly decisionVersion: number;
  readonly version: number;
  readonly updatedAt: string;
}

export interface CaseListPage {
  readonly rows: readonly CaseRow[];
  /** Counted up to 10,000. */
  readonly total: number;
  /** There are more. */
  readonly more: boolean;
  readonly page: number;
  readonly pageSize: number;
}

export interface Option {
  readonly value: string;
  readonly ar?: string;
  readonly en?: string;
}
export interface ActionField {
  readonly name: string;
  readonly kind: 'text' | 'textarea' | 'select' | 'many' | 'owner' | 'date' | 'lines';
  readonly required: boolean;
  readonly maxLength?: number;
  readonly options?: readonly Option[];
  readonly preset?: string;
}
export interface NextAction {
  readonly action: string;
  readonly primary: boolean;
  readonly fields: readonly ActionField[];
}

export interface Change {
  readonly key: string;
  readonly kind: 'code' | 'codes' | 'text' | 'instant' | 'day' | 'number' | 'flag' | 'owner' | 'place';
  readonly value: string | number | boolean | readonly string[];
}
export interface TimelineEntry {
  readonly revision: number;
  readonly type: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly line: '1' | '2' | '3' | 'partner' | 'system';
  readonly actor: string;
  readonly actorKind: string;
  readonly organisation: string;
  readonly channel?: string;
  readonly changes: readonly Change[];
}
export interface MessageLine {
  readonly messageId: string;
  readonly trigger: string;
  readonly recipient: string;
  readonly recipientCode?: string;
  readonly language: string;
  readonly channels: readonly string[];
  readonly channel?: string;
  readonly state: 'REQUESTED' | 'ACCEPTED' | 'FAILED';
  readonly reason?: string;
  readonly attempts?: number;
  readonly requestedAt: string;
  readonly settledAt?: string;
}
export interface AttachmentLine {
  readonly attachmentId: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly addedAt: string;
}
export interface MissingField extends Names {
  readonly field: string;
}

export interface CasePage {
  readonly case: CaseRow & {
    readonly handlingClass?: string;
    readonly agency?: string;
    readonly redirectedTo?: string;
    readonly originalNumber?: string;
    readonly verification?: string;
  };
  /** False: personal values are hidden from this person; they read as erased ones do. */
  readonly revealed?: boolean;
  readonly form: Readonly<Record<string, unknown>>;
  readonly missing: readonly MissingField[];
  readonly attachments: readonly AttachmentLine[];
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly MessageLine[];
  readonly nextActions: readonly NextAction[];
}

export interface CommandAnswer {
  readonly caseId: string;
  readonly decisionVersion: number;
  readonly caseNumber: string;
  readonly events: readonly string[];
}
