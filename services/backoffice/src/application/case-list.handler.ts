import { type Profiles } from '@balagh/profile';
import { type Clock, type Principal, authorise } from '@balagh/runtime';
import { normaliseDigits } from '@balagh/privacy';
import { type CaseRow } from '../domain/case-row';
import { type CaseFilter, type CaseRows, type Paging } from './case-rows.port';
import { staffOf } from './staff-of';

export const queues = ['line1', 'second-line', 'follow-up', 'third-line', 'all'] as const;
export type Queue = (typeof queues)[number];

/** Cases that a list counts and can be leafed through; whoever looks for others narrows it. */
export const mostListed = 10_000;

export interface ListRequest {
  readonly queue: Queue;
  readonly stage?: string | undefined;
  readonly category?: string | undefined;
  readonly priority?: string | undefined;
  readonly text?: string | undefined;
  readonly overdue?: boolean | undefined;
  readonly sort: Paging['sort'];
  /** From 1. */
  readonly page: number;
  /** 1 to 100. */
  readonly pageSize: number;
}

export interface ListAnswer {
  readonly rows: readonly (CaseRow & { readonly overdue: boolean })[];
  /** Cases of the list, counted up to 10,000. */
  readonly total: number;
  /** There are more than were counted. */
  readonly more: boolean;
  readonly page: number;
  readonly pageSize: number;
}

/** What waits for the distributor to act, and what is out and only followed up (MUS-12, MUS-48). */
const secondLineStages = [
  'REGISTERED',
  'WITH_SECOND_LINE',
  'REPLY_RETURNED',
  'REPORTER_INFORMED',
  'SETTLED',
  'WITH_PROSECUTION',
];
const followUpStages = ['WITH_THIRD_LINE', 'TRANSFERRED_EXTERNALLY', 'CONFRONTATION'];
const thirdLineStages = ['WITH_THIRD_LINE', 'CONFRONTATION'];

/** The work lists of the lines (MUS-48). Line 3 sees its own party's cases in every list, contracted operators their company's (BAH-14). */
export class ListCases {
  constructor(
    private readonly rows: CaseRows,
    private readonly profiles: Profiles,
    private readonly clock: Clock,
  ) {}

  /** @throws AccessDenied */
  async list(principal: Principal, tenant: string, request: ListRequest): Promise<ListAnswer> {
    authorise(principal, 'case.view', tenant);
    const now = this.clock.now().toISOString();
    const filter: CaseFilter = {
      ...(await this.filterOf(principal, tenant, request.queue, now)),
      ...(request.stage === undefined ? {} : { stages: [request.stage] }),
      ...(request.category === undefined ? {} : { category: request.category }),
      ...(request.priority === undefined ? {} : { priority: request.priority }),
      ...(request.text === undefined ? {} : { number: normaliseDigits(request.text).trim() }),
      ...(request.overdue === true ? { overdueAt: now } : {}),
    };
    const paging: Paging = {
      sort: request.sort,
      offset: (request.page - 1) * request.pageSize,
      limit: request.pageSize,
      countUpTo: mostListed,
    };
    const { rows, total, more } = await this.rows.page(filter, paging);
    return {
      rows: rows.map((row) => ({
        ...row,
        overdue: row.phase === 'registered' && row.dueAt !== undefined && row.dueAt < now,
      })),
      total,
      more,
      page: request.page,
      pageSize: request.pageSize,
    };
  }

  /** How many cases each list of this person holds. @throws AccessDenied */
  async counts(principal: Principal, tenant: string): Promise<Readonly<Partial<Record<Queue, number>>>> {
    authorise(principal, 'case.view', tenant);
    const now = this.clock.now().toISOString();
    const own = queuesOf(principal).filter((queue) => queue !== 'all');
    const counted = own.map(
      async (queue) =>
        [queue, await this.rows.count(await this.filterOf(principal, tenant, queue, now))] as const,
    );
    return Object.fromEntries(await Promise.all(counted));
  }

  private async filterOf(
    principal: Principal,
    tenant: string,
    queue: Queue,
    at: string,
  ): Promise<CaseFilter> {
    const staff = staffOf(principal);
    const party = staff.party ?? { code: '-' };
    const { confinedToCompany: company } = staff;
    const confined = {
      ...(staff.confinedToParty || queue === 'third-line' ? { owner: party } : {}),
      ...(company === undefined ? {} : { company }),
    };
    switch (queue) {
      case 'line1': {
        const { profile } = await this.profiles.latest(tenant);
        return { tenant, ...confined, firstLine: { account: staff.account, at, timeZone: profile.timeZone } };
      }
      case 'second-line':
        return { tenant, ...confined, phase: 'registered', stages: secondLineStages };
      case 'follow-up':
        return { tenant, ...confined, phase: 'registered', stages: followUpStages };
      case 'third-line':
        return { tenant, ...confined, phase: 'registered', stages: thirdLineStages };
      case 'all':
        return { tenant, ...confined };
    }
  }
}

/** The lists that a person's roles give, the one to begin with first. */
export function queuesOf(principal: Principal): readonly Queue[] {
  const { roles } = principal;
  const found: Queue[] = [];
  if (roles.includes('LINE1') || roles.includes('OPERATOR')) found.push('line1');
  if (roles.includes('LINE2')) found.push('second-line', 'follow-up');
  if (roles.includes('LINE3')) found.push('third-line');
  if (roles.includes('SUPERVISOR')) found.push('second-line', 'follow-up');
  if (staffOf(principal).may('case.view')) found.push('all');
  return [...new Set(found)];
}
