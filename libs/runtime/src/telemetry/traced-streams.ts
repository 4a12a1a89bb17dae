import { type Span } from '@opentelemetry/api';
import { type CommandContext, type CommandOutcome, type Streams, executeBy } from '@balagh/event-store';
import { activeSpanContext, inSpan, traceparentOf } from './spans';

/**
 * Loads, decides and appends inside a span, and writes this span into the events (`metadata.trace`): whoever hears of the
 * event continues there, in another process and after any restart (SYS-07). The span is the first command's; one that belongs to another
 * story keeps its own trace.
 */
export function traceStreams(streams: Streams): Streams {
  const executeAll: Streams['executeAll'] = (stream, commands) => {
    const [first] = commands;
    if (first === undefined) return Promise.resolve([]);
    const options = { parent: parentOf(first.context), attributes: attributesOf(stream, first.context) };
    return inSpan('stream.execute', options, async (span) => {
      const trace = traceparentOf(span);
      const traced = commands.map(({ context, decide }) => ({
        context:
          trace === undefined || isOfAnother(traceIdOf(trace), context) ? context : { ...context, trace },
        decide,
      }));
      const outcomes = await streams.executeAll(stream, traced);
      describe(span, outcomes);
      return outcomes;
    });
  };
  return { ...streams, executeAll, execute: executeBy(executeAll) };
}

function describe(span: Span, outcomes: readonly CommandOutcome<{ type: string; data: unknown }>[]): void {
  const last = outcomes.at(-1);
  if (last === undefined) return;
  span.setAttribute('balagh.outcome', last.kind);
  if (last.kind === 'rejected') span.setAttribute('balagh.rejection', last.rejection.code);
  const accepted = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome] : []));
  const revision = accepted.at(-1)?.revision;
  if (revision === undefined) return;
  span.setAttribute(
    'balagh.event.types',
    accepted.flatMap(({ events }) => events.map(({ type }) => type)),
  );
  span.setAttribute('balagh.revision', revision);
}

/** The span at work, unless it belongs to another story than the command does: then the command's own. */
function parentOf(context: CommandContext): string | undefined {
  return isOfAnother(activeSpanContext()?.traceId, context) ? context.trace : undefined;
}

/** The command comes from a story that is not this one. */
function isOfAnother(traceId: string | undefined, { trace }: CommandContext): boolean {
  return trace !== undefined && traceIdOf(trace) !== traceId;
}

const traceIdOf = (traceparent: string): string | undefined => traceparent.split('-')[1];

function attributesOf(stream: string, { tenant, line, correlationId }: CommandContext) {
  return {
    'balagh.stream': stream,
    'balagh.tenant': tenant,
    'balagh.line': line,
    'balagh.correlation.id': correlationId,
  };
}
