import { checkAll } from './checks';
import { type Drill } from './drill';
import { evidenceOf } from './drill-evidence';
import { type Injection } from './injections';
import { Load } from './load';
import { readModels } from './read-models';
import { StoryPlayer, explain } from './story-players';
import { endedByUnknownMail } from './unknown-mails';

const workBeforeMs = 2_000;

export interface RoundResult {
  readonly faults: number;
  readonly stories: number;
  readonly acknowledged: number;
  readonly problems: number;
}

/** Injects one fault after the other while citizens report and stories are played; then checks. */
export async function playRound(
  drill: Drill,
  chosen: readonly Injection[],
  withinMs: number,
): Promise<RoundResult> {
  const { say } = drill.parts;
  const load = new Load(
    () => drill.endpoints.intakeUrl,
    () => drill.nextPhone(),
  );
  const players = [
    new StoryPlayer(() => drill.endpoints, 0, 3),
    new StoryPlayer(() => drill.endpoints, 3, 3),
  ];
  const problems: string[] = [];
  const left = [...chosen];
  for (const end = Date.now() + withinMs; Date.now() < end;) {
    const injection = left.shift();
    if (injection === undefined) break;
    problems.push(...(await injectOne(drill, injection, load)));
  }
  if (left.length > 0) say(`  left out for want of time: ${left.map(({ name }) => name).join(', ')}`);
  await Promise.all([load.stop(), ...players.map((player) => player.stop())]);
  const played = players.flatMap((player) => player.played);
  const failed = played.filter(({ problem }) => problem !== undefined);
  const longest = Math.max(...played.map(({ startedAt, endedAt }) => endedAt - startedAt)) / 1000;
  say(
    `${played.length - failed.length} of ${played.length} stories completed (longest ${longest.toFixed(1)} s); ${load.acknowledged.length} reports acknowledged, ${load.repeated} requests repeated`,
  );
  const unknown = await endedByUnknownMail(evidenceOf(drill), failed);
  for (const { id } of unknown)
    say(`  ${id} ended at a mail of unknown outcome, which line 2 was shown: it is never sent again blindly`);
  problems.push(
    ...load.problems,
    ...failed.filter((story) => !unknown.has(story)).map(({ id, problem }) => `${id}: ${problem}`),
  );
  for (const problem of problems) say(`  PROBLEM ${problem}`);
  return {
    faults: chosen.length - left.length,
    stories: played.length - failed.length,
    acknowledged: load.acknowledged.length,
    problems: problems.length + (await check(drill, load)),
  };
}

async function injectOne(drill: Drill, injection: Injection, load: Load): Promise<readonly string[]> {
  const { say } = drill.parts;
  await drill.pause(workBeforeMs);
  const before = load.acknowledged.length;
  say(`  ${injection.name}: ${injection.what}`);
  try {
    const proof = await injection.inject(drill);
    if (proof !== undefined) say(`      proved: ${proof}`);
    const over = Date.now();
    await drill.ready();
    say(
      `      ready again ${((Date.now() - over) / 1000).toFixed(1)} s after the fault ended; ${load.acknowledged.length - before} reports acknowledged meanwhile`,
    );
    return [];
  } catch (error) {
    return [`${injection.name}: ${explain(error)}`];
  }
}

async function check(drill: Drill, load: Load): Promise<number> {
  const { say } = drill.parts;
  const quietFrom = Date.now();
  try {
    await drill.quiet();
    say(`consumers are quiet ${((Date.now() - quietFrom) / 1000).toFixed(1)} s after the last report`);
    await drill.settled();
  } catch (error) {
    say(`  PROBLEM ${explain(error)}`);
    return 1;
  }
  say(`messages have their outcomes after ${((Date.now() - quietFrom) / 1000).toFixed(1)} s; checking`);
  const checks = [...(await checkAll(evidenceOf(drill), load.acknowledged)), await readModels(drill)];
  for (const { what, found, problems } of checks) {
    say(`  ${problems.length === 0 ? 'ok     ' : 'PROBLEM'} ${what}: ${found}`);
    for (const problem of problems.slice(0, 20)) say(`          ${problem}`);
  }
  return checks.flatMap(({ problems }) => problems).length;
}
