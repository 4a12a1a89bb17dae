// Everybody who works on a case: the citizen's app, the distributor of the second line, the agency. Public interfaces only.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { openCitizens } from './citizens.mjs';
import { WatchedList } from './watched-list.mjs';

const require = createRequire(join(root, 'package.json'));
const { World } = require('@balagh/stories');

export const tenant = 'MUS';
const agencyCode = 'HAYA_WATER';
const pageSize = 200;

export async function openDesk(endpoints) {
  const world = new World(endpoints);
  const token = await world.token('mus.distributor');
  const citizens = openCitizens(endpoints.intakeUrl);
  const partner = world.agency(agencyCode);
  const dispatch = (method, request) => world.grpc.call('Dispatch', method, token, request);
  const agency = (method, request) => partner.call(method, { tenant, ...request });
  const queue = new WatchedList(
    (pageToken) => dispatch('ListQueue', { tenant, queue: 'SECOND_LINE', pageSize, pageToken }),
    ({ entries }) => entries.map((entry) => [entry.caseId, entry]),
  );
  const transfers = new WatchedList(
    (pageToken) => agency('ListTransfers', { pageSize, pageToken }),
    ({ transfers: page }) => page.map((transfer) => [transfer.caseNumber, transfer]),
  );
  return {
    report: (report, photos) => citizens.post(`/v1/${tenant}/reports`, report, photos),
    /** The queue of the second line, by case id, and the agency's open transfers, by case number. */
    queue,
    transfers,
    command: (method, commandId, request) => dispatch(method, { ...request, header: { commandId, tenant } }),
    agency,
    lookEvery: (ms) => {
      for (const list of [queue, transfers]) list.everyMs = ms;
    },
    close: () => {
      citizens.close();
      world.close();
    },
  };
}
