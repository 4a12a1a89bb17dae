import { Column, Entity, PrimaryColumn } from 'typeorm';

/** See `domain/routing-decision.ts`. */
@Entity('routing_decision')
export class RoutingDecisionEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;
  @Column('text')
  tenant!: string;
  @Column('text')
  jurisdiction!: string;
  @Column('text', { nullable: true })
  screening!: string | null;
  @Column('text', { name: 'rule_id' })
  ruleId!: string;
  @Column('text', { name: 'owner_kind', nullable: true })
  ownerKind!: string | null;
  @Column('text', { name: 'owner_code', nullable: true })
  ownerCode!: string | null;
  @Column('text', { name: 'owner_section', nullable: true })
  ownerSection!: string | null;
  @Column('integer')
  corrections!: number;
  @Column('integer')
  misroutes!: number;
  @Column('timestamptz', { name: 'decided_at' })
  decidedAt!: Date;
  @Column('integer')
  version!: number;
}
