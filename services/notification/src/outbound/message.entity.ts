import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One message in the work table; see `application/work-table.port.ts`. Rebuildable from the message streams. */
@Entity('message')
export class MessageEntity {
  @PrimaryColumn('uuid', { name: 'message_id' })
  messageId!: string;
  @Column('uuid', { name: 'case_id' })
  caseId!: string;
  @Column('text')
  tenant!: string;
  @Column('text')
  queue!: string;
  @Column('text')
  phase!: string;
  @Column('text')
  channel!: string;
  @Column('integer')
  version!: number;
  @Column('timestamptz')
  since!: Date;
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;
  @Column('uuid', { name: 'lease_owner', nullable: true })
  leaseOwner!: string | null;
  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;
}
