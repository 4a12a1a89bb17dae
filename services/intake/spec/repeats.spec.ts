import { createMemoryPrivacy } from '@balagh/privacy';
import { createMemoryEventStore, createStreams } from '@balagh/event-store';
import { RegistrationInProgress, Repeats } from '../src/application/repeats';
import { MemoryDuplicateKeys } from './memory-outbound';
import { profileOf } from './profile-under-test';

const first = '00000000-0000-4000-9000-000000000001';
const second = '00000000-0000-4000-9000-000000000002';
const profile = {
  ...profileOf('KWT-MOCI'),
  duplicates: { policy: 'CANCEL_REPEAT' as const, keys: ['subject'] },
};
const form = { subject: 'SHOP', filled: ['subject'] };

/** Keys over a clock that only the pauses move. */
function underTest() {
  let now = 0;
  const keys = new MemoryDuplicateKeys(() => now);
  const streams = createStreams(createMemoryEventStore(), {
    author: 'intake',
    now: () => '2026-01-04T06:00:00.000Z',
  });
  const paused: number[] = [];
  const repeats = new Repeats({ streams, privacy: createMemoryPrivacy() }, keys, async (ms) => {
    paused.push(ms);
    now += ms;
  });
  const later = (ms: number): void => {
    now += ms;
  };
  return { repeats, paused, later };
}

describe('a key whose holder is not registered', () => {
  it('is waited for, but not without end', async () => {
    const { repeats, paused } = underTest();
    expect(await repeats.originalOf('KWT-MOCI', first, profile, form)).toBeUndefined();
    await expect(repeats.originalOf('KWT-MOCI', second, profile, form)).rejects.toThrow(
      RegistrationInProgress,
    );
    expect(paused).toHaveLength(30);
  });

  it('is not taken over while an append may still be sent again, counted from the holder’s last attempt', async () => {
    const { repeats, later } = underTest();
    await repeats.originalOf('KWT-MOCI', first, profile, form);
    later(40_000);
    await expect(repeats.originalOf('KWT-MOCI', second, profile, form)).rejects.toThrow(
      RegistrationInProgress,
    );
    await repeats.originalOf('KWT-MOCI', first, profile, form);
    later(40_000);
    await expect(repeats.originalOf('KWT-MOCI', second, profile, form)).rejects.toThrow(
      RegistrationInProgress,
    );
  });

  it('is taken over when the registration was abandoned', async () => {
    const { repeats, paused, later } = underTest();
    await repeats.originalOf('KWT-MOCI', first, profile, form);
    later(60_001);
    expect(await repeats.originalOf('KWT-MOCI', second, profile, form)).toBeUndefined();
    expect(paused).toEqual([]);
    await expect(repeats.originalOf('KWT-MOCI', first, profile, form)).rejects.toThrow(
      RegistrationInProgress,
    );
  });
});

it('a case that did not answer a key field repeats nothing', async () => {
  const { repeats } = underTest();
  expect(await repeats.originalOf('KWT-MOCI', first, profile, { filled: [] })).toBeUndefined();
  expect(await repeats.originalOf('KWT-MOCI', second, profile, { filled: [] })).toBeUndefined();
});
