import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { liveAddress } from './client';
import { followLive } from './live-source';

/** Many changes at once become one reading. */
const gatherMs = 400;

/** Reads again what is shown when the back office says that a case changed, and whatever may have changed while it could not say so. */
export function useLive(tenant: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const changed = new Set<string>();
    let timer: number | undefined;
    const readLists = (): void => {
      void queries.invalidateQueries({ queryKey: ['cases', tenant] });
      void queries.invalidateQueries({ queryKey: ['counts', tenant] });
    };
    const flush = (): void => {
      timer = undefined;
      for (const caseId of changed) void queries.invalidateQueries({ queryKey: ['case', tenant, caseId] });
      changed.clear();
      readLists();
    };
    const end = followLive({
      open: () => new EventSource(liveAddress(tenant)),
      changed: (caseId) => {
        changed.add(caseId);
        timer ??= window.setTimeout(flush, gatherMs);
      },
      missed: () => {
        void queries.invalidateQueries({ queryKey: ['case', tenant] });
        readLists();
      },
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [queries, tenant]);
}
