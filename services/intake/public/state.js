import { words } from './words.js';

export const languageKey = 'balagh.language';

/** What the page knows; lost when it is closed. */
export const state = {
  language: localStorage.getItem(languageKey) === 'en' ? 'en' : 'ar',
  tenant: decodeURIComponent(location.pathname.replace(/^\//, '')),
  form: undefined,
  organisations: undefined,
  place: undefined,
  // An open report that still lacks something, and the key of the next write.
  report: undefined,
  key: crypto.randomUUID(),
  missing: [],
  // Files that the open report holds already.
  sent: new Set(),
  answer: undefined,
};

export const byId = (id) => document.getElementById(id);
export const say = (name) => words[state.language][name] ?? name;
export const nameOf = (names) => names[state.language] ?? names.ar;
/** A code of a problem that the page has words for, else the general failure. */
export const known = (code) => (code in words.ar ? code : 'failed');

export function notify(name) {
  byId('notice').hidden = name === undefined;
  byId('notice').textContent = name === undefined ? '' : say(name);
}

export async function api(path, options = {}) {
  const answer = await fetch(`/v1/${path}`, { ...options, signal: AbortSignal.timeout(60_000) });
  const body = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, body };
}
