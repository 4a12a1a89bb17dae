import { type Played } from '../src/faults/story-players';
import { endedByUnknownMail } from '../src/faults/unknown-mails';

const now = Date.parse('2026-01-04T06:00:00.000Z');
const number = 'MUS-2026-000001';
const noMail = `a EMAIL message with «${number}» did not come within 170000 ms`;
const failing = (problem: string, from = -60_000, to = 60_000): Played => ({
  id: 'S3',
  startedAt: now + from,
  endedAt: now + to,
  problem,
});
const evidence = { query: async <Row extends object>() => [{ number, at: now }] as unknown as Row[] };

describe('a story that failed', () => {
  it('waiting for a mail of unknown outcome ended as it must', async () => {
    const story = failing(noMail);
    expect([...(await endedByUnknownMail(evidence, [story]))]).toEqual([story]);
  });

  it.each([
    ['in the same mail’s name a second time', [failing(noMail), failing(noMail)], 1],
    ['before that mail', [failing(noMail, -60_000, -30_000)], 0],
    ['for another case’s mail', [failing(noMail.replace('000001', '000002'))], 0],
    ['for something else', [failing('the case in the queue did not come')], 0],
  ])('%s is a problem', async (_, stories, excused) => {
    expect((await endedByUnknownMail(evidence, stories)).size).toBe(excused);
  });
});
