import { eventually } from '@balagh/testing';
import { World } from '../src';
import { waterNote } from '../src/s3-water-note.story';
import { LaunchedSystem, isAlive } from './launched-system';

/** What `npm start` promises to a newcomer: data is kept, nothing is left behind, a killed launcher is no harm. */
describe('starting and stopping', () => {
  const system = new LaunchedSystem();
  afterAll(() => system.stop(), 60_000);

  it('a stopped system leaves no process behind and keeps its data', async () => {
    const first = await system.start();
    const world = new World(first);
    const agent = await world.staff('mus.agent', 'MUS');
    const { caseId } = await agent.command('Intake', 'OpenCase', { channel: 'PHONE_1111' });
    world.close();
    const pids = Object.values(first.pids);
    expect(pids.length).toBe(6);
    expect(await system.interrupt()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);

    const again = new World(await system.start());
    const auditor = await again.staff('mus.auditor', 'MUS');
    const { entries } = await auditor.trail(caseId);
    expect(entries.map(({ type }) => type)).toEqual(['CaseOpened']);
    again.close();
  }, 180_000);

  it('a launcher killed with -9 takes its services with it, and the next start goes on', async () => {
    const pids = Object.values(system.endpoints().pids);
    await system.killLauncher();
    await eventually(() => pids.every((pid) => !isAlive(pid)), {
      deadlineMs: 20_000,
      what: 'the services to end',
    });
    const world = new World(await system.start());
    await waterNote.play(world);
    world.close();
  }, 180_000);
});
