import { type EventStore } from '../src/event-store.port';
import { createKurrentDbEventStore } from '../src/kurrentdb/kurrentdb-event-store.adapter';
import { eventStoreContract } from './event-store.contract';
import { openFaultyLine } from './faulty-line';
import { type StandIn, startStandIn } from './kurrentdb-stand-in/stand-in';
import { StandInLog } from './kurrentdb-stand-in/stand-in-log';

jest.setTimeout(30_000);

/** A real server takes the stand-in's place when one is named. */
const real = process.env['KURRENTDB_URL'];
let standIn: StandIn;
let empty: StandIn | undefined;
let url: string;

beforeAll(async () => {
  standIn = await startStandIn();
  url = real ?? `kurrentdb://127.0.0.1:${standIn.port}?tls=false`;
});

afterAll(() => {
  standIn.stop();
  empty?.stop();
});

const open = (): Promise<EventStore> => Promise.resolve(createKurrentDbEventStore({ connectionString: url }));

async function openEmpty(): Promise<EventStore> {
  empty = await startStandIn(new StandInLog());
  return createKurrentDbEventStore({ connectionString: `kurrentdb://127.0.0.1:${empty.port}?tls=false` });
}

eventStoreContract(real === undefined ? 'the KurrentDB adapter (on a stand-in)' : 'the KurrentDB store', {
  open,
  reopen: open,
  programs: 30,
  ...(real === undefined ? { empty: openEmpty } : {}),
  disturbable: async () => {
    const target = new URL(url.replace(/^[a-z+]+:/, 'http:'));
    const line = await openFaultyLine({ host: target.hostname, port: Number(target.port) });
    const through = url.replace(target.host, `127.0.0.1:${line.port}`);
    return {
      line,
      store: createKurrentDbEventStore({ connectionString: through, silenceMs: 300 }),
      direct: await open(),
    };
  },
});
