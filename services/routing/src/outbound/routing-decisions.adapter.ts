import { rowsTogether } from '@balagh/event-feed';
import { type DataSource } from 'typeorm';
import { z } from 'zod';
import { type RoutingDecisions, type RoutingQuality } from '../application/routing-decisions.port';
import { type RoutingDecision } from '../domain/routing-decision';

const columns = [
  'tenant',
  'jurisdiction',
  'screening',
  'rule_id',
  'owner_kind',
  'owner_code',
  'owner_section',
  'corrections',
  'misroutes',
  'decided_at',
  'version',
];

/**
 * Rows as one JSON array, named as the columns are. An older fold never replaces a newer one; the same one may, so that a rebuild repairs what a
 * defect wrote.
 */
const putSql = `
  insert into routing_decision (case_id, ${columns.join(', ')})
  select case_id, ${columns.join(', ')} from jsonb_populate_recordset(null::routing_decision, $1::jsonb)
  on conflict (case_id) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(', ')}
  where routing_decision.version <= excluded.version returning case_id`;

const qualitySql = `
  select count(*) filter (where owner_code is not null)::int as routed,
    count(*) filter (where owner_code is not null and misroutes > 0)::int as misrouted,
    count(*) filter (where screening = 'SERIOUS')::int as serious,
    count(*) filter (where screening = 'NOT_SERIOUS')::int as "notSerious"
  from routing_decision where tenant = $1`;

const countsSchema = z.tuple([
  z.object({ routed: z.number(), misrouted: z.number(), serious: z.number(), notSerious: z.number() }),
]);

export class PostgresRoutingDecisions implements RoutingDecisions {
  private readonly putTogether: (row: RoutingDecision) => Promise<boolean>;

  constructor(private readonly source: DataSource) {
    this.putTogether = rowsTogether(
      ({ caseId }) => caseId,
      async (rows) => {
        const written: readonly { case_id: string }[] = await source.query(putSql, [
          JSON.stringify(rows.map(columnsOf)),
        ]);
        return new Set(written.map((row) => row.case_id));
      },
    );
  }

  async put(row: RoutingDecision): Promise<void> {
    await this.putTogether(row);
  }

  async quality(tenant: string): Promise<RoutingQuality> {
    const [counts] = countsSchema.parse(await this.source.query(qualitySql, [tenant]));
    const { routed, misrouted } = counts;
    return { ...counts, firstTimeRight: routed === 0 ? 1 : (routed - misrouted) / routed };
  }
}

function columnsOf(row: RoutingDecision): Readonly<Record<string, unknown>> {
  const { owner, screening = null } = row;
  return {
    case_id: row.caseId,
    tenant: row.tenant,
    jurisdiction: row.jurisdiction,
    screening,
    rule_id: row.ruleId,
    owner_kind: owner?.kind ?? null,
    owner_code: owner?.code ?? null,
    owner_section: owner?.section ?? null,
    corrections: row.corrections,
    misroutes: row.misroutes,
    decided_at: row.decidedAt,
    version: row.version,
  };
}
