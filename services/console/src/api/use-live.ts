import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { liveAddress } from './client';

/** Many changes at once become one reading. */
const gatherMs = 400;

/** Reads again what is shown when the back office says that a case changed. The browser reconnects by itself. */
export function useLive(tenant: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const source = new EventSource(liveAddress(tenant));
    const changed = new Set<string>();
    let timer: number | undefined;
    const flush = (): void => {
      timer = undefined;
      for (const caseId of changed) void queries.invalidateQueries({ queryKey: ['case', tenant, caseId] });
      changed.clear();
      void queries.invalidateQueries({ queryKey: ['cases', tenant] });
      void queries.invalidateQueries({ queryKey: ['counts', tenant] });
    };
    source.addEventListener('case', (event: MessageEvent<string>) => {
      const { caseId } = JSON.parse(event.data) as { caseId: string };
      changed.add(caseId);
      timer ??= window.setTimeout(flush, gatherMs);
    });
    return () => {
      window.clearTimeout(timer);
      source.close();
    };
  }, [queries, tenant]);
}
