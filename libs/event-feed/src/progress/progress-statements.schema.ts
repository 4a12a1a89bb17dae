/** Statements of one consumer's progress; `$1` is always the consumer. */
export interface ParkRow {
  readonly consumer: string;
  readonly case_id: string;
  readonly topic: string;
  readonly revision: number;
  readonly reason: string;
  readonly parked_at: Date;
}

export interface StateRow {
  /** Place of the case among those asked for, from 1. */
  readonly n: string;
  readonly handled: Readonly<Record<string, number>> | null;
  readonly parked: boolean;
}

/** The planner does not look into an array of a subquery: a prepared statement then keeps one plan, which costs less than a new one each time. */
const caseIds = '(select $2::text[])';

const states = `
select k.n, q.case_id is not null as parked,
  (select json_object_agg(p.topic, p.revision) from feed_progress p where p.consumer = $1 and p.case_id = k.case_id) as handled
from unnest(${caseIds}) with ordinality as k(case_id, n)
left join feed_parked q on q.consumer = $1 and q.case_id = k.case_id`;

const handled = `
insert into feed_progress as p (consumer, topic, case_id, revision)
select $1, k.topic, k.case_id, k.revision from unnest($2::text[], $3::text[], $4::integer[]) as k(topic, case_id, revision)
on conflict (consumer, case_id, topic) do update set revision = excluded.revision where p.revision < excluded.revision`;

const park = `
insert into feed_parked as q (consumer, case_id, topic, revision, reason, waiting_revision) values ($1, $2, $3, $4, $5, $4)
on conflict (consumer, case_id) do update set waiting_revision = greatest(q.waiting_revision, excluded.waiting_revision)`;

/** The mark stands where a case would, so that it goes with the progress. */
const parkOnce = `
with first as (
  insert into feed_progress (consumer, case_id, topic, revision) values ($1, $6, $3, 0) on conflict do nothing returning 1
)
insert into feed_parked as q (consumer, case_id, topic, revision, reason, waiting_revision)
select $1, $2, $3, $4::integer, $5, $4::integer from first
on conflict (consumer, case_id) do update set waiting_revision = greatest(q.waiting_revision, excluded.waiting_revision)`;

const claim = `
update feed_parked set redrive_claimant = $3, redrive_until = now() + interval '1 minute'
where consumer = $1 and case_id = $2 and (redrive_claimant is null or redrive_claimant = $3 or redrive_until < now())`;

const release = `
update feed_parked set redrive_claimant = null, redrive_until = null, topic = coalesce($3, topic),
  revision = coalesce($4::integer, revision), reason = coalesce($5, reason),
  parked_at = case when $5::text is null then parked_at else now() end
where consumer = $1 and case_id = $2`;

const saveCheckpoint = `
insert into feed_checkpoint as c (consumer, position) values ($1, $2)
on conflict (consumer) do update set position = excluded.position, saved_at = now() where c.position < excluded.position`;

export const statements = {
  states,
  handled,
  park,
  parkOnce,
  wait: `update feed_parked set waiting_revision = greatest(waiting_revision, $3) where consumer = $1 and case_id = $2`,
  parked: 'select * from feed_parked where consumer = $1 order by parked_at, case_id',
  isParked: 'select 1 from feed_parked where consumer = $1 and case_id = $2',
  claim,
  release,
  unpark: 'delete from feed_parked where consumer = $1 and case_id = $2 and waiting_revision <= $3',
  checkpoint: 'select position from feed_checkpoint where consumer = $1',
  saveCheckpoint,
} as const;
