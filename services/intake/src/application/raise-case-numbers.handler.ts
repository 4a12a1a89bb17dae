import { type CaseEvent, decodeEvent } from '@balagh/case-events';
import { type EventStore, START } from '@balagh/event-store';
import { type Profiles } from '@balagh/profile';
import { type CaseNumbers } from './case-numbers.port';
import { numberIn } from './registrar';

const pageSize = 1_000;

/**
 * Lifts the counters above every number in the event store, which outlives this service's tables (design §3.10).
 * Runs before the first registration of a process; searches only what was added since the last search. Retry-safe.
 */
export class RaiseCaseNumbersHandler {
  constructor(
    private readonly store: EventStore,
    private readonly profiles: Profiles,
    private readonly numbers: CaseNumbers,
  ) {}

  /** @throws EventNewer (retriable): a registration that this version cannot read may hold a higher number; the store's faults */
  async handle(): Promise<void> {
    const filter = { types: ['CaseRegistered'], categories: ['case'] };
    for (let after = (await this.numbers.searchedTo()) ?? START; ;) {
      const page = await this.store.readAll({ after, filter, limit: pageSize });
      const highest = new Map<string, { tenant: string; year: string; number: number }>();
      for (const raw of page.events) {
        const found = await this.found(decodeEvent<CaseEvent>(raw));
        if (found === undefined) continue;
        const key = `${found.tenant} ${found.year}`;
        if (found.number > (highest.get(key)?.number ?? 0)) highest.set(key, found);
      }
      for (const { tenant, year, number } of highest.values()) await this.numbers.raise(tenant, year, number);
      await this.numbers.markSearched(page.checkpoint);
      if (page.caughtUp) return;
      after = page.checkpoint;
    }
  }

  private async found(
    event: ReturnType<typeof decodeEvent<CaseEvent>>,
  ): Promise<{ tenant: string; year: string; number: number } | undefined> {
    if (event.type !== 'CaseRegistered') return undefined;
    const { tenant, profileVersion } = event.metadata;
    const { profile } = await this.profiles.at(tenant, profileVersion ?? 1);
    const reserved = numberIn(profile, event.data.caseNumber);
    return reserved === undefined ? undefined : { tenant, ...reserved };
  }
}
