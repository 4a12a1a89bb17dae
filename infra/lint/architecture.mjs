// Checks who imports whom, then plants one violation of each rule in a copy of the tree's shape and expects it to be caught.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { root } from '../local/setup.mjs';

const configuration = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));

/** [rule, file that breaks it, its content] */
const probes = [
  [
    'domain-is-pure',
    'services/alpha/src/domain/probe.ts',
    "import { readFileSync } from 'node:fs';\nexport const probe = readFileSync;",
  ],
  [
    'domain-is-pure',
    'services/alpha/src/domain/probe-2.ts',
    "import { store } from '@balagh/event-store';\nexport const probe = store;",
  ],
  [
    'application-knows-ports',
    'services/alpha/src/application/probe.ts',
    "import { adapter } from '../outbound/adapter';\nexport const probe = adapter;",
  ],
  [
    'application-not-transport',
    'services/alpha/src/application/probe-2.ts',
    "import { Pool } from 'pg';\nexport const probe = Pool;",
  ],
  [
    'inbound-never-decides',
    'services/alpha/src/inbound/probe.ts',
    "import { alpha } from '../domain/alpha.decider';\nexport const probe = alpha;",
  ],
  [
    'outbound-implements-ports',
    'services/alpha/src/outbound/probe.ts',
    "import { inbound } from '../inbound/inbound';\nexport const probe = inbound;",
  ],
  [
    'services-are-strangers',
    'services/alpha/src/probe.ts',
    "import { beta } from '../../beta/src/beta';\nexport const probe = beta;",
  ],
  [
    'libraries-below-services',
    'libs/event-store/src/probe.ts',
    "import { beta } from '../../../services/beta/src/beta';\nexport const probe = beta;",
  ],
  [
    'decider-and-contracts-are-leaves',
    'libs/decider/src/probe.ts',
    "import { store } from '@balagh/event-store';\nexport const probe = store;",
  ],
  [
    'services-know-no-infra',
    'services/alpha/src/probe-2.ts',
    "import { infra } from '../../../infra/local/src/infra';\nexport const probe = infra;",
  ],
  [
    'console-speaks-contracts',
    'services/console/src/probe.ts',
    "import { store } from '@balagh/event-store';\nexport const probe = store;",
  ],
  [
    'testing-only-in-specs',
    'services/alpha/src/probe-3.ts',
    "import { testing } from '@balagh/testing';\nexport const probe = testing;",
  ],
  ['no-cycles', 'services/alpha/src/cycle-a.ts', "import { b } from './cycle-b';\nexport const a = () => b;"],
];
const shape = {
  'services/alpha/src/domain/alpha.decider.ts': 'export const alpha = 1;',
  'services/alpha/src/outbound/adapter.ts': 'export const adapter = 1;',
  'services/alpha/src/inbound/inbound.ts': 'export const inbound = 1;',
  'services/alpha/src/cycle-b.ts': "import { a } from './cycle-a';\nexport const b = () => a;",
  'services/beta/src/beta.ts': 'export const beta = 1;',
  'infra/local/src/infra.ts': 'export const infra = 1;',
  'libs/event-store/src/index.ts': 'export const store = 1;',
  'libs/testing/src/index.ts': 'export const testing = 1;',
};

/** Our packages resolve to their sources, not to what was compiled from them. */
function packageSources(directory) {
  const groups = [
    ...readdirSync(join(root, 'libs')).map((name) => `libs/${name}`),
    ...['local', 'identity', 'simulators', 'stories'].map((name) => `infra/${name}`),
  ];
  return Object.fromEntries(
    groups.map((place) => [`@balagh/${place.split('/')[1]}$`, join(directory, place, 'src/index.ts')]),
  );
}

async function violationsOf(directory) {
  const { output } = await cruise(
    ['libs', 'services', 'infra'],
    {
      ...configuration.options,
      baseDir: directory,
      ruleSet: { forbidden: configuration.forbidden },
      validate: true,
    },
    {
      alias: packageSources(directory),
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      conditionNames: ['import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
      mainFields: ['main'],
    },
  );
  return output.summary.violations;
}

async function probesAreCaught() {
  const directory = mkdtempSync(join(tmpdir(), 'balagh-probes-'));
  try {
    for (const [file, content] of [
      ...Object.entries(shape),
      ...probes.map(([, file, content]) => [file, content]),
    ]) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), content);
    }
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    const caught = await violationsOf(directory);
    return probes.filter(
      ([rule, file]) => !caught.some((v) => v.rule.name === rule && (v.from === file || v.cycle?.length > 0)),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const violations = (await violationsOf(root)).filter((v) => v.rule.severity === 'error');
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} → ${to}`);
const missed = await probesAreCaught();
for (const [rule, file] of missed) console.error(`rule ${rule} did not catch its probe ${file}`);
const unprobed = configuration.forbidden.filter(({ name }) => !probes.some(([rule]) => rule === name));
for (const { name } of unprobed) console.error(`rule ${name} has no probe`);
console.log(
  `architecture: ${configuration.forbidden.length} rules, ${probes.length} probes, ${violations.length} violations`,
);
process.exit(violations.length + missed.length + unprobed.length === 0 ? 0 : 1);
