import { type EventMetadata, type Line } from './metadata';

/** Two support lines of people that an organisation lets one person hold on the same case. */
export const linePairs = ['1+2', '1+3', '2+3'] as const;
export type LinePair = (typeof linePairs)[number];

interface Acted {
  readonly metadata?: Pick<EventMetadata, 'actor' | 'line'>;
}

/** The support lines on which this account of staff has acted on a case, first one first. */
export function linesHeldBy(account: string, history: readonly Acted[]): readonly Line[] {
  const held = history.flatMap(({ metadata }) =>
    metadata?.actor.kind === 'staff' && metadata.actor.id === account && isPeoplesLine(metadata.line)
      ? [metadata.line]
      : [],
  );
  return [...new Set(held)];
}

/** Whether acting on `line` would give one person two lines of the same case that the organisation keeps apart (MUS-16). */
export function breaksLineSeparation(
  line: Line,
  held: readonly Line[],
  heldTogether: readonly LinePair[],
): boolean {
  return (
    isPeoplesLine(line) &&
    held.some((other) => other !== line && !heldTogether.some((pair) => pair === pairOf(line, other)))
  );
}

function isPeoplesLine(line: Line): boolean {
  return line === '1' || line === '2' || line === '3';
}

function pairOf(one: Line, other: Line): string {
  return [one, other].sort().join('+');
}
