import { type DataSource, LessThan } from 'typeorm';
import { type SessionRow, type SessionTable } from '../application/sessions';
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
