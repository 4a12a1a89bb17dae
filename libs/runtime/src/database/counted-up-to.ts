import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

export interface Counted {
  /** At most as many as were to be counted. */
  readonly total: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

/** What a query finds, counted no further than `most`: to count all cases of a country takes longer than to show a page of them. */
export async function countedUpTo<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  most: number,
): Promise<Counted> {
  const [fitting, values] = query
    .clone()
    .select('1', 'one')
    .limit(most + 1)
    .getQueryAndParameters();
  const [row] = await query.dataSource.query<readonly { n: string }[]>(
    `select count(*) as n from (${fitting}) found`,
    values,
  );
  const found = Number(row?.n ?? 0);
  return { total: Math.min(found, most), more: found > most };
}
