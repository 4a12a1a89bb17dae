import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One case in the work lists; see `domain/case-row.ts`. Times are PostgreSQL `timestamptz`. */
@Entity('case_row')
@Index('case_row_by_tenant_stage', ['tenant', 'phase', 'stage'])
export class CaseRowEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;
  @Column('text')
  tenant!: string;
  @Column('text', { name: 'case_number', nullable: true })
  caseNumber!: string | null;
  @Column('text')
  stage!: string;
  @Column('text')
  phase!: string;
  @Column('text', { name: 'case_type', nullable: true })
  caseType!: string | null;
  @Column('text', { nullable: true })
  category!: string | null;
  @Column('text', { nullable: true })
  channel!: string | null;
  @Column('text', { nullable: true })
  priority!: string | null;
  @Column('text', { name: 'owner_kind', nullable: true })
  ownerKind!: string | null;
  @Column('text', { name: 'owner_code', nullable: true })
  ownerCode!: string | null;
  @Column('text', { name: 'owner_section', nullable: true })
  ownerSection!: string | null;
  @Column('text', { nullable: true })
  queue!: string | null;
  @Column('text', { nullable: true })
  outcome!: string | null;
  @Column('timestamptz', { name: 'opened_at' })
  openedAt!: Date;
  @Column('text', { name: 'opened_by', nullable: true })
  openedBy!: string | null;
  @Column('text', { name: 'opened_by_organisation', nullable: true })
  openedByOrganisation!: string | null;
  @Column('timestamptz', { name: 'registered_at', nullable: true })
  registeredAt!: Date | null;
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;
  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;
  @Column('integer')
  reminders!: number;
  @Column('integer', { name: 'escalation_level' })
  escalationLevel!: number;
  @Column('integer')
  misroutes!: number;
  @Column('integer', { name: 'failed_messages' })
  failedMessages!: number;
  @Column('integer')
  attachments!: number;
  @Column('integer', { name: 'decision_version' })
  decisionVersion!: number;
  @Column('integer')
  version!: number;
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
