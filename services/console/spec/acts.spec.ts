import { noteActs } from '../src/api/acts';

const marked = { 'x-balagh-act': '1' };

it.each(['pointerdown', 'keydown', 'wheel'])(
  'the first reading after a %s is an act, polls are none',
  (type) => {
    const page = new EventTarget();
    const acts = noteActs(page);
    expect([acts.reading(), acts.reading()]).toEqual([marked, {}]);
    page.dispatchEvent(new Event('pointermove'));
    expect(acts.reading()).toEqual({});
    page.dispatchEvent(new Event(type));
    expect([acts.reading(), acts.reading()]).toEqual([marked, {}]);
  },
);

it('every command is an act, and the reading that follows it is none', () => {
  const acts = noteActs(new EventTarget());
  acts.reading();
  expect([acts.command(), acts.command(), acts.reading()]).toEqual([marked, marked, {}]);
});
