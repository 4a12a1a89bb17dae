import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import schema from '../../telemetry/schema.json';

/** A span as `BALAGH_TELEMETRY_FILE` holds it, one line of JSON each. */
export interface ObservedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** In a directory of its own; see `removeSpanFile`. */
export function spanFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'balagh-spans-')), 'spans.jsonl');
}

export function removeSpanFile(file: string): void {
  rmSync(dirname(file), { recursive: true, force: true });
}

export function spansIn(file: string): readonly ObservedSpan[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // The last line may be under way.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as ObservedSpan);
}

/** `routing stream.execute CaseRouted`: what a span is in the way of a case. */
export function labelsOf({ service, name, attributes }: ObservedSpan): readonly string[] {
  const place = `${service.replace(/^balagh-/, '')} ${name}`;
  const consumer = attributes['messaging.consumer.group.name'];
  const types = attributes['balagh.event.types'];
  if (typeof consumer === 'string')
    return [`${place} ${String(attributes['balagh.event.type'])} by ${consumer}`];
  if (Array.isArray(types) && types.length > 0) return types.map((type) => `${place} ${String(type)}`);
  return [place];
}

/** All `parent → child` of one trace. */
export function edgesOf(spans: readonly ObservedSpan[]): ReadonlySet<string> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const edges = new Set<string>();
  for (const span of spans) {
    const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
    if (parent === undefined) continue;
    for (const from of labelsOf(parent)) for (const to of labelsOf(span)) edges.add(`${from} → ${to}`);
  }
  return edges;
}

/** Spans and attributes that infra/telemetry/schema.json does not declare. */
export function undeclared(spans: readonly ObservedSpan[]): readonly string[] {
  const declared: Readonly<
    Record<string, { readonly kind: string; readonly attributes: readonly string[] }>
  > = schema.spans;
  const found = spans.flatMap(({ name, kind, attributes }) => {
    const span = declared[name];
    if (span === undefined) return [`span ${name}`];
    const strange = Object.keys(attributes).filter((attribute) => !span.attributes.includes(attribute));
    return [
      ...(span.kind === kind ? [] : [`${name} is ${kind}`]),
      ...strange.map((attribute) => `${name} ${attribute}`),
    ];
  });
  return [...new Set(found)];
}

const metricUnits: Readonly<Record<string, string>> = { s: '' };

/** Metrics and labels in Prometheus text that infra/telemetry/schema.json does not declare. */
export function undeclaredMetrics(text: string): readonly string[] {
  const prometheus = (name: string): string => name.replaceAll('.', '_');
  const declared = new Map(
    Object.entries(schema.metrics).map(([name, { type, unit, labels }]) => [
      `${prometheus(name)}${metricUnits[unit] ?? ''}${type === 'counter' ? '_total' : ''}`,
      new Set([...(labels as readonly string[]).map(prometheus), ...(type === 'histogram' ? ['le'] : [])]),
    ]),
  );
  const found = text.split('\n').flatMap((line) => {
    const [, name, labels] = /^([a-z_]+)(?:\{(.*)\})? [^ ]+$/.exec(line) ?? [];
    if (name === undefined || name === 'target_info') return [];
    const allowed = declared.get(name) ?? declared.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (allowed === undefined) return [`metric ${name}`];
    return [...(labels ?? '').matchAll(/([a-z_]+)="/g)].flatMap(([, label]) =>
      label === undefined || allowed.has(label) ? [] : [`metric ${name} ${label}`],
    );
  });
  return [...new Set(found)];
}
