import { useEffect } from 'react';

export const searchFieldId = 'number-search';

/** True where a letter is text: shortcuts keep quiet there, and beside the keys of browser and screen reader. */
function typing(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  return target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null;
}

/** `code` is the place of the key: letters work under an Arabic layout too. */
export function useShortcut(match: { readonly key?: string; readonly code?: string }, act: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const hit =
        event.key === match.key || (match.code !== undefined && event.code === match.code && !event.shiftKey);
      if (!hit || typing(event)) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [act, match.key, match.code]);
}
