import {
  AccessDenied,
  InvalidMessage,
  type Principal,
  authorise,
  decodePageToken,
  encodePageToken,
  pageSize,
  permits,
} from '@balagh/runtime';
import { z } from 'zod';
import { type QueueEntry } from '../domain/queue-entry';
import {
  type QueueQuery,
  type ReadModels,
  priorityRanks,
  rankOf,
  sortedInstantSchema,
} from './read-models.port';

export interface ListQueueCall {
  readonly principal: Principal;
  readonly tenant: string;
  /** SECOND_LINE, THIRD_LINE or FOLLOW_UP. */
  readonly queue: string;
  readonly order: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface QueuePage {
  readonly entries: readonly QueueEntry[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
  readonly total: number;
}

const tokenSchema = z.object({
  rank: z
    .int()
    .min(0)
    .max(Math.max(...Object.values(priorityRanks))),
  registeredAt: sortedInstantSchema,
  caseId: z.uuid(),
});

/** The open cases of the caller's queue or party, oldest or most urgent first (MUS-48, KWT-16). */
export class ListQueueHandler {
  constructor(private readonly rows: Pick<ReadModels, 'list'>) {}

  /** @throws AccessDenied, InvalidMessage `QUEUE_UNKNOWN`, `ORDER_UNKNOWN`, `PAGE_TOKEN_INVALID` */
  async handle(call: ListQueueCall): Promise<QueuePage> {
    authorise(call.principal, 'queue.view', call.tenant);
    const { order, limit, after } = readPaging(call);
    const query = {
      ...readQueue(call),
      order,
      tenant: call.tenant,
      ...(after === undefined ? {} : { after }),
    };
    const { entries, total } = await this.rows.list({ ...query, limit: limit + 1 });
    const page = entries.slice(0, limit);
    const last = entries.length > limit ? page.at(-1) : undefined;
    const position = last && {
      rank: order === 'PRIORITY' ? rankOf(last.priority) : 0,
      registeredAt: last.registeredAt,
      caseId: last.caseId,
    };
    return { entries: page, nextPageToken: position === undefined ? '' : encodePageToken(position), total };
  }
}

function readPaging(call: ListQueueCall): {
  order: QueueQuery['order'];
  limit: number;
  after: QueueQuery['after'] | undefined;
} {
  const order = call.order === '' ? 'AGE' : call.order;
  if (order !== 'AGE' && order !== 'PRIORITY')
    throw new InvalidMessage('ORDER_UNKNOWN', [{ path: 'order', problem: 'UNKNOWN' }]);
  return { order, limit: pageSize(call.pageSize), after: decodePageToken(tokenSchema, call.pageToken) };
}

/** The second line sees both queues; the third line only what is with its own party (MUS-16). */
function readQueue({ queue, principal }: ListQueueCall): Pick<QueueQuery, 'turn' | 'followUpOnly' | 'party'> {
  const secondLine = permits(principal.roles, 'case.correct-routing');
  switch (queue) {
    case 'SECOND_LINE':
      if (!secondLine) throw new AccessDenied('ACTION_NOT_PERMITTED', 'queue.view');
      return { turn: 'SECOND_LINE', followUpOnly: false };
    case 'FOLLOW_UP':
      if (!secondLine) throw new AccessDenied('ACTION_NOT_PERMITTED', 'queue.view');
      return { turn: 'THIRD_LINE', followUpOnly: true };
    case 'THIRD_LINE':
      if (secondLine) return { turn: 'THIRD_LINE', followUpOnly: false };
      if (principal.party === undefined) throw new AccessDenied('CASE_FOREIGN', 'queue.view');
      return { turn: 'THIRD_LINE', followUpOnly: false, party: principal.party };
    default:
      throw new InvalidMessage('QUEUE_UNKNOWN', [{ path: 'queue', problem: 'UNKNOWN' }]);
  }
}
