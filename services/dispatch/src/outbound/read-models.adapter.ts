import { type Owner } from '@balagh/case-events';
import { type DataSource, type SelectQueryBuilder } from 'typeorm';
import {
  type CaseRows,
  type QueueQuery,
  type ReadModels,
  type TransferQuery,
  rankOf,
} from '../application/read-models.port';
import { type QueueEntry, type Turn } from '../domain/queue-entry';
import { type Transfer } from '../domain/transfers';
import { dropTimersSql, putEntrySql, putTimerSql, putTransferSql } from './case-rows.statements';
import { QueueEntryEntity } from './queue-entry.entity';
import { TransferEntity } from './transfer.entity';

export class PostgresReadModels implements ReadModels {
  constructor(private readonly source: DataSource) {}

  /** One transaction: the entry's row lock makes concurrent folds of a case wait for each other. */
  async put({ entry, transfers, dueTimes, calendarVersion }: CaseRows): Promise<void> {
    await this.source.transaction(async (manager) => {
      const written: unknown = await manager.query(putEntrySql, entryValues(entry));
      if (!Array.isArray(written) || written.length === 0) return;
      for (const transfer of transfers) await manager.query(putTransferSql, transferValues(transfer));
      await manager.query(dropTimersSql, [entry.caseId, dueTimes.map(({ kind }) => kind)]);
      for (const { kind, dueAt } of dueTimes) {
        await manager.query(putTimerSql, [entry.caseId, kind, entry.tenant, dueAt, calendarVersion]);
      }
    });
  }

  async versionOf(caseId: string): Promise<number | undefined> {
    const rows = this.source.getRepository(QueueEntryEntity);
    return (await rows.findOne({ where: { caseId }, select: { caseId: true, version: true } }))?.version;
  }

  async list(
    query: QueueQuery,
  ): Promise<{ readonly entries: readonly QueueEntry[]; readonly total: number }> {
    const total = await this.filtered(query).getCount();
    const page = this.filtered(query);
    const { order, after } = query;
    if (order === 'PRIORITY') page.orderBy('entry.rank', 'ASC').addOrderBy('entry.registeredAt', 'ASC');
    else page.orderBy('entry.registeredAt', 'ASC');
    if (after !== undefined) {
      const keys = '(entry.registered_at, entry.case_id) > (:registeredAt, :caseId)';
      const later = order === 'PRIORITY' ? `(entry.rank > :rank or (entry.rank = :rank and ${keys}))` : keys;
      page.andWhere(later, after);
    }
    const entities = await page.addOrderBy('entry.caseId', 'ASC').limit(query.limit).getMany();
    return { entries: entities.map(entryOf), total };
  }

  async transfer(transferId: string): Promise<Transfer | undefined> {
    const entity = await this.source.getRepository(TransferEntity).findOneBy({ transferId });
    return entity === null ? undefined : transferOf(entity);
  }

  async openTransfers({ tenant, agency, after, limit }: TransferQuery): Promise<readonly Transfer[]> {
    const query = this.source
      .getRepository(TransferEntity)
      .createQueryBuilder('transfer')
      .where('transfer.tenant = :tenant and transfer.agency = :agency and transfer.open', { tenant, agency });
    if (after !== undefined)
      query.andWhere(
        '(transfer.transferred_at, transfer.transfer_id) > (:transferredAt, :transferId)',
        after,
      );
    const entities = await query
      .orderBy('transfer.transferredAt', 'ASC')
      .addOrderBy('transfer.transferId', 'ASC')
      .limit(limit)
      .getMany();
    return entities.map(transferOf);
  }

  private filtered({ tenant, turn, followUpOnly, party }: QueueQuery): SelectQueryBuilder<QueueEntryEntity> {
    const query = this.source
      .getRepository(QueueEntryEntity)
      .createQueryBuilder('entry')
      .where(`entry.tenant = :tenant and entry.turn = :turn and entry.turn <> 'NOBODY'`, { tenant, turn });
    if (followUpOnly) query.andWhere('entry.follow_up');
    if (party !== undefined) {
      query.andWhere(`entry.owner_code = :party and entry.owner_kind <> 'AGENCY'`, { party: party.code });
      if (party.section !== undefined)
        query.andWhere('entry.owner_section = :section', { section: party.section });
    }
    return query;
  }
}

function entryValues(entry: QueueEntry): unknown[] {
  const { owner } = entry;
  return [
    entry.caseId,
    entry.tenant,
    entry.caseNumber,
    entry.turn,
    entry.stage,
    entry.category,
    entry.caseType,
    entry.priority,
    rankOf(entry.priority),
    owner?.kind ?? null,
    owner?.code ?? null,
    owner?.section ?? null,
    entry.queue ?? null,
    entry.registeredAt,
    entry.dueAt ?? null,
    entry.reminders,
    entry.escalationLevel,
    entry.misroutes,
    entry.followUp,
    entry.actionsTotal,
    entry.actionsDone,
    entry.decisionVersion,
    entry.version,
  ];
}

function transferValues(transfer: Transfer): unknown[] {
  const { transferId, caseId, tenant, caseNumber, agency, category } = transfer;
  const { transferredAt, dueAt, acknowledged, open, version } = transfer;
  return [
    transferId,
    caseId,
    tenant,
    caseNumber,
    agency,
    category,
    transferredAt,
    dueAt,
    acknowledged,
    open,
    version,
  ];
}

function entryOf(entity: QueueEntryEntity): QueueEntry {
  const { ownerKind, ownerCode, ownerSection, queue, dueAt, registeredAt, turn } = entity;
  const owner =
    ownerKind === null || ownerCode === null
      ? undefined
      : {
          kind: ownerKind as Owner['kind'],
          code: ownerCode,
          ...(ownerSection === null ? {} : { section: ownerSection }),
        };
  const { caseId, tenant, caseNumber, stage, category, caseType, priority, reminders, escalationLevel } =
    entity;
  const { misroutes, followUp, actionsTotal, actionsDone, decisionVersion, version } = entity;
  return {
    ...{ caseId, tenant, caseNumber, stage, category, caseType, priority, reminders, escalationLevel },
    ...{ misroutes, followUp, actionsTotal, actionsDone, decisionVersion, version },
    turn: turn as Turn,
    registeredAt: registeredAt.toISOString(),
    ...(owner === undefined ? {} : { owner }),
    ...(queue === null ? {} : { queue }),
    ...(dueAt === null ? {} : { dueAt: dueAt.toISOString() }),
  };
}

function transferOf(entity: TransferEntity): Transfer {
  const { transferredAt, dueAt } = entity;
  return { ...entity, transferredAt: transferredAt.toISOString(), dueAt: dueAt.toISOString() };
}
