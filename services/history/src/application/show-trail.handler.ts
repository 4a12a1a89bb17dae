import {
  type AccessEvent,
  type CaseEvent,
  type CaseView,
  type StoredEvent,
  accessStream,
} from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type CommandContext, type EventStore, type Streams, eventHash } from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type PointInTime, eventsAsOf, stateAsOf, whyOf } from '../domain/trail';
import { type CaseHistory, readHistory } from './case-history';
import { type CaseIndex } from './case-index.port';
import { openSealed } from './personal-values';

export interface TrailRequest extends PointInTime {
  readonly tenant: string;
  /** Number or id. */
  readonly case: string;
  readonly reveal: boolean;
}

export interface TrailEntry {
  readonly event: StoredEvent<CaseEvent>;
  /** The event's data; sealed values opened when that was asked for. */
  readonly data: unknown;
  readonly why: string;
  /** Hex SHA-256, computed now from the stored bytes. */
  readonly hash: string;
}

export interface Trail {
  readonly caseId: string;
  readonly caseNumber: string;
  readonly entries: readonly TrailEntry[];
  readonly state: CaseView;
  /** Events shown of events stored. */
  readonly version: number;
  readonly versions: number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Shows what happened to a case, as of any version or moment, and records who looked (SYS-03, SYS-06, MUS-27). */
export class ShowTrail {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly index: CaseIndex,
    private readonly privacy: Pick<Privacy, 'openOrErased'>,
  ) {}

  /**
   * The trail, or undefined when the tenant has no such case. The view is on record before anything is returned; when it cannot be
   * recorded, nothing is shown.
   */
  async show(request: TrailRequest, viewer: CommandContext): Promise<Trail | undefined> {
    const history = await this.find(request.tenant, request.case);
    if (history === undefined) return undefined;
    const shown = eventsAsOf(history.events, request);
    await this.record(history.caseId, viewer, {
      type: 'CaseViewed',
      data: {
        caseId: history.caseId,
        version: shown.length,
        versions: history.events.length,
        ...(request.at === undefined ? {} : { at: new Date(request.at).toISOString() }),
        revealed: request.reveal,
      },
    });
    return this.trailOf(history, shown, request);
  }

  /** The organisation of a case, for operators who know only its number or id. */
  async ownerOf(numberOrId: string): Promise<string | undefined> {
    return (await this.read(undefined, numberOrId))?.tenant;
  }

  /** Whosever it is; undefined when there is no such case. For records of refusals. */
  async caseIdOf(numberOrId: string): Promise<string | undefined> {
    return (await this.read(undefined, numberOrId))?.caseId;
  }

  private async find(tenant: string, numberOrId: string): Promise<CaseHistory | undefined> {
    const history = await this.read(tenant, numberOrId);
    return history?.tenant === tenant ? history : undefined;
  }

  private async read(tenant: string | undefined, numberOrId: string): Promise<CaseHistory | undefined> {
    const caseId = uuid.test(numberOrId)
      ? numberOrId.toLowerCase()
      : await this.index.caseIdOf(tenant, numberOrId);
    return caseId === undefined ? undefined : readHistory(this.store, caseId);
  }

  private async record(caseId: string, viewer: CommandContext, event: AccessEvent): Promise<void> {
    await this.streams.execute<AccessEvent>(accessStream(caseId), viewer, () => accept(event));
  }

  private async trailOf(
    history: CaseHistory,
    shown: readonly StoredEvent<CaseEvent>[],
    request: TrailRequest,
  ): Promise<Trail> {
    const open = <T>(value: T): Promise<T> =>
      request.reveal ? (openSealed(this.privacy, value) as Promise<T>) : Promise.resolve(value);
    const entries = shown.map(async (event, i): Promise<TrailEntry> => {
      const raw = history.raw[i];
      return {
        event,
        data: await open<unknown>(event.data),
        why: whyOf(event, history.events),
        hash: raw === undefined ? '' : eventHash(raw),
      };
    });
    const state = stateAsOf(history.events, request);
    return {
      caseId: history.caseId,
      caseNumber: state.caseNumber ?? '',
      entries: await Promise.all(entries),
      state: await open(state),
      version: shown.length,
      versions: history.events.length,
    };
  }
}
