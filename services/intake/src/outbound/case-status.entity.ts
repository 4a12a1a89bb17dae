import { type Stage } from '@balagh/case-events';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'case_status' })
@Index('case_status_number', ['tenant', 'caseNumber'], { unique: true })
export class CaseStatusRow {
  @PrimaryColumn({ name: 'case_id', type: 'uuid' })
  caseId!: string;

  @Column({ type: 'text' })
  tenant!: string;

  @Column({ name: 'case_number', type: 'text' })
  caseNumber!: string;

  @Column({ type: 'text' })
  stage!: Stage;

  @Column({ name: 'registered_at', type: 'timestamptz' })
  registeredAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ type: 'integer' })
  version!: number;

  /** When this row was last written; a rebuild deletes what it did not touch. */
  @Column({ name: 'written_at', type: 'timestamptz' })
  writtenAt!: Date;
}
