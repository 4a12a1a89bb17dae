import { Column, Entity, PrimaryColumn } from 'typeorm';

/** See `domain/queue-entry.ts`. `rank` orders by priority, 1 most urgent. */
@Entity('queue_entry')
export class QueueEntryEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;
  @Column('text')
  tenant!: string;
  @Column('text', { name: 'case_number' })
  caseNumber!: string;
  @Column('text')
  turn!: string;
  @Column('text')
  stage!: string;
  @Column('text')
  category!: string;
  @Column('text', { name: 'case_type' })
  caseType!: string;
  @Column('text')
  priority!: string;
  @Column('integer')
  rank!: number;
  @Column('text', { name: 'owner_kind', nullable: true })
  ownerKind!: string | null;
  @Column('text', { name: 'owner_code', nullable: true })
  ownerCode!: string | null;
  @Column('text', { name: 'owner_section', nullable: true })
  ownerSection!: string | null;
  @Column('text', { nullable: true })
  queue!: string | null;
  @Column('timestamptz', { name: 'registered_at' })
  registeredAt!: Date;
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;
  @Column('integer')
  reminders!: number;
  @Column('integer', { name: 'escalation_level' })
  escalationLevel!: number;
  @Column('integer')
  misroutes!: number;
  @Column('boolean', { name: 'follow_up' })
  followUp!: boolean;
  @Column('integer', { name: 'actions_total' })
  actionsTotal!: number;
  @Column('integer', { name: 'actions_done' })
  actionsDone!: number;
  @Column('integer', { name: 'decision_version' })
  decisionVersion!: number;
  @Column('integer')
  version!: number;
}
