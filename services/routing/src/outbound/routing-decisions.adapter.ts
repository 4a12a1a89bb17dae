import { type DataSource } from 'typeorm';
import { z } from 'zod';
import { type RoutingDecisions, type RoutingQuality } from '../application/routing-decisions.port';
import { type RoutingDecision } from '../domain/routing-decision';

/** An older fold never replaces a newer one; the same one may, so that a rebuild repairs what a defect wrote. */
const putSql = `
  insert into routing_decision (case_id, tenant, jurisdiction, screening, rule_id, owner_kind, owner_code, owner_section,
    corrections, misroutes, decided_at, version)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  on conflict (case_id) do update set
    tenant = excluded.tenant, jurisdiction = excluded.jurisdiction, screening = excluded.screening,
    rule_id = excluded.rule_id, owner_kind = excluded.owner_kind, owner_code = excluded.owner_code,
    owner_section = excluded.owner_section, corrections = excluded.corrections, misroutes = excluded.misroutes,
    decided_at = excluded.decided_at, version = excluded.version
  where routing_decision.version <= excluded.version`;

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
  constructor(private readonly source: DataSource) {}

  async put(row: RoutingDecision): Promise<void> {
    const {
      caseId,
      tenant,
      jurisdiction,
      screening,
      ruleId,
      owner,
      corrections,
      misroutes,
      decidedAt,
      version,
    } = row;
    await this.source.query(putSql, [
      caseId,
      tenant,
      jurisdiction,
      screening ?? null,
      ruleId,
      owner?.kind ?? null,
      owner?.code ?? null,
      owner?.section ?? null,
      corrections,
      misroutes,
      decidedAt,
      version,
    ]);
  }

  async quality(tenant: string): Promise<RoutingQuality> {
    const [counts] = countsSchema.parse(await this.source.query(qualitySql, [tenant]));
    const { routed, misrouted } = counts;
    return { ...counts, firstTimeRight: routed === 0 ? 1 : (routed - misrouted) / routed };
  }
}
