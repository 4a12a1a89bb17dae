import { byId, nameOf, say, state } from './state.js';
import { words } from './words.js';

/* What the form asks for follows from the organisation's required fields and the answers so far. */

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

export function answers() {
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

/** The page itself is a web channel; other self-service channels have clients of their own. */
export const channel = () => state.form.channels.find((c) => c.kind === 'WEB');

export function isRequired(field) {
  if (field === 'caseType' || field === 'category') return true;
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

/** Puts the questions onto the page, once. */
export function buildQuestions() {
  byId('matter').append(...matterFields.map(fieldElement));
  byId('reporter').append(...reporterFields.map(fieldElement));
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

function problemText(missing) {
  if (missing === undefined) return '';
  return missing.ar === undefined ? say('invalid') : `${say('needed')} ${nameOf(missing)}`;
}

export function showFields() {
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
    problem.textContent = problemText(missing);
    if (missing) input.setAttribute('aria-describedby', problem.id);
    else input.removeAttribute('aria-describedby');
  }
  document.querySelector('[data-field="invoice"]').hidden = !isRequired('invoice');
}
