/** What is used of an `EventSource`. */
export interface LiveStream {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface LiveListener {
  readonly open: () => LiveStream;
  /** A case changed. */
  readonly changed: (caseId: string) => void;
  /** The stream is there again after it was not: what happened meanwhile was not told. */
  readonly missed: () => void;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Follows the back office's stream until the returned function ends it. A browser gives an `EventSource` up after any answer but 200, so it is
 * opened anew here, whatever ended it: after a second, then twice as long each time up to a minute. Once a stream has held for a minute, pauses
 * begin anew.
 */
export function followLive({ open, changed, missed }: LiveListener): () => void {
  let stream: LiveStream;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let first = true;
  const connect = (): void => {
    stream = open();
    stream.addEventListener('hello', () => {
      timer = setTimeout(() => (failures = 0), longestPauseMs);
      if (!first) missed();
      first = false;
    });
    stream.addEventListener('case', ({ data }) => {
      const { caseId } = JSON.parse(String(data)) as { caseId: string };
      changed(caseId);
    });
    stream.addEventListener('error', () => {
      stream.close();
      clearTimeout(timer);
      timer = setTimeout(connect, Math.min(longestPauseMs, firstPauseMs * 2 ** failures));
      failures += 1;
      first = false;
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
