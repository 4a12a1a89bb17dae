import { type Trail, type TrailEntry } from '../../application/show-trail.handler';

/** The trail as a table for people, and the state below it. Times in UTC as stored. */
export function trailText(trail: Trail): string {
  const title = `${trail.caseNumber === '' ? 'case without a number' : trail.caseNumber}  ${trail.caseId}`;
  const shown =
    trail.version === trail.versions
      ? `${trail.versions} events`
      : `${trail.version} of ${trail.versions} events`;
  const header = ['#', 'time', 'line', 'actor', 'what', 'changed', 'why'];
  return `${title}  (${shown})\n\n${table([header, ...trail.entries.map(rowOf)])}\n\nState\n${stateText(trail.state)}\n`;
}

function rowOf({ event, data, why }: TrailEntry): readonly string[] {
  const { metadata } = event;
  const late = metadata.occurredAt === metadata.recordedAt ? '' : ` (happened ${metadata.occurredAt})`;
  const actor = `${metadata.actor.id}@${metadata.actor.organisation}`;
  return [
    String(event.revision),
    `${metadata.recordedAt}${late}`,
    metadata.line,
    actor,
    event.type,
    changedText(data),
    why,
  ];
}

const widest = 60;

/** Columns as wide as their longest cell; long cells are cut, except in the last two columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(widest, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  const cell = (text: string, column: number): string =>
    column === widths.length - 1 ? text : cut(text, widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/** Fields that tell nothing new beside the other columns. */
const unsaid = new Set(['ruleId', 'inputs', 'reason', 'caseId', 'subjectId']);

/** Data as `field value` pairs; sealed values and what was erased are named, not shown. */
export function changedText(data: unknown): string {
  if (typeof data !== 'object' || data === null) return valueText(data);
  return Object.entries(data)
    .filter(([field]) => !unsaid.has(field))
    .map(([field, value]) => `${field} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string')
    return value.startsWith('sealed:v1:') ? '(sealed)' : value.replaceAll(/\s+/g, ' ');
  if (value === null) return '(erased)';
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`;
  if (typeof value === 'object') return `{${changedText(value)}}`;
  return String(value);
}

function stateText(state: object): string {
  return table(Object.entries(state).map(([field, value]) => [`  ${field}`, valueText(value)]));
}
