import { type CommandContext, type Streams } from '@balagh/event-store';
import { activeSpanContext, inSpan, traceparentOf } from './spans';

/**
 * Loads, decides and appends inside a span, and writes this span into the events (`metadata.trace`): whoever hears of the
 * event continues there, in another process and after any restart (SYS-07).
 */
export function traceStreams(streams: Streams): Streams {
  return {
    ...streams,
    execute(stream, given, decide) {
      const options = { parent: parentOf(given), attributes: attributesOf(stream, given) };
      return inSpan('stream.execute', options, async (span) => {
        const trace = traceparentOf(span);
        const outcome = await streams.execute(
          stream,
          trace === undefined ? given : { ...given, trace },
          decide,
        );
        span.setAttribute('balagh.outcome', outcome.kind);
        if (outcome.kind === 'rejected') span.setAttribute('balagh.rejection', outcome.rejection.code);
        else {
          span.setAttribute(
            'balagh.event.types',
            outcome.events.map(({ type }) => type),
          );
          span.setAttribute('balagh.revision', outcome.revision);
        }
        return outcome;
      });
    },
  };
}

/** The span at work, unless it belongs to another story than the command does: then the command's own. */
function parentOf({ trace }: CommandContext): string | undefined {
  const active = activeSpanContext();
  return trace !== undefined && active?.traceId !== trace.split('-')[1] ? trace : undefined;
}

function attributesOf(stream: string, { tenant, line, correlationId }: CommandContext) {
  return {
    'balagh.stream': stream,
    'balagh.tenant': tenant,
    'balagh.line': line,
    'balagh.correlation.id': correlationId,
  };
}
