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
