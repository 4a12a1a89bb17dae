import { words } from './words.js';

const byId = (id) => document.getElementById(id);
const languageKey = 'balagh.language';
const state = {
  language: localStorage.getItem(languageKey) === 'en' ? 'en' : 'ar',
  tenant: decodeURIComponent(location.pathname.replace(/^\//, '')),
  form: undefined,
  organisations: undefined,
  place: undefined,
  // An open report that still lacks something, and the key of the next write.
  report: undefined,
  key: crypto.randomUUID(),
  missing: [],
  answer: undefined,
};
const say = (name) => words[state.language][name] ?? name;
const nameOf = (names) => names[state.language] ?? names.ar;

const matterFields = [
  'caseType',
  'category',
  'subject',
  'sector',
  'directorate',
  'section',
  'saleChannel',
  'details',
  'shopName',
  'shopAddress',
  'invoiceNumber',
];
const reporterFields = ['reporterName', 'phone', 'email', 'civilNumber', 'address', 'preferredChannel'];
const alwaysShown = ['caseType', 'category', 'details', 'reporterName', 'phone', 'email', 'preferredChannel'];

async function api(path, options = {}) {
  const answer = await fetch(`/v1/${path}`, { ...options, signal: AbortSignal.timeout(60_000) });
  const body = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, body };
}

/* What the form asks for follows from the organisation's required fields and the answers so far. */

function answers() {
  const given = Object.fromEntries(new FormData(byId('report-form')).entries());
  const fields = [...matterFields, ...reporterFields];
  return Object.fromEntries(
    fields
      .filter((f) => typeof given[f] === 'string' && given[f].trim() !== '')
      .map((f) => [f, given[f].trim()]),
  );
}

function facts() {
  return { ...answers(), channel: channel()?.code };
}

const channel = () => state.form.channels.find((c) => c.kind === 'WEB') ?? state.form.channels[0];

function isRequired(field) {
  const known = facts();
  const holds = ([name, wanted]) => (Array.isArray(wanted) ? wanted : [wanted]).includes(known[name] ?? null);
  return state.form.requiredFields.some(
    (r) => r.field === field && Object.entries(r.when ?? {}).every(holds),
  );
}

const mayBeAskedFor = (field) => state.form.requiredFields.some((r) => r.field === field);

function choicesOf(field) {
  const { form } = state;
  const { caseType, directorate } = answers();
  switch (field) {
    case 'caseType':
      return form.caseTypes;
    case 'category':
      return form.categories.filter((c) => !c.caseTypes || !caseType || c.caseTypes.includes(caseType));
    case 'subject':
      return form.subjects;
    case 'sector':
      return form.sectors;
    case 'directorate':
      return form.directorates;
    case 'section':
      return form.directorates.find((d) => d.code === directorate)?.sections ?? [];
    case 'saleChannel':
      return ['SHOP', 'ONLINE'].map((code) => ({ code, names: { ar: words.ar[code], en: words.en[code] } }));
    case 'preferredChannel':
      return ['SMS', 'EMAIL'].map((code) => ({ code, names: { ar: words.ar[code], en: words.en[code] } }));
    default:
      return undefined;
  }
}

function isShown(field) {
  if (alwaysShown.includes(field)) return true;
  if (field === 'saleChannel' || field === 'shopName' || field === 'invoiceNumber')
    return mayBeAskedFor('shopAddress') && isRequired('shopAddress');
  if (field === 'subject')
    return state.form.subjects.length > 0 && (isRequired('subject') || answers().caseType === 'INQUIRY');
  return isRequired(field) || state.missing.some((m) => m.field === field);
}

function fieldElement(field) {
  const box = document.createElement('div');
  box.dataset.field = field;
  const label = document.createElement('label');
  label.htmlFor = field;
  const options = choicesOf(field);
  const input = document.createElement(options ? 'select' : field === 'details' ? 'textarea' : 'input');
  input.id = field;
  input.name = field;
  if (field === 'details') box.className = 'wide';
  if (field === 'phone') Object.assign(input, { type: 'tel', dir: 'ltr', autocomplete: 'tel' });
  if (field === 'email') Object.assign(input, { type: 'email', dir: 'ltr', autocomplete: 'email' });
  if (field === 'civilNumber')
    Object.assign(input, { inputMode: 'numeric', dir: 'ltr', autocomplete: 'off' });
  if (field === 'reporterName') input.autocomplete = 'name';
  const problem = document.createElement('p');
  problem.className = 'problem';
  problem.id = `${field}-problem`;
  problem.hidden = true;
  box.append(label, input, problem);
  return box;
}

function fillOptions(select, options, emptyText) {
  const kept = select.value;
  const entries = [new Option(emptyText, ''), ...options.map((o) => new Option(nameOf(o.names), o.code))];
  select.replaceChildren(...entries);
  select.value = options.some((o) => o.code === kept) ? kept : '';
}

function showFields() {
  for (const field of [...matterFields, ...reporterFields]) {
    const box = document.querySelector(`[data-field="${field}"]`);
    const input = byId(field);
    const shown = isShown(field);
    box.hidden = !shown;
    input.disabled = !shown;
    const label = box.querySelector('label');
    label.textContent = say(field);
    label.classList.toggle('required', isRequired(field));
    input.setAttribute('aria-required', String(isRequired(field)));
    const options = choicesOf(field);
    if (options) fillOptions(input, options, say(field === 'preferredChannel' ? 'noPreference' : 'choose'));
    const missing = state.missing.find((m) => m.field === field);
    input.setAttribute('aria-invalid', String(missing !== undefined));
    const problem = byId(`${field}-problem`);
    problem.hidden = missing === undefined;
    problem.textContent = missing ? (missing[state.language] ?? say('invalid')) : '';
    if (missing) input.setAttribute('aria-describedby', problem.id);
    else input.removeAttribute('aria-describedby');
  }
  document.querySelector('[data-field="invoice"]').hidden = !isRequired('invoice');
}

/* Language */

function translate() {
  document.documentElement.lang = state.language;
  document.documentElement.dir = state.language === 'ar' ? 'rtl' : 'ltr';
  for (const element of document.querySelectorAll('[data-text]'))
    element.textContent = say(element.dataset.text);
  const other = state.language === 'ar' ? 'en' : 'ar';
  Object.assign(byId('language'), {
    textContent: say('other'),
    lang: other,
    dir: other === 'ar' ? 'rtl' : 'ltr',
  });
  document.querySelector('.tabs').setAttribute('aria-label', say('tabs'));
  if (state.organisations) showOrganisations();
  if (state.form) {
    byId('organisation').textContent = nameOf(state.form.names);
    byId('centre').textContent = nameOf(state.form.centre);
    document.title = `${say('newReport')} · ${nameOf(state.form.names)}`;
    showFields();
    showMissing();
  } else document.title = say('brand');
  if (state.answer) showStatus();
}

function notify(name) {
  byId('notice').hidden = name === undefined;
  byId('notice').textContent = name === undefined ? '' : say(name);
}

const known = (code) => (code in words.ar ? code : 'failed');

/* Reporting */

function jsonHeaders() {
  return { 'content-type': 'application/json', 'idempotency-key': state.key };
}

function formBody() {
  const place = state.place ? { location: state.place } : {};
  return { ...answers(), ...place, language: state.language };
}

function filesBody() {
  const body = new FormData();
  for (const file of byId('photos').files) body.append('photos', file);
  for (const file of byId('invoice').files) body.append('invoice', file);
  return body;
}

async function newReport() {
  const body = filesBody();
  body.set('report', JSON.stringify({ channel: channel().code, form: formBody() }));
  return api(`${state.tenant}/reports`, { method: 'POST', headers: { 'idempotency-key': state.key }, body });
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
  const files = filesBody();
  const added = state.missing.some((m) => m.field === 'invoice') && byId('invoice').files.length > 0;
  if (added) {
    files.delete('photos');
    const stored = await api(`${path}/attachments`, {
      method: 'POST',
      headers: withToken({ 'idempotency-key': state.key }),
      body: files,
    });
    if (!stored.ok) return stored;
  }
  return api(`${path}/registration`, { method: 'POST', headers: withToken(jsonHeaders()), body: '{}' });
}

async function send(event) {
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

function showMissing(focus = false) {
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

function startAgain() {
  Object.assign(state, { report: undefined, missing: [], place: undefined });
  byId('report-form').reset();
  byId('report-form').hidden = false;
  byId('done').hidden = true;
  byId('place').textContent = '';
  byId('thumbnails').replaceChildren();
  showFields();
  showMissing();
}

function locate() {
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

function showThumbnails() {
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

/* Status */

async function ask(event) {
  event.preventDefault();
  notify(undefined);
  const { caseNumber, phone } = Object.fromEntries(new FormData(event.target).entries());
  try {
    state.answer = await api(`${state.tenant}/status-requests`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ caseNumber, phone }),
    });
    showStatus();
  } catch {
    notify('failed');
  }
}

function showStatus() {
  const { ok, body } = state.answer;
  const answer = document.createElement('div');
  answer.className = 'answer';
  const line = (label, content) => {
    const paragraph = document.createElement('p');
    paragraph.append(`${label}: `, Object.assign(document.createElement('bdi'), { textContent: content }));
    return paragraph;
  };
  const day = (at) =>
    new Intl.DateTimeFormat(state.language === 'ar' ? 'ar' : 'en-GB', {
      dateStyle: 'long',
      timeStyle: 'short',
    }).format(new Date(at));
  if (!ok)
    answer.textContent = say(body.code === 'STATUS_REQUEST_INVALID' ? 'CASE_NOT_FOUND' : known(body.code));
  else {
    const headline = Object.assign(document.createElement('p'), {
      className: 'number',
      textContent: nameOf(body.status),
    });
    answer.append(
      line(say('caseNumber'), body.caseNumber),
      headline,
      line(say('registeredAt'), day(body.registeredAt)),
      line(say('updatedAt'), day(body.updatedAt)),
    );
  }
  byId('status-answer').replaceChildren(answer);
}

/* Page */

function showTab() {
  const status = location.hash === '#status';
  byId('report').hidden = status;
  byId('status').hidden = !status;
  byId('tab-report').setAttribute('aria-current', String(!status));
  byId('tab-status').setAttribute('aria-current', String(status));
}

function showOrganisations() {
  const entries = state.organisations.map(({ code, names }) => {
    const link = Object.assign(document.createElement('a'), {
      href: `/${encodeURIComponent(code)}`,
      textContent: nameOf(names),
    });
    const entry = document.createElement('li');
    entry.append(link);
    return entry;
  });
  byId('organisation-list').replaceChildren(...entries);
  byId('organisations').hidden = false;
  notify(entries.length === 0 ? 'noOrganisations' : undefined);
}

async function start() {
  byId('matter').append(...matterFields.map(fieldElement));
  byId('reporter').append(...reporterFields.map(fieldElement));
  byId('language').addEventListener('click', () => {
    state.language = state.language === 'ar' ? 'en' : 'ar';
    localStorage.setItem(languageKey, state.language);
    translate();
  });
  byId('report-form').addEventListener('submit', send);
  byId('report-form').addEventListener('change', () => state.form && showFields());
  byId('photos').addEventListener('change', showThumbnails);
  byId('locate').addEventListener('click', locate);
  byId('another').addEventListener('click', startAgain);
  byId('status-form').addEventListener('submit', ask);
  addEventListener('hashchange', showTab);
  const answer = await api(
    state.tenant === '' ? 'organisations' : `${encodeURIComponent(state.tenant)}/form`,
  ).catch(() => ({ ok: false }));
  if (!answer.ok) notify('failed');
  else if (state.tenant === '') state.organisations = answer.body.organisations;
  else {
    state.form = answer.body;
    byId('entrance').hidden = false;
    showTab();
  }
  translate();
}

void start();
