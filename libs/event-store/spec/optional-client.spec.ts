import { StoreClientMissing, openEventStore } from '../src';

/** As after an installation without optional packages. */
jest.mock('@kurrent/kurrentdb-client', () => {
  throw Object.assign(new Error("Cannot find module '@kurrent/kurrentdb-client'"), {
    code: 'MODULE_NOT_FOUND',
  });
});

describe('without the optional client of KurrentDB', () => {
  it('PostgreSQL is opened as ever', async () => {
    const store = openEventStore({ kind: 'postgres', url: 'postgres://x:x@127.0.0.1:1/none' });
    await expect(store.readAll({ deadlineMs: 2_000 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await store.close();
  });

  it('KurrentDB is refused when it is opened, with what to install', () => {
    const open = (): unknown =>
      openEventStore({ kind: 'kurrentdb', url: 'kurrentdb://127.0.0.1:1?tls=false' });
    expect(open).toThrow(StoreClientMissing);
    expect(open).toThrow(/@kurrent\/kurrentdb-client/);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'STORE_CLIENT_MISSING', retriable: false }));
  });
});
