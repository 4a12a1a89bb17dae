/** Set on requests that an act of the person caused: the back office counts only those as use of the session. */
const actHeader = 'x-balagh-act';

export interface Acts {
  /** Headers of the next reading: the first one since the last pointer or key event carries the mark. */
  readonly reading: () => Readonly<Record<string, string>>;
  /** Headers of a command: a person's by its nature. */
  readonly command: () => Readonly<Record<string, string>>;
}

/**
 * Tells what a person does from polls, readings again and the event stream. Library code cannot say why a reading happens, so the first one after
 * a pointer or key event counts as caused by it. Coming to the page is an act, too.
 */
export function noteActs(page: Pick<EventTarget, 'addEventListener'>): Acts {
  let acted = true;
  for (const type of ['pointerdown', 'keydown', 'wheel'])
    page.addEventListener(type, () => (acted = true), { capture: true, passive: true });
  const mark = { [actHeader]: '1' };
  const since = (): boolean => {
    const before = acted;
    acted = false;
    return before;
  };
  return { reading: () => (since() ? mark : {}), command: () => (since(), mark) };
}
