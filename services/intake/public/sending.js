import { answers, channel, showFields } from './questions.js';
import { api, byId, known, notify, say, state } from './state.js';

function jsonHeaders() {
  return { 'content-type': 'application/json', 'idempotency-key': state.key };
}

function formBody() {
  const place = state.place ? { location: state.place } : {};
  return { ...answers(), ...place, language: state.language };
}

/** The files chosen that the report does not hold yet. */
function unsentFiles() {
  const parts = ['photos', 'invoice'].flatMap((name) =>
    [...byId(name).files].map((file) => ({ name, file })),
  );
  return parts.filter(({ file }) => !state.sent.has(file));
}

function filesBody(parts) {
  const body = new FormData();
  for (const { name, file } of parts) body.append(name, file);
  return body;
}

async function newReport() {
  const files = unsentFiles();
  const body = filesBody(files);
  body.set('report', JSON.stringify({ channel: channel().code, form: formBody() }));
  const answer = await api(`${state.tenant}/reports`, {
    method: 'POST',
    headers: { 'idempotency-key': state.key },
    body,
  });
  if (answer.body.reportId) for (const { file } of files) state.sent.add(file);
  return answer;
}

/** Completes the report that is open: answers, files, then registration, each with a key of its own. */
async function completeReport() {
  const { reportId, reportToken } = state.report;
  const path = `${state.tenant}/reports/${reportId}`;
  const withToken = (headers) => ({ ...headers, 'report-token': reportToken });
  const filled = await api(path, {
    method: 'PATCH',
    headers: withToken(jsonHeaders()),
    body: JSON.stringify({ form: formBody() }),
  });
  if (!filled.ok) return filled;
  const files = unsentFiles();
  if (files.length > 0) {
    const headers = withToken({ 'idempotency-key': state.key });
    const stored = await api(`${path}/attachments`, { method: 'POST', headers, body: filesBody(files) });
    if (!stored.ok) return stored;
    for (const { file } of files) state.sent.add(file);
  }
  return api(`${path}/registration`, { method: 'POST', headers: withToken(jsonHeaders()), body: '{}' });
}

export async function send(event) {
  event.preventDefault();
  const button = byId('send');
  if (button.getAttribute('aria-disabled') === 'true') return;
  notify(undefined);
  button.setAttribute('aria-disabled', 'true');
  button.textContent = say('sending');
  try {
    const { ok, status, body } = await (state.report ? completeReport() : newReport());
    // A refused or unanswered write is repeated with its own key; an answered one is over.
    if (ok || status < 500) state.key = crypto.randomUUID();
    if (ok) return showNumber(body.caseNumber);
    state.missing = body.missing ?? (body.fields ?? []).map((field) => ({ field }));
    if (body.reportId) state.report = { reportId: body.reportId, reportToken: body.reportToken };
    if (body.code !== 'FIELDS_MISSING') notify(known(body.code));
    showFields();
    showMissing(true);
  } catch {
    notify('failed');
  } finally {
    button.removeAttribute('aria-disabled');
    button.textContent = say('send');
  }
}

export function showMissing(focus = false) {
  const box = byId('missing');
  const listed = state.missing.filter((m) => m.ar !== undefined);
  box.hidden = listed.length === 0;
  const list = document.createElement('ul');
  for (const entry of listed)
    list.append(Object.assign(document.createElement('li'), { textContent: entry[state.language] }));
  box.replaceChildren(Object.assign(document.createElement('p'), { textContent: say('missing') }), list);
  if (focus && listed.length > 0) box.focus();
}

function showNumber(number) {
  byId('report-form').hidden = true;
  byId('number').textContent = number;
  byId('done').hidden = false;
  byId('done').focus();
}

export function startAgain() {
  Object.assign(state, { report: undefined, missing: [], place: undefined, sent: new Set() });
  byId('report-form').reset();
  byId('report-form').hidden = false;
  byId('done').hidden = true;
  byId('place').textContent = '';
  byId('thumbnails').replaceChildren();
  showFields();
  showMissing();
}

export function locate() {
  const place = byId('place');
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const round = (degrees) => Math.round(degrees * 1e6) / 1e6;
      state.place = { latitude: round(coords.latitude), longitude: round(coords.longitude) };
      const text = Object.assign(document.createElement('bdi'), {
        textContent: `${state.place.latitude}, ${state.place.longitude}`,
      });
      place.replaceChildren(`${say('placeAdded')} `, text);
    },
    () => {
      place.textContent = say('placeRefused');
    },
    { enableHighAccuracy: true, timeout: 15_000 },
  );
}

export function showThumbnails() {
  const images = [...byId('photos').files].map((file) => {
    const image = Object.assign(document.createElement('img'), {
      src: URL.createObjectURL(file),
      alt: file.name,
    });
    image.addEventListener('load', () => URL.revokeObjectURL(image.src));
    const entry = document.createElement('li');
    entry.append(image);
    return entry;
  });
  byId('thumbnails').replaceChildren(...images);
}
