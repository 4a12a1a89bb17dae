import { buildQuestions, channel, showFields } from './questions.js';
import { locate, send, showMissing, showThumbnails, startAgain } from './sending.js';
import { api, byId, languageKey, nameOf, notify, say, state } from './state.js';
import { ask, showStatus } from './status.js';

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
  if (state.form) showTab();
  if (state.answer) showStatus();
}

function showTab() {
  const reporting = channel() !== undefined;
  const status = location.hash === '#status' || !reporting;
  byId('tab-report').hidden = !reporting;
  notify(reporting ? undefined : 'noWebChannel');
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
    buildQuestions();
    byId('entrance').hidden = false;
  }
  translate();
}

void start();
