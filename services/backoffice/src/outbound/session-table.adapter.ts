import { type DataSource, LessThan } from 'typeorm';
import { type RenewalClaim, type SessionRow, type SessionTable } from '../application/sessions';
import { SessionEntity } from './session.entity';

export class PostgresSessionTable implements SessionTable {
  constructor(private readonly source: DataSource) {}

  async put(row: SessionRow): Promise<void> {
    await this.sessions.upsert({ ...row }, ['id']);
  }

  async find(id: string): Promise<SessionRow | undefined> {
    return (await this.sessions.findOneBy({ id })) ?? undefined;
  }

  async touch(id: string, seenAt: Date): Promise<void> {
    await this.sessions.update({ id }, { seenAt });
  }

  async claimRenewal({ id, sealedTokens, at, until }: RenewalClaim): Promise<boolean> {
    const claimed = await this.sessions
      .createQueryBuilder()
      .update()
      .set({ renewingUntil: until })
      .where('id = :id and sealed_tokens = :sealedTokens', { id, sealedTokens })
      .andWhere('(renewing_until is null or renewing_until <= :at)', { at })
      .execute();
    return claimed.affected === 1;
  }

  async releaseRenewal(id: string, sealedTokens: string): Promise<void> {
    await this.sessions.update({ id, sealedTokens }, { renewingUntil: null });
  }

  async replaceTokens(id: string, before: string, after: string): Promise<boolean> {
    const now = { sealedTokens: after, renewingUntil: null };
    const replaced = await this.sessions.update({ id, sealedTokens: before }, now);
    return replaced.affected === 1;
  }

  async remove(id: string): Promise<void> {
    await this.sessions.delete({ id });
  }

  async removeStale(seenBefore: Date, startedBefore: Date): Promise<number> {
    const idle = await this.sessions.delete({ seenAt: LessThan(seenBefore) });
    const old = await this.sessions.delete({ startedAt: LessThan(startedBefore) });
    return (idle.affected ?? 0) + (old.affected ?? 0);
  }

  private get sessions() {
    return this.source.getRepository(SessionEntity);
  }
}
