import { RateExceeded } from '@balagh/runtime';
import { type ExecutionContext, RequestTimeoutException } from '@nestjs/common';
import { type Observable, Subject, type Subscription } from 'rxjs';
import { UploadSlots } from '../src/inbound/http/upload-slots';

const mebibyte = 1024 * 1024;
const carrier = '192.0.2.1';
const other = '192.0.2.2';

interface Sent {
  readonly ip?: string;
  readonly bytes?: number;
  readonly contentType?: string;
}

/** An upload as the interceptor sees it; `arrive` brings bytes, `answered` ends it. */
function upload(slots: UploadSlots, { ip = carrier, bytes = 1_000, contentType }: Sent = {}) {
  const request = {
    ip,
    headers: { 'content-type': contentType ?? 'multipart/form-data', 'content-length': String(bytes) },
    socket: { bytesRead: 5_000 },
    complete: false,
  };
  const headers: Record<string, string> = {};
  const response = { setHeader: (name: string, value: string) => (headers[name] = value) };
  const http = { getRequest: () => request, getResponse: () => response };
  const answer = new Subject<unknown>();
  const failures: unknown[] = [];
  const context = { switchToHttp: () => http } as unknown as ExecutionContext;
  const intercepted: Observable<unknown> = slots.intercept(context, { handle: () => answer });
  const subscription: Subscription = intercepted.subscribe({ error: (error) => failures.push(error) });
  return {
    failures,
    headers,
    arrive: (count: number) => (request.socket.bytesRead += count),
    complete: () => (request.complete = true),
    answered: () => {
      answer.next('201');
      answer.complete();
    },
    refused: () => answer.error(new Error('refused')),
    subscription,
  };
}

function several(count: number, slots: UploadSlots, sent?: Sent): ReturnType<typeof upload>[] {
  return Array.from({ length: count }, () => upload(slots, sent));
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('uploads at once', () => {
  it('are at most 24, of one client at most 12', () => {
    const slots = new UploadSlots();
    several(12, slots);
    expect(() => upload(slots)).toThrow(RateExceeded);
    several(12, slots, { ip: other });
    expect(() => upload(slots, { ip: '192.0.2.3' })).toThrow(RateExceeded);
  });

  it('announce at most 160 MiB together, of one client at most 80 MiB', () => {
    const slots = new UploadSlots();
    several(2, slots, { bytes: 40 * mebibyte });
    expect(() => upload(slots)).toThrow(RateExceeded);
    several(2, slots, { ip: other, bytes: 40 * mebibyte });
    expect(() => upload(slots, { ip: '192.0.2.3' })).toThrow(RateExceeded);
  });

  it('of a household over IPv6 are those of one client', () => {
    const slots = new UploadSlots();
    several(12, slots, { ip: '2001:db8::1' });
    expect(() => upload(slots, { ip: '2001:db8::2' })).toThrow(RateExceeded);
    several(1, slots, { ip: '2001:db8:0:1::1' });
  });

  it('give their room back when they are answered, refused or broken off, and a refused one takes none', () => {
    const slots = new UploadSlots();
    const all = several(12, slots, { bytes: 6 * mebibyte });
    for (let n = 0; n < 30; n += 1) expect(() => upload(slots)).toThrow(RateExceeded);
    all[0]?.answered();
    all[1]?.refused();
    all[2]?.subscription.unsubscribe();
    several(3, slots, { bytes: 6 * mebibyte });
    expect(() => upload(slots)).toThrow(RateExceeded);
  });

  it('six of two photos of 3 MB pass from one client', () => {
    several(6, new UploadSlots(), { bytes: 6.1 * mebibyte });
  });

  it('leave room for whatever is no upload', () => {
    const slots = new UploadSlots();
    several(12, slots);
    several(30, slots, { contentType: 'application/json' });
  });
});

describe('an upload', () => {
  it('that hardly moves is ended after ten seconds, with its connection, and its room is free', () => {
    const slots = new UploadSlots();
    const slow = several(12, slots);
    jest.advanceTimersByTime(9_999);
    expect(slow[0]?.failures).toEqual([]);
    for (const { arrive } of slow) arrive(79_999);
    jest.advanceTimersByTime(1);
    expect(slow.map(({ failures }) => failures[0] instanceof RequestTimeoutException)).toEqual(
      slow.map(() => true),
    );
    expect(slow[0]?.headers).toEqual({ connection: 'close' });
    several(12, slots);
  });

  it('that becomes slow later is ended then', () => {
    const { arrive, failures } = upload(new UploadSlots());
    arrive(96_000);
    jest.advanceTimersByTime(12_000);
    expect(failures).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(failures).toEqual([expect.any(RequestTimeoutException)]);
  });

  it('that has arrived may take its time to be answered', () => {
    const { arrive, complete, answered, failures } = upload(new UploadSlots());
    arrive(1_000);
    complete();
    jest.advanceTimersByTime(50_000);
    answered();
    expect([failures, jest.getTimerCount()]).toEqual([[], 0]);
  });
});
