import { type Decider, accept, given, reject } from './index';

type Event = { type: 'Switched'; data: { on: boolean } };
const lamp: Decider<{ on: boolean }, boolean, Event> = {
  initial: false,
  evolve: (_, event) => event.data.on,
  decide: (command, on) =>
    command.on === on ? accept() : accept<Event>({ type: 'Switched', data: command }),
};
const forgetful: typeof lamp = {
  ...lamp,
  decide: (command) => accept<Event>({ type: 'Switched', data: command }),
};
const stern: typeof lamp = { ...lamp, decide: () => reject('LAMP_BROKEN') };

describe('given / when / then', () => {
  it('accepts exactly the expected events', () => {
    given(lamp)
      .when({ on: true })
      .then([{ type: 'Switched', data: { on: true } }]);
    expect(() => given(lamp).when({ on: true }).then([])).toThrow(/expected events/);
  });
  it('sends each accepted command again and expects no events', () => {
    expect(() =>
      given(forgetful)
        .when({ on: true })
        .then([{ type: 'Switched', data: { on: true } }]),
    ).toThrow(/not idempotent/);
  });
  it('knows a rejection by its code', () => {
    given(stern).when({ on: true }).thenRejected('LAMP_BROKEN');
    expect(() => given(lamp).when({ on: true }).thenRejected('LAMP_BROKEN')).toThrow(/was accepted/);
  });
});
