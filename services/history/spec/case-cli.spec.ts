import { createMemoryEventStore, createStreams } from '@balagh/event-store';
import { createMemoryPrivacy } from '@balagh/privacy';
import { manualClock } from '@balagh/runtime';
import { ProjectCase } from '../src/application/project-case.handler';
import { RebuildIndex } from '../src/application/rebuild-index.handler';
import { ShowTrail } from '../src/application/show-trail.handler';
import { VerifyCases } from '../src/application/verify-cases.handler';
import { caseCommand } from '../src/inbound/cli/case-arguments';
import { runCaseCommand } from '../src/inbound/cli/case-cli';
import { play, waterNote } from './case-examples';
import { createMemoryCaseIndex } from './memory-case-index';

async function terminal() {
  const store = createMemoryEventStore();
  const index = createMemoryCaseIndex();
  const clock = manualClock('2026-03-02T08:00:00.000Z');
  const streams = createStreams(store, { author: 'access', now: () => clock.now().toISOString() });
  const id = await play(store, 1);
  await new ProjectCase(streams, index).project(id, waterNote(1).length - 1);
  const run = async (...args: string[]): Promise<{ status: number; out: string; complaint: string }> => {
    let [out, complaint, views] = ['', '', 0];
    const status = await runCaseCommand(caseCommand(args), {
      index,
      trails: new ShowTrail(store, streams, index, createMemoryPrivacy()),
      verification: new VerifyCases(store, index, clock),
      rebuilding: new RebuildIndex(store, index),
      viewer: (tenant) => ({
        commandId: `aa000000-0000-4000-8000-00000000000${(views += 1)}`,
        tenant,
        actor: { kind: 'staff', id: 'operator:spec', organisation: tenant },
        line: 'system',
        correlationId: 'k',
        causationId: 'k',
      }),
      out: (text) => void (out += text),
      complain: (text) => void (complaint += text),
    });
    return { status, out, complaint };
  };
  return { run, index, id, store };
}

describe('npm run case', () => {
  it('shows who did what, when and why, and the state, with personal values sealed', async () => {
    const { run } = await terminal();
    const { status, out } = await run('show', 'MUS-2026-000001');
    expect(status).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toContain('(13 events)');
    expect(lines.find((line) => line.includes(' CaseClassified'))).toMatch(
      /^4 +2026-03-01T08:04:00.000Z +system +routing@MUS +CaseClassified +.*sector WATER.* rule CATEGORY_WATER$/,
    );
    expect(lines.find((line) => line.includes(' FormFilled'))).toContain('details (sealed)');
    expect(out).toMatch(/\n {2}stage +CLOSED\n/);
    expect(out).not.toContain('sealed:v1:');
  });

  it('shows the case as of a version or a moment, by id too, as JSON', async () => {
    const { run, id } = await terminal();
    const shown = JSON.parse((await run('show', id, '--version', '7', '--json')).out) as {
      version: number;
      versions: number;
      state: object;
      entries: object[];
    };
    expect([shown.version, shown.versions, shown.entries.length]).toEqual([7, 13, 7]);
    expect(shown.state).toMatchObject({ stage: 'REGISTERED', version: 7 });
    expect((await run('show', id, '--at', '2026-03-01T08:08:00Z')).out).toContain('(9 of 13 events)');
  });

  it('lists and rebuilds', async () => {
    const { run, index, id } = await terminal();
    expect((await run('list', '--stage', 'CLOSED')).out).toContain('1 of 1 cases');
    expect((await run('list', '--tenant', 'TOURISM')).out).toContain('0 of 0 cases');
    await index.remove(id);
    expect((await run('rebuild')).out).toBe('1 cases folded, 0 stray rows removed\n');
    expect(JSON.parse((await run('list', '--json')).out)).toMatchObject({
      total: 1,
      more: false,
      cases: [{ caseId: id, stage: 'CLOSED' }],
    });
  });

  it('verifies, and ends with status 1 when something is wrong', async () => {
    const { run, index, id } = await terminal();
    expect(await run('verify')).toEqual({
      status: 0,
      out: '1 streams, 13 events checked; no fault\n',
      complaint: '',
    });
    const row = await index.get(id);
    await index.replace({ ...row!, stage: 'OPEN_PAGE' });
    const { status, out } = await run('verify', '--tenant', 'MUS');
    expect(status).toBe(1);
    expect(out).toBe(
      `READ_SIDE  case-${id}  revision 12  stage is not what the first 13 events say\n1 streams, 13 events checked; 1 faults\n`,
    );
  });

  it('says when there is no such case, also for another organisation', async () => {
    const { run, id } = await terminal();
    expect(await run('show', 'MUS-2026-999999')).toMatchObject({
      status: 1,
      complaint: 'no case MUS-2026-999999\n',
    });
    expect((await run('show', id, '--tenant', 'TOURISM')).status).toBe(1);
  });

  it.each([
    [['show']],
    [['show', 'x', '--version', '0']],
    [['show', 'x', '--at', 'yesterday']],
    [['burn']],
    [['list', 'x']],
    [['verify', '--nonsense']],
  ])('does not understand %j', async (args) => {
    const { run } = await terminal();
    expect((await run(...args)).status).toBe(2);
  });

  it('explains itself', async () => {
    const { run } = await terminal();
    expect(await run('--help')).toMatchObject({ status: 0, complaint: '' });
    expect(caseCommand([])).toEqual({ kind: 'help' });
  });
});
