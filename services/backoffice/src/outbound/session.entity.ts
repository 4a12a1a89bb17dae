import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A person's session; the tokens are sealed and the id is a hash, so that a copy of this table signs nobody in. */
@Entity('session')
@Index('session_by_seen_at', ['seenAt'])
export class SessionEntity {
  @PrimaryColumn('char', { length: 64 })
  id!: string;
  @Column('text', { name: 'sealed_tokens' })
  sealedTokens!: string;
  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;
  @Column('timestamptz', { name: 'seen_at' })
  seenAt!: Date;
  /** A replica renews the tokens until then at most. */
  @Column('timestamptz', { name: 'renewing_until', nullable: true, select: false })
  renewingUntil!: Date | null;
}
