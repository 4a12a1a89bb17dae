import { type Adapter, type AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/** Entries of one model, at most; the oldest is forgotten first. A forgotten session means signing in again. */
const maxEntries = 5_000;

/** The issuer's sessions, codes and grants in memory, bounded. They end with the process: this is a demonstration. */
export function memoryAdapter(now: () => number = Date.now): (model: string) => Adapter {
  const models = new Map<string, Map<string, Entry>>();
  return (model) => {
    const entries = models.get(model) ?? new Map<string, Entry>();
    models.set(model, entries);
    const find = (id: string): AdapterPayload | undefined => {
      const entry = entries.get(id);
      return entry === undefined || entry.expiresAt <= now() ? undefined : entry.payload;
    };
    const findBy = (field: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
      [...entries.values()].find(({ payload, expiresAt }) => payload[field] === value && expiresAt > now())
        ?.payload;
    return {
      upsert: (id, payload, expiresIn) => {
        entries.delete(id);
        entries.set(id, {
          payload,
          expiresAt: expiresIn ? now() + expiresIn * 1_000 : Number.POSITIVE_INFINITY,
        });
        const [oldest] = entries.keys();
        if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(find(id)),
      findByUid: (uid) => Promise.resolve(findBy('uid', uid)),
      findByUserCode: (code) => Promise.resolve(findBy('userCode', code)),
      consume: (id) => {
        const payload = find(id);
        if (payload !== undefined) payload.consumed = Math.floor(now() / 1_000);
        return Promise.resolve();
      },
      destroy: (id) => {
        entries.delete(id);
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const [id, { payload }] of entries) if (payload.grantId === grantId) entries.delete(id);
        return Promise.resolve();
      },
    };
  };
}
