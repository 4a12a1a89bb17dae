import { type Stage } from '@balagh/case-events';
import { Brackets, type DataSource, type Repository, type SelectQueryBuilder } from 'typeorm';
import { type CaseIndex, type CasePage, type CaseQuery } from '../application/case-index.port';
import { type CaseIndexRow } from '../domain/case-index-row';
import { CaseIndexEntity } from './case-index.entity';

const columns = ['tenant', 'case_number', 'stage', 'category', 'registered_at', 'version'];

const writeSql = (guard: string): string => `
  insert into case_index (case_id, tenant, case_number, stage, category, registered_at, version)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (case_id) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(', ')} ${guard}`;
const upsertSql = writeSql('where excluded.version >= case_index.version');
const replaceSql = writeSql('');

/** Unregistered cases come last in a list that begins with the newest. */
const registration = `coalesce(c.registered_at, '-infinity')`;

/** The index in the service's own schema. */
export function createCaseIndex(source: DataSource): CaseIndex {
  const rows: Repository<CaseIndexEntity> = source.getRepository(CaseIndexEntity);
  return {
    upsert: async (row) => void (await source.query(upsertSql, valuesOf(row))),
    replace: async (row) => void (await source.query(replaceSql, valuesOf(row))),
    remove: async (caseId) => void (await rows.delete({ caseId })),
    get: async (caseId) => {
      const found = await rows.findOneBy({ caseId });
      return found === null ? undefined : rowOf(found);
    },
    caseIdOf: async (tenant, caseNumber) =>
      (await rows.findOneBy(tenant === undefined ? { caseNumber } : { tenant, caseNumber }))?.caseId,
    list: (query) => listPage(rows, query),
    rowsAfter: async (caseId, limit) => {
      const query = rows.createQueryBuilder('c').orderBy('c.case_id').limit(limit);
      if (caseId !== undefined) query.where('c.case_id > :caseId', { caseId });
      return (await query.getMany()).map(rowOf);
    },
  };
}

async function listPage(rows: Repository<CaseIndexEntity>, query: CaseQuery): Promise<CasePage> {
  const filtered = filter(rows.createQueryBuilder('c'), query);
  const total = await filtered.getCount();
  const { after } = query;
  if (after !== undefined) {
    const position = `(${registration}, c.case_id) < (cast(:at as timestamptz), cast(:caseId as uuid))`;
    filtered.andWhere(
      new Brackets((where) => where.where(position, { at: after.registeredAt, caseId: after.caseId })),
    );
  }
  const found = await filtered
    .orderBy(registration, 'DESC')
    .addOrderBy('c.case_id', 'DESC')
    .limit(query.limit)
    .getMany();
  return { rows: found.map(rowOf), total };
}

function filter(
  builder: SelectQueryBuilder<CaseIndexEntity>,
  query: CaseQuery,
): SelectQueryBuilder<CaseIndexEntity> {
  if (query.tenant !== undefined) builder.andWhere('c.tenant = :tenant', { tenant: query.tenant });
  if (query.stage !== undefined) builder.andWhere('c.stage = :stage', { stage: query.stage });
  if (query.category !== undefined) builder.andWhere('c.category = :category', { category: query.category });
  if (query.numberPrefix !== undefined)
    builder.andWhere('starts_with(c.case_number, :prefix)', { prefix: query.numberPrefix });
  return builder;
}

function valuesOf(row: CaseIndexRow): unknown[] {
  const { caseId, tenant, caseNumber, stage, category, registeredAt, version } = row;
  return [caseId, tenant, caseNumber ?? null, stage, category ?? null, registeredAt ?? null, version];
}

function rowOf({
  caseId,
  tenant,
  caseNumber,
  stage,
  category,
  registeredAt,
  version,
}: CaseIndexEntity): CaseIndexRow {
  return {
    tenant,
    caseId,
    ...(caseNumber === null ? {} : { caseNumber }),
    stage: stage as Stage,
    ...(category === null ? {} : { category }),
    ...(registeredAt === null ? {} : { registeredAt: registeredAt.toISOString() }),
    version,
  };
}
