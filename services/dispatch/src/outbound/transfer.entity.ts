import { Column, Entity, PrimaryColumn } from 'typeorm';

/** See `domain/transfers.ts`. */
@Entity('transfer')
export class TransferEntity {
  @PrimaryColumn('uuid', { name: 'transfer_id' })
  transferId!: string;
  @Column('uuid', { name: 'case_id' })
  caseId!: string;
  @Column('text')
  tenant!: string;
  @Column('text', { name: 'case_number' })
  caseNumber!: string;
  @Column('text')
  agency!: string;
  @Column('text')
  category!: string;
  @Column('timestamptz', { name: 'transferred_at' })
  transferredAt!: Date;
  @Column('timestamptz', { name: 'due_at' })
  dueAt!: Date;
  @Column('boolean')
  acknowledged!: boolean;
  @Column('boolean')
  open!: boolean;
  @Column('integer')
  version!: number;
}
