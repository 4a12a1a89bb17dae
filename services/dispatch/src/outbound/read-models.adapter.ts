import { type Owner } from '@balagh/case-events';
import { rowsTogether } from '@balagh/event-feed';
import { type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import {
  type CaseRows,
  type QueueQuery,
  type ReadModels,
  type TransferQuery,
  rankOf,
} from '../application/read-models.port';
import { type QueueEntry, type Turn } from '../domain/queue-entry';
import { type Transfer } from '../domain/transfers';
import { type EntryColumns, type TransferColumns, putCasesSql, transferSql } from './case-rows.statements';
import { QueueEntryEntity } from './queue-entry.entity';
import { TransferEntity } from './transfer.entity';

export class PostgresReadModels implements ReadModels {
  private readonly putTogether: (rows: CaseRows & { readonly version: number }) => Promise<boolean>;

  constructor(private readonly source: DataSource) {
    this.putTogether = rowsTogether(
      ({ entry }) => entry.caseId,
      (cases) => putCases(this.source, cases),
    );
  }

  put(rows: CaseRows): Promise<boolean> {
    return this.putTogether({ ...rows, version: rows.entry.version });
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
    const [row] = await this.source.query<readonly TransferEntity[]>(transferSql, [transferId]);
    return row === undefined ? undefined : transferOf(row);
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

/** Writes all rows of the cases, on a connection or in a transaction. @returns the cases that were written */
export async function putCases(
  on: Pick<DataSource, 'query'> | Pick<EntityManager, 'query'>,
  cases: readonly CaseRows[],
): Promise<ReadonlySet<string>> {
  const rows = [
    cases.map(({ entry }) => entryColumnsOf(entry)),
    cases.flatMap(({ transfers }) => transfers.map(transferColumnsOf)),
    cases.flatMap(timerColumnsOf),
  ];
  const [answer] = await on.query<readonly { written: readonly string[] }[]>(
    putCasesSql,
    rows.map((table) => JSON.stringify(table)),
  );
  return new Set(answer?.written);
}

/** What is undefined is left out and becomes NULL. */
function entryColumnsOf(entry: QueueEntry): EntryColumns {
  const { owner } = entry;
  return {
    case_id: entry.caseId,
    tenant: entry.tenant,
    case_number: entry.caseNumber,
    turn: entry.turn,
    stage: entry.stage,
    category: entry.category,
    case_type: entry.caseType,
    priority: entry.priority,
    rank: rankOf(entry.priority),
    owner_kind: owner?.kind,
    owner_code: owner?.code,
    owner_section: owner?.section,
    queue: entry.queue,
    registered_at: entry.registeredAt,
    due_at: entry.dueAt,
    reminders: entry.reminders,
    escalation_level: entry.escalationLevel,
    misroutes: entry.misroutes,
    follow_up: entry.followUp,
    actions_total: entry.actionsTotal,
    actions_done: entry.actionsDone,
    decision_version: entry.decisionVersion,
    version: entry.version,
  };
}

function transferColumnsOf(transfer: Transfer): TransferColumns {
  return {
    transfer_id: transfer.transferId,
    case_id: transfer.caseId,
    tenant: transfer.tenant,
    case_number: transfer.caseNumber,
    agency: transfer.agency,
    category: transfer.category,
    transferred_at: transfer.transferredAt,
    due_at: transfer.dueAt,
    acknowledged: transfer.acknowledged,
    open: transfer.open,
    version: transfer.version,
  };
}

function timerColumnsOf({ entry, dueTimes, calendarVersion }: CaseRows): readonly object[] {
  const { caseId, tenant } = entry;
  return dueTimes.map(({ kind, dueAt }) => ({
    case_id: caseId,
    kind,
    tenant,
    due_at: dueAt,
    calendar_version: calendarVersion,
  }));
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
