import { type Stage } from '@balagh/case-events';
import { rowsTogether } from '@balagh/event-feed';
import { countedUpTo } from '@balagh/runtime';
import { type DataSource, type SelectQueryBuilder } from 'typeorm';
import { type CaseFilter, type CaseRowPage, type CaseRows, type Paging } from '../application/case-rows.port';
import { type CaseRow, present } from '../domain/case-row';
import { CaseRowEntity } from './case-row.entity';

const columns = [
  'case_id',
  'tenant',
  'case_number',
  'stage',
  'phase',
  'case_type',
  'category',
  'channel',
  'priority',
  'owner_kind',
  'owner_code',
  'owner_section',
  'queue',
  'outcome',
  'opened_at',
  'opened_by',
  'opened_by_organisation',
  'registered_at',
  'due_at',
  'closed_at',
  'reminders',
  'escalation_level',
  'misroutes',
  'failed_messages',
  'attachments',
  'decision_version',
  'version',
  'updated_at',
] as const;

/** An older fold never replaces a newer one; the same one may, so that a rebuild repairs what a defect wrote. */
const putSql = `
  insert into case_row (${columns.join(', ')})
  select ${columns.join(', ')} from jsonb_populate_recordset(null::case_row, $1::jsonb)
  on conflict (case_id) do update set ${columns
    .slice(1)
    .map((c) => `${c} = excluded.${c}`)
    .join(', ')}
  where case_row.version <= excluded.version returning case_id`;

export class PostgresCaseRows implements CaseRows {
  /** Rows that are put at the same time travel in one statement. */
  readonly put: (row: CaseRow) => Promise<boolean>;

  constructor(private readonly source: DataSource) {
    this.put = rowsTogether<CaseRow>(
      ({ caseId }) => caseId,
      async (rows) => {
        const written: readonly { case_id: string }[] = await source.query(putSql, [
          JSON.stringify(rows.map(columnsOf)),
        ]);
        return new Set(written.map((row) => row.case_id));
      },
    );
  }

  async find(caseId: string): Promise<CaseRow | undefined> {
    const entity = await this.source.getRepository(CaseRowEntity).findOneBy({ caseId });
    return entity === null ? undefined : rowOf(entity);
  }

  async page(filter: CaseFilter, { sort, offset, limit, countUpTo }: Paging): Promise<CaseRowPage> {
    const query = this.filtered(filter);
    if (sort === 'due') query.orderBy('row.due_at', 'ASC', 'NULLS LAST').addOrderBy('row.opened_at', 'ASC');
    else query.orderBy('row.opened_at', sort === 'age' ? 'ASC' : 'DESC');
    query.addOrderBy('row.case_id', 'ASC').offset(offset).limit(limit);
    const [entities, counted] = await Promise.all([
      query.getMany(),
      countedUpTo(this.filtered(filter), countUpTo),
    ]);
    return { rows: entities.map(rowOf), ...counted };
  }

  count(filter: CaseFilter): Promise<number> {
    return this.filtered(filter).getCount();
  }

  private filtered(filter: CaseFilter): SelectQueryBuilder<CaseRowEntity> {
    const query = this.source
      .getRepository(CaseRowEntity)
      .createQueryBuilder('row')
      .where('row.tenant = :tenant', { tenant: filter.tenant });
    const { stages, phase, category, priority, number, owner, company, firstLine, overdueAt } = filter;
    if (stages !== undefined) query.andWhere('row.stage in (:...stages)', { stages: [...stages] });
    if (phase !== undefined) query.andWhere('row.phase = :phase', { phase });
    if (category !== undefined) query.andWhere('row.category = :category', { category });
    if (priority !== undefined) query.andWhere('row.priority = :priority', { priority });
    if (number !== undefined)
      query.andWhere(`row.case_number ilike :number escape '!'`, {
        number: `%${number.replace(/[!%_]/g, '!$&')}%`,
      });
    if (owner !== undefined) query.andWhere('row.owner_code = :party', { party: owner.code });
    if (owner?.section !== undefined)
      query.andWhere('(row.owner_section is null or row.owner_section = :section)', {
        section: owner.section,
      });
    if (company !== undefined) query.andWhere('row.opened_by_organisation = :company', { company });
    // Says no more than the line above: with it the index of what others than the tenant opened can be used.
    if (company !== undefined && company !== filter.tenant)
      query.andWhere('row.opened_by_organisation <> row.tenant');
    if (overdueAt !== undefined)
      query.andWhere(`row.due_at < :overdueAt and row.phase = 'registered'`, { overdueAt });
    if (firstLine !== undefined) {
      const today = `row.registered_at >= date_trunc('day', :at::timestamptz, :timeZone)`;
      query.andWhere(`((row.opened_by = :account and row.phase = 'open') or ${today})`, { ...firstLine });
    }
    return query;
  }
}

/** What is undefined is left out and becomes NULL. */
function columnsOf(row: CaseRow): Readonly<Record<(typeof columns)[number], unknown>> {
  const { owner } = row;
  return {
    case_id: row.caseId,
    tenant: row.tenant,
    case_number: row.caseNumber,
    stage: row.stage,
    phase: row.phase,
    case_type: row.caseType,
    category: row.category,
    channel: row.channel,
    priority: row.priority,
    owner_kind: owner?.kind,
    owner_code: owner?.code,
    owner_section: owner?.section,
    queue: row.queue,
    outcome: row.outcome,
    opened_at: row.openedAt,
    opened_by: row.openedBy,
    opened_by_organisation: row.openedByOrganisation,
    registered_at: row.registeredAt,
    due_at: row.dueAt,
    closed_at: row.closedAt,
    reminders: row.reminders,
    escalation_level: row.escalationLevel,
    misroutes: row.misroutes,
    failed_messages: row.failedMessages,
    attachments: row.attachments,
    decision_version: row.decisionVersion,
    version: row.version,
    updated_at: row.updatedAt,
  };
}

const text = (value: string | null): string | undefined => value ?? undefined;
const instant = (value: Date | null): string | undefined => value?.toISOString();

function rowOf(entity: CaseRowEntity): CaseRow {
  const { ownerKind, ownerCode, ownerSection } = entity;
  const owner =
    ownerKind === null || ownerCode === null
      ? undefined
      : { kind: ownerKind, code: ownerCode, ...(ownerSection === null ? {} : { section: ownerSection }) };
  return {
    caseId: entity.caseId,
    tenant: entity.tenant,
    stage: entity.stage as Stage,
    phase: entity.phase,
    openedAt: entity.openedAt.toISOString(),
    updatedAt: entity.updatedAt.toISOString(),
    reminders: entity.reminders,
    escalationLevel: entity.escalationLevel,
    misroutes: entity.misroutes,
    failedMessages: entity.failedMessages,
    attachments: entity.attachments,
    decisionVersion: entity.decisionVersion,
    version: entity.version,
    ...present({
      caseNumber: text(entity.caseNumber),
      caseType: text(entity.caseType),
      category: text(entity.category),
      channel: text(entity.channel),
      priority: text(entity.priority),
      owner: owner as CaseRow['owner'],
      queue: text(entity.queue),
      outcome: text(entity.outcome),
      openedBy: text(entity.openedBy),
      openedByOrganisation: text(entity.openedByOrganisation),
      registeredAt: instant(entity.registeredAt),
      dueAt: instant(entity.dueAt),
      closedAt: instant(entity.closedAt),
    }),
  } as CaseRow;
}
