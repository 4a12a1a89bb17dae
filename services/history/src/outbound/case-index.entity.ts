import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row per case; rebuilt from the event store at will. */
@Entity('case_index')
export class CaseIndexEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;

  @Column('text')
  tenant!: string;

  @Column('text', { name: 'case_number', nullable: true })
  caseNumber!: string | null;

  @Column('text')
  stage!: string;

  @Column('text', { nullable: true })
  category!: string | null;

  @Column('timestamptz', { name: 'registered_at', nullable: true })
  registeredAt!: Date | null;

  @Column('integer')
  version!: number;
}
