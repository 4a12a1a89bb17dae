import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../schema.json';

const home = join(__dirname, '..');
const rules = readFileSync(join(home, 'alarms.yaml'), 'utf8');
const explained = readFileSync(join(home, '../../docs/reference/alarms.md'), 'utf8');
const dashboards = readdirSync(join(home, 'dashboards')).map((file) => ({
  file,
  text: readFileSync(join(home, 'dashboards', file), 'utf8'),
}));

const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name);
const declared = new Set(
  Object.entries(schema.metrics).flatMap(([name, { type }]) => {
    const series = name.replaceAll('.', '_');
    if (type === 'histogram') return ['_bucket', '_count', '_sum'].map((part) => `${series}${part}`);
    return [type === 'counter' ? `${series}_total` : series];
  }),
);
const labels = new Set(
  Object.values(schema.metrics).flatMap((metric) =>
    (metric.labels as readonly string[]).map((label) => label.replaceAll('.', '_')),
  ),
);

const metricsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\b(?:balagh|rpc|http)_[a-z_]+/g)].map(([name]) => name)),
];
const unknown = (text: string): readonly string[] =>
  metricsIn(text).filter((name) => !declared.has(name) && !labels.has(name));

describe('alarms', () => {
  it('read declared metrics only', () => {
    expect(metricsIn(rules).length).toBeGreaterThan(8);
    expect(unknown(rules)).toEqual([]);
  });

  it('are explained, each under its name, and nothing else is', () => {
    const sections = [...explained.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(alerts.length).toBeGreaterThan(10);
    expect(sections).toEqual(alerts);
  });

  it('say how urgent they are, as the explanation does', () => {
    const urgency = [...rules.matchAll(/severity: (page|ticket) \}/g)].map(([, word]) => word);
    expect([...explained.matchAll(/^_(\w+)\._/gm)].map(([, word]) => word)).toEqual(urgency);
    expect(urgency.length).toBe(alerts.length);
  });
});

const labelsOf = new Map(
  Object.entries(schema.metrics).flatMap(([name, metric]) => {
    const series = name.replaceAll('.', '_');
    const own = (metric.labels as readonly string[]).map((label) => label.replaceAll('.', '_'));
    // `service` is given by prometheus.yaml to all that it scrapes, `instance` and `job` by Prometheus.
    const known = new Set([...own, 'le', 'service', 'instance', 'job']);
    const parts = metric.type === 'histogram' ? ['_bucket', '_count', '_sum'] : ['', '_total'];
    return parts.map((part) => [`${series}${part}`, known] as const);
  }),
);

/** Labels by which an expression groups or selects, and that none of its metrics has. */
function strangeLabels(expression: string): readonly string[] {
  const selected = [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric = '', selectors = '']) =>
    [...selectors.matchAll(/(\w+) *[=!]~?"/g)].flatMap(([, label = '']) =>
      metric === 'up' || labelsOf.get(metric)?.has(label) === true ? [] : [`${metric}{${label}}`],
    ),
  );
  const present = metricsIn(expression).flatMap((metric) => labelsOf.get(metric) ?? []);
  const grouped = [...expression.matchAll(/\b(?:by|on) *\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((label) => label.trim())
      .filter((label) => !present.every((known) => known.has(label))),
  );
  return [...selected, ...grouped];
}

/** Every query of every panel, however deep it sits. */
function queriesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'expr' && typeof inner === 'string' ? [inner] : queriesIn(inner),
  );
}

describe('queries', () => {
  const asked = [
    ...[...rules.matchAll(/^ +expr: (.+)$/gm)].map(
      ([, expression]) => ['alarms.yaml', expression ?? ''] as const,
    ),
    ...dashboards.flatMap(({ file, text }) =>
      queriesIn(JSON.parse(text)).map((expression) => [file, expression] as const),
    ),
  ];

  it('are found in alarms and panels alike', () => {
    expect(asked.length).toBe(
      alerts.length + dashboards.flatMap(({ text }) => [...text.matchAll(/"expr":/g)]).length,
    );
    expect(asked.length).toBeGreaterThan(25);
  });

  it.each(asked)('%s: %s asks declared metrics by declared labels', (_file, expression) => {
    expect(metricsIn(expression).length + Number(expression.startsWith('up{'))).toBeGreaterThan(0);
    expect(unknown(expression)).toEqual([]);
    expect(strangeLabels(expression)).toEqual([]);
  });

  it('by a label or of a metric that does not exist would be noticed', () => {
    expect(strangeLabels('max by (organisation) (balagh_queue_depth)')).toEqual(['organisation']);
    expect(strangeLabels('balagh_feed_lag{tenant="MUS"}')).toEqual(['balagh_feed_lag{tenant}']);
    expect(unknown('rate(balagh_feed_lags[5m])')).toEqual(['balagh_feed_lags']);
  });
});

describe('dashboards', () => {
  it.each(dashboards.map(({ file, text }) => [file, text] as const))(
    '%s reads declared metrics only',
    (_file, text) => {
      expect(metricsIn(text).length).toBeGreaterThan(4);
      expect(unknown(text)).toEqual([]);
    },
  );
});

describe('the schema', () => {
  it('declares every attribute of its spans, and no other', () => {
    const used = new Set(Object.values(schema.spans).flatMap(({ attributes }) => attributes));
    expect([...used].sort()).toEqual(Object.keys(schema.attributes).sort());
  });
});
