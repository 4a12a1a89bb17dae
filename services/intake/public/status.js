import { api, byId, known, nameOf, notify, say, state } from './state.js';

export async function ask(event) {
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

export function showStatus() {
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
