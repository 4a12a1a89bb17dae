import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A due time of a case and the lease of who fires it. `fence` grows with every lease: a late holder is told apart. */
@Entity('timer')
export class TimerEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;
  @PrimaryColumn('text')
  kind!: string;
  @Column('text')
  tenant!: string;
  @Column('timestamptz', { name: 'due_at' })
  dueAt!: Date;
  @Column('integer', { name: 'calendar_version' })
  calendarVersion!: number;
  @Column('text', { name: 'lease_owner', nullable: true })
  leaseOwner!: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;
  @Column('bigint')
  fence!: string;
}
