import { type Stage } from '@balagh/case-events';
import { rowsTogether } from '@balagh/event-feed';
import { countedUpTo } from '@balagh/runtime';
import { Brackets, type DataSource, type Repository, type SelectQueryBuilder } from 'typeorm';
import { type CaseIndex, type CasePage, type CaseQuery } from '../application/case-index.port';
import { type CaseIndexRow } from '../domain/case-index-row';
import { CaseIndexEntity } from './case-index.entity';

const columns = ['tenant', 'case_number', 'stage', 'category', 'registered_at', 'version'];

/** Rows as one JSON array, named as the columns are. */
const writeSql = (guard: string): string => `
  insert into case_index (case_id, ${columns.join(', ')})
  select case_id, ${columns.join(', ')} from jsonb_populate_recordset(null::case_index, $1::jsonb)
  on conflict (case_id) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(', ')} ${guard}`;
const upsertSql = `${writeSql('where excluded.version >= case_index.version')} returning case_id`;
const replaceSql = writeSql('');

/** Unregistered cases come last in a list that begins with the newest. */
const registration = `coalesce(c.registered_at, '-infinity')`;

/** The index in the service's own schema. */
export function createCaseIndex(source: DataSource): CaseIndex {
  const rows: Repository<CaseIndexEntity> = source.getRepository(CaseIndexEntity);
  const upsert = rowsTogether<CaseIndexRow>(
    ({ caseId }) => caseId,
    async (many) => {
      const written: readonly { case_id: string }[] = await source.query(upsertSql, [
        JSON.stringify(many.map(columnsOf)),
      ]);
      return new Set(written.map((row) => row.case_id));
    },
  );
  return {
    upsert: async (row) => void (await upsert(row)),
    replace: async (row) => void (await source.query(replaceSql, [JSON.stringify([columnsOf(row)])])),
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
  const { after, countUpTo } = query;
  const counting = countedUpTo(filtered, countUpTo);
  if (after !== undefined) {
    const position = `(${registration}, c.case_id) < (cast(:at as timestamptz), cast(:caseId as uuid))`;
    filtered.andWhere(
      new Brackets((where) => where.where(position, { at: after.registeredAt, caseId: after.caseId })),
    );
  }
  filtered.orderBy(registration, 'DESC').addOrderBy('c.case_id', 'DESC').limit(query.limit);
  const [found, counted] = await Promise.all([filtered.getMany(), counting]);
  return { rows: found.map(rowOf), ...counted };
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

function columnsOf(row: CaseIndexRow): Readonly<Record<string, unknown>> {
  const { caseId, tenant, caseNumber, stage, category, registeredAt, version } = row;
  return {
    case_id: caseId,
    tenant,
    case_number: caseNumber,
    stage,
    category,
    registered_at: registeredAt,
    version,
  };
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
