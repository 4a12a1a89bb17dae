import { definitionOfAction } from './action-catalogue';

/** Fields of the intake form as the contract names them; everything else from a screen is dropped. */
const formTexts = [
  'caseType',
  'category',
  'subject',
  'sector',
  'directorate',
  'section',
  'language',
  'preferredChannel',
  'clientType',
  'saleChannel',
  'theme',
  'otherBody',
  'reporterName',
  'civilNumber',
  'phone',
  'email',
  'socialHandle',
  'address',
  'details',
  'shopName',
  'shopAddress',
  'invoiceNumber',
  'respondentName',
  'respondentPhone',
  'sourceReference',
] as const;
const formFields = [...formTexts, 'needFlags', 'location', 'shopLicensed'] as const;

/** Names of the fields that each action sends, beyond the header and the case id. */
const fieldNames: Readonly<Record<string, readonly string[]>> = {
  answer: ['answer', 'article'],
  decline: [],
  register: [],
  redirect: ['body'],
  refer: ['owner', 'note'],
  transfer: ['agency', 'note'],
  'correct-routing': ['owner', 'reason'],
  'follow-up': ['note'],
  reply: ['reply', 'legalClauses'],
  inform: ['channel'],
  'contact-attempt': ['channel', 'result'],
  close: [],
  reopen: ['reason'],
  acknowledge: ['externalReference'],
  'send-team': ['teamId'],
  'record-verification': ['teamId', 'result', 'findings'],
  'legal-action': ['basis'],
  'issue-summons': ['date'],
  'record-confrontation': ['result', 'attended'],
  settle: ['terms', 'lawReference'],
  prosecute: ['lawReference'],
  'add-action': ['description', 'state'],
  'return-resolution': ['resolution', 'result', 'lawReference'],
  'return-misrouted': ['reason'],
};
const lists = new Set(['legalClauses', 'attended']);
const maxText = 8_000;
const maxEntries = 20;

export type ActionRequest =
  | { readonly kind: 'valid'; readonly request: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly { readonly path: string; readonly problem: string }[];
    };

/** The contract's request for an action, from a screen's answers. Only shapes are checked here: the deciding service judges. */
export function actionRequest(action: string, answers: Readonly<Record<string, unknown>>): ActionRequest {
  if (action === 'fill') return { kind: 'valid', request: { form: formRequest(answers) } };
  const names = fieldNames[action];
  if (names === undefined || definitionOfAction(action) === undefined)
    return { kind: 'invalid', problems: [{ path: 'action', problem: 'UNKNOWN' }] };
  const problems = names.flatMap((name) => problemsOf(name, answers[name]));
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'valid',
    request: Object.fromEntries(names.map((name) => [name, valueOf(name, answers[name])])),
  };
}

function problemsOf(name: string, value: unknown): { path: string; problem: string }[] {
  if (value === undefined || value === null) return [];
  if (lists.has(name)) {
    const list =
      Array.isArray(value) &&
      value.length <= maxEntries &&
      value.every((v) => typeof v === 'string' && v.length <= maxText);
    return list ? [] : [{ path: name, problem: 'NOT_A_LIST_OF_TEXTS' }];
  }
  if (typeof value !== 'string') return [{ path: name, problem: 'NOT_A_TEXT' }];
  if (name === 'owner' && value !== '' && !/^[A-Z]+:[A-Z0-9_-]+(:[A-Z0-9_-]+)?$/.test(value))
    return [{ path: name, problem: 'NOT_AN_OWNER' }];
  return value.length <= maxText ? [] : [{ path: name, problem: 'TOO_LONG' }];
}

function valueOf(name: string, value: unknown): unknown {
  if (lists.has(name)) return Array.isArray(value) ? value : [];
  const text = typeof value === 'string' ? value : '';
  if (name !== 'owner') return text;
  if (text === '') return undefined;
  const [kind = '', code = '', section = ''] = text.split(':');
  return { kind, code, section };
}

/** Answers of the form: an absent one leaves the field as it is, an empty one (`''`, `[]`, `null`) takes it back. */
export function formRequest(answers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const texts = formTexts.map((name) => [
    name,
    typeof answers[name] === 'string' ? answers[name].slice(0, maxText) : '',
  ]);
  const flags = answers['needFlags'];
  const place = answers['location'];
  return {
    ...Object.fromEntries(texts),
    needFlags: Array.isArray(flags) ? flags.filter((f) => typeof f === 'string').slice(0, maxEntries) : [],
    ...(isPlace(place) ? { location: { latitude: place.latitude, longitude: place.longitude } } : {}),
    ...(typeof answers['shopLicensed'] === 'boolean' ? { shopLicensed: answers['shopLicensed'] } : {}),
    cleared: formFields.filter((name) => isTakenBack(answers[name])),
  };
}

function isTakenBack(answer: unknown): boolean {
  return (
    answer === null ||
    (typeof answer === 'string' && answer.trim() === '') ||
    (Array.isArray(answer) && answer.length === 0)
  );
}

function isPlace(value: unknown): value is { latitude: number; longitude: number } {
  if (value === null || typeof value !== 'object' || !('latitude' in value) || !('longitude' in value))
    return false;
  return typeof value.latitude === 'number' && typeof value.longitude === 'number';
}
