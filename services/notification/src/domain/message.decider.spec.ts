import { type MessageEvent } from '@balagh/case-events';
import { given } from '@balagh/decider';
import { type Prepared, messageDecider } from './message.decider';

const reference = '6f2c1d1e-0000-4000-8000-000000000001';
const message: Prepared = {
  caseId: '6f2c1d1e-0000-4000-8000-0000000000ca',
  template: 'MUS_REGISTERED',
  trigger: 'CaseRegistered',
  recipient: 'REPORTER',
  language: 'ar',
  routes: [
    { channel: 'SMS', address: 'sealed:v1:s:YQ' },
    { channel: 'EMAIL', address: 'sealed:v1:s:Yg' },
  ],
  body: 'sealed:v1:s:Yw',
};
const prepared: MessageEvent = { type: 'MessagePrepared', data: message };
const submitted = (attempt: number, channel: 'SMS' | 'EMAIL' = 'SMS'): MessageEvent => ({
  type: 'MessageSubmitted',
  data: { attempt, channel, reference },
});
const unknown = (attempt: number): MessageEvent => ({
  type: 'MessageOutcomeUnknown',
  data: { attempt, channel: 'SMS', cause: 'TIMEOUT' },
});
const retryAt = '2026-05-04T06:00:05.000Z';
const refused = (attempt: number, retriable: boolean, again = retriable): MessageEvent => ({
  type: 'MessageRejected',
  data: { attempt, channel: 'SMS', code: 'GATEWAY_UNAVAILABLE', retriable, ...(again ? { retryAt } : {}) },
});
const reject = (attempt: number, retriable: boolean) =>
  ({ type: 'Rejected', attempt, code: 'GATEWAY_UNAVAILABLE', retriable, retryAt }) as const;
const submit = (attempt: number) => ({ type: 'Submit', attempt, reference }) as const;

describe('a message', () => {
  it('is prepared once', () => {
    given(messageDecider).when({ type: 'Prepare', message }).then([prepared]);
    given(messageDecider, [prepared])
      .when({ type: 'Prepare', message: { ...message, body: 'sealed:v1:s:Wg' } })
      .thenNothingHappened();
  });

  it('is submitted on its first channel before anything else happens to it', () => {
    given(messageDecider, [prepared])
      .when(submit(1))
      .then([submitted(1)]);
  });

  it('gives the same attempt to one worker only', () => {
    given(messageDecider, [prepared, submitted(1)])
      .when(submit(1))
      .thenNothingHappened();
  });

  it('is not submitted again while the outcome is open or unknown', () => {
    given(messageDecider, [prepared, submitted(1)])
      .when(submit(2))
      .thenRejected('MESSAGE_NOT_DUE');
    given(messageDecider, [prepared, submitted(1), unknown(1)])
      .when(submit(2))
      .thenRejected('MESSAGE_NOT_DUE');
  });

  it('is not submitted again once a channel took it', () => {
    const accepted: MessageEvent = {
      type: 'MessageAccepted',
      data: { attempt: 1, channel: 'SMS', providerReference: 'p' },
    };
    given(messageDecider, [prepared, submitted(1)])
      .when({ type: 'Accepted', attempt: 1, providerReference: 'p' })
      .then([accepted]);
    given(messageDecider, [prepared, submitted(1), accepted])
      .when(submit(2))
      .thenRejected('MESSAGE_NOT_DUE');
  });

  it('tries the same channel again after a passing fault, three attempts in all, then the next channel', () => {
    given(messageDecider, [prepared, submitted(1)])
      .when(reject(1, true))
      .then([refused(1, true)]);
    const third: MessageEvent[] = [
      prepared,
      submitted(1),
      refused(1, true),
      submitted(2),
      refused(2, true),
      submitted(3),
    ];
    given(messageDecider, third)
      .when(reject(3, true))
      .then([refused(3, true, false)]);
    given(messageDecider, [...third, refused(3, true, false)])
      .when(submit(4))
      .then([submitted(4, 'EMAIL')]);
  });

  it('is settled by a person’s word, and says so', () => {
    const doubtful = [prepared, submitted(1), unknown(1)];
    given(messageDecider, doubtful)
      .when({ type: 'Accepted', attempt: 1, byPerson: true })
      .then([{ type: 'MessageAccepted', data: { attempt: 1, channel: 'SMS', byPerson: true } }]);
    const code = 'NOT_RECEIVED';
    given(messageDecider, doubtful)
      .when({ type: 'Rejected', attempt: 1, code, retriable: false, final: true, retryAt, byPerson: true })
      .then([
        {
          type: 'MessageRejected',
          data: { attempt: 1, channel: 'SMS', code, retriable: false, final: true, byPerson: true },
        },
      ]);
  });

  it('goes to the next channel at once when refused for good, and ends after the last', () => {
    given(messageDecider, [prepared, submitted(1)])
      .when(reject(1, false))
      .then([refused(1, false)]);
    const last: MessageEvent[] = [
      prepared,
      submitted(1),
      refused(1, false),
      submitted(2, 'EMAIL'),
      refused(2, false),
    ];
    given(messageDecider, last).when(submit(3)).thenRejected('MESSAGE_NOT_DUE');
  });

  it('may be found taken, or never received, after its outcome was unknown', () => {
    given(messageDecider, [prepared, submitted(1)])
      .when({ type: 'OutcomeUnknown', attempt: 1, cause: 'TIMEOUT' })
      .then([unknown(1)]);
    given(messageDecider, [prepared, submitted(1), unknown(1)])
      .when({ type: 'Accepted', attempt: 1 })
      .then([{ type: 'MessageAccepted', data: { attempt: 1, channel: 'SMS' } }]);
    given(messageDecider, [prepared, submitted(1), unknown(1)])
      .when(reject(1, true))
      .then([refused(1, true)]);
  });

  it('given up by a person, is tried on no other channel', () => {
    const command = { ...reject(1, false), final: true };
    const event: MessageEvent = {
      type: 'MessageRejected',
      data: { attempt: 1, channel: 'SMS', code: 'GATEWAY_UNAVAILABLE', retriable: false, final: true },
    };
    given(messageDecider, [prepared, submitted(1), unknown(1)])
      .when(command)
      .then([event]);
    given(messageDecider, [prepared, submitted(1), unknown(1), event])
      .when(submit(2))
      .thenRejected('MESSAGE_NOT_DUE');
  });

  it('ignores the late outcome of an attempt that was followed by another', () => {
    const second: MessageEvent[] = [prepared, submitted(1), unknown(1), refused(1, true), submitted(2)];
    given(messageDecider, second).when({ type: 'Accepted', attempt: 1 }).thenNothingHappened();
  });

  it('is delivered only after it was accepted', () => {
    const deliver = { type: 'Delivered', attempt: 1, deliveredAt: '2026-05-04T06:00:01.000Z' } as const;
    given(messageDecider, [prepared, submitted(1)])
      .when(deliver)
      .thenRejected('MESSAGE_NOT_ACCEPTED');
    const accepted: MessageEvent = { type: 'MessageAccepted', data: { attempt: 1, channel: 'SMS' } };
    given(messageDecider, [prepared, submitted(1), accepted])
      .when(deliver)
      .then([
        {
          type: 'MessageDelivered',
          data: { attempt: 1, channel: 'SMS', deliveredAt: '2026-05-04T06:00:01.000Z' },
        },
      ]);
  });

  it('that does not exist has no attempts and no outcome', () => {
    given(messageDecider).when(submit(1)).thenRejected('MESSAGE_NOT_FOUND');
    given(messageDecider, [prepared])
      .when({ type: 'Accepted', attempt: 1 })
      .thenRejected('ATTEMPT_NOT_SUBMITTED');
  });
});
