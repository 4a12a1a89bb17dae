/** The page shows personal texts of the demo: it is not framed, not cached, and runs only its own script. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const texts = {
  ar: {
    dir: 'rtl',
    title: 'الرسائل المرسلة',
    note: 'محاكاة: لا تغادر أي رسالة هذا الجهاز.',
    other: 'English',
    otherLang: 'en',
    search: 'بحث في النص',
    to: 'رقم الهاتف أو البريد',
    channel: 'القناة',
    all: 'كل القنوات',
    pause: 'إيقاف التحديث',
    resume: 'استئناف التحديث',
    clear: 'مسح القائمة',
    confirm: 'مسح كل الرسائل المعروضة؟',
    empty: 'لا توجد رسائل بعد. سجّل بلاغًا وستظهر رسالته هنا.',
    nothing: 'لا توجد رسائل تطابق البحث.',
    lost: 'انقطع الاتصال بالمحاكي.',
    count: 'عدد الرسائل',
    ACCEPTED: 'قُبلت',
    DELIVERED: 'سُلّمت',
    SMS: 'رسالة نصية',
    WHATSAPP: 'واتساب',
    FAX: 'فاكس',
    EMAIL: 'بريد إلكتروني',
  },
  en: {
    dir: 'ltr',
    title: 'Messages sent',
    note: 'Simulation: no message leaves this machine.',
    other: 'العربية',
    otherLang: 'ar',
    search: 'Search in the text',
    to: 'Phone or e-mail',
    channel: 'Channel',
    all: 'All channels',
    pause: 'Pause updates',
    resume: 'Resume updates',
    clear: 'Clear the list',
    confirm: 'Clear all messages shown?',
    empty: 'No messages yet. Register a report and its message appears here.',
    nothing: 'No messages match the search.',
    lost: 'The simulator does not answer.',
    count: 'Messages',
    ACCEPTED: 'Accepted',
    DELIVERED: 'Delivered',
    SMS: 'SMS',
    WHATSAPP: 'WhatsApp',
    FAX: 'Fax',
    EMAIL: 'E-mail',
  },
} as const;

const style = `
:root{color-scheme:light dark;--line:#8a94a6;--soft:#eef2f6;--accent:#0b5f4f}
@media (prefers-color-scheme:dark){:root{--soft:#1d2630;--accent:#7fd8c3}}
*{box-sizing:border-box}
body{font:1rem/1.7 "Noto Sans Arabic",system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:60rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:baseline;justify-content:space-between}
h1{font-size:1.5rem;margin:0}
form{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:1rem 0}
label{display:grid;gap:.15rem;font-size:.9rem}
input,select,button{font:inherit;padding:.35rem .6rem;border:1px solid var(--line);border-radius:.4rem;min-height:2.75rem;background:transparent;color:inherit}
option{color:#000;background:#fff}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
ol{list-style:none;margin:0;padding:0;display:grid;gap:.75rem}
li{background:var(--soft);border-inline-start:.3rem solid var(--accent);border-radius:.4rem;padding:.6rem .9rem}
.meta{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0 0}
.subject{font-weight:600;margin:.3rem 0 0}
.quiet{padding:2rem 0;text-align:center}
[hidden]{display:none}`;

/** The list of what was sent, Arabic by default, newest first, refreshed every two seconds. */
export function pageHtml(language: 'ar' | 'en'): string {
  const t = texts[language];
  const channels = (['SMS', 'WHATSAPP', 'FAX', 'EMAIL'] as const)
    .map((c) => `<option value="${c}">${t[c]}</option>`)
    .join('');
  const words = JSON.stringify(t).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="${language}" dir="${t.dir}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${t.title}</title><style>${style}</style></head>
<body data-words="${words}">
<header><h1>${t.title}</h1><a href="/?lang=${t.otherLang}" lang="${t.otherLang}" hreflang="${t.otherLang}">${t.other}</a></header>
<main>
<p>${t.note}</p>
<form id="filter" role="search">
<label>${t.search}<input id="text" type="search" dir="auto" autocomplete="off"></label>
<label>${t.to}<input id="to" type="search" dir="ltr" autocomplete="off"></label>
<label>${t.channel}<select id="channel"><option value="">${t.all}</option>${channels}</select></label>
<button id="pause" type="button" aria-pressed="false">${t.pause}</button>
<button id="clear" type="button">${t.clear}</button>
</form>
<p id="state" role="status"></p>
<ol id="list"></ol>
<p id="empty" class="quiet" hidden>${t.empty}</p>
</main>
<script src="/page.js" defer></script>
</body></html>`;
}

export const pageScript = `'use strict';
const words = JSON.parse(document.body.dataset.words);
const $ = (id) => document.getElementById(id);
let paused = false;
let shown = '';
const time = new Intl.DateTimeFormat(document.documentElement.lang + '-u-nu-latn', { dateStyle: 'short', timeStyle: 'medium' });

function element(tag, className, text, dir) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (dir) node.dir = dir;
  node.textContent = text;
  return node;
}

function row(message) {
  const item = document.createElement('li');
  const meta = element('div', 'meta', '');
  meta.append(element('strong', '', words[message.channel]), element('bdi', '', message.to, 'ltr'),
    element('span', '', words[message.status]), element('bdi', '', time.format(new Date(message.acceptedAt))));
  item.append(meta);
  if (message.subject) item.append(element('p', 'subject', message.subject, 'auto'));
  item.append(element('p', 'text', message.text, 'auto'));
  return item;
}

async function refresh() {
  const query = new URLSearchParams({ limit: '200' });
  for (const name of ['text', 'to', 'channel']) if ($(name).value) query.set(name, $(name).value);
  try {
    const answer = await fetch('/messages?' + query, { signal: AbortSignal.timeout(5000) });
    const { messages } = await answer.json();
    const next = JSON.stringify(messages);
    if (next === shown) return;
    shown = next;
    $('list').replaceChildren(...messages.map(row));
    $('empty').hidden = messages.length > 0;
    $('empty').textContent = query.size > 1 ? words.nothing : words.empty;
    $('state').textContent = words.count + ': ' + messages.length;
  } catch {
    shown = '';
    $('state').textContent = words.lost;
  }
}

async function loop() {
  if (!paused && !document.hidden) await refresh();
  setTimeout(loop, 2000);
}

$('filter').addEventListener('submit', (event) => event.preventDefault());
$('filter').addEventListener('input', () => void refresh());
$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused ? words.resume : words.pause;
});
$('clear').addEventListener('click', async () => {
  if (!confirm(words.confirm)) return;
  await fetch('/messages', { method: 'DELETE' });
  await refresh();
});
void loop();
`;
