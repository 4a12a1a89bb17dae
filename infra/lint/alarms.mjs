// Alarms as Prometheus itself reads them: syntax, configuration and the cases of alarms.test.yaml. Needs promtool (Debian: prometheus).
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../local/setup.mjs';

const home = join(root, 'infra/telemetry');
const rules = readFileSync(join(home, 'alarms.yaml'), 'utf8');
const cases = readFileSync(join(home, 'alarms.test.yaml'), 'utf8');

/** Every alarm has a case in which it rings and one in which it is silent. */
const untested = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].flatMap(([, name]) => {
  const rings = new RegExp(`alertname: ${name}\\n +exp_alerts:`).test(cases);
  const silent = new RegExp(`alertname: ${name} }`).test(cases);
  return rings && silent ? [] : [name];
});
if (untested.length > 0) {
  console.error(`no case in alarms.test.yaml both for ringing and for silence: ${untested.join(', ')}`);
  process.exit(1);
}

const promtool = process.env.PROMTOOL ?? 'promtool';
if (spawnSync(promtool, ['--version'], { stdio: 'ignore' }).error !== undefined) {
  console.log(
    'alarms not run: promtool is not installed (Debian and Ubuntu: package prometheus; or PROMTOOL=path)',
  );
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

// The configuration names the place of the rules in its container.
const scratch = mkdtempSync(join(tmpdir(), 'balagh-alarms-'));
const configuration = join(scratch, 'prometheus.yaml');
writeFileSync(
  configuration,
  readFileSync(join(home, 'prometheus.yaml'), 'utf8').replace(
    '/etc/prometheus/alarms.yaml',
    join(home, 'alarms.yaml'),
  ),
);
// Every query of the dashboards as a rule of its own, so that Prometheus parses it.
const panels = readdirSync(join(home, 'dashboards')).flatMap((file) =>
  queriesIn(JSON.parse(readFileSync(join(home, 'dashboards', file), 'utf8'))),
);
const recorded = panels.map((expr, at) => ({ record: `panel:query:${at}`, expr }));
const queries = join(scratch, 'panels.yaml');
writeFileSync(queries, JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] }));
const failed = [
  ['check', 'rules', join(home, 'alarms.yaml')],
  ['check', 'config', configuration],
  ['check', 'rules', queries],
  ['test', 'rules', join(home, 'alarms.test.yaml')],
].filter((args) => spawnSync(promtool, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0);
rmSync(scratch, { recursive: true, force: true });
for (const args of failed) console.error(`promtool ${args.slice(0, 2).join(' ')} found something`);
process.exit(failed.length === 0 ? 0 : 1);

function queriesIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'expr' ? [inner] : queriesIn(inner)));
}
