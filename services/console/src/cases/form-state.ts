import { type CasePage, type Condition, type Names, type Profile } from '../api/types';

export const textFields = [
  'caseType',
  'category',
  'subject',
  'sector',
  'directorate',
  'section',
  'theme',
  'saleChannel',
  'clientType',
  'preferredChannel',
  'language',
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

/** Answers as the fields hold them: texts, and lists of codes. */
export type Answers = Record<string, string | string[]>;

export function initialValues(page: CasePage): Answers {
  const { form } = page;
  const place = form['location'] as { latitude?: number; longitude?: number } | undefined;
  return {
    ...Object.fromEntries(textFields.map((name) => [name, typeof form[name] === 'string' ? form[name] : ''])),
    needFlags: Array.isArray(form['needFlags']) ? form['needFlags'].map(String) : [],
    latitude: place?.latitude === undefined ? '' : String(place.latitude),
    longitude: place?.longitude === undefined ? '' : String(place.longitude),
  };
}

/** The same reading of conditions as the profile's own rules: all entries hold, a list means "one of", absent is null. */
function holds(when: Condition, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when).every(([name, wanted]) => {
    const given = values[name];
    const actual = given === '' || given === undefined ? null : given;
    return Array.isArray(wanted) ? (wanted as readonly unknown[]).includes(actual) : wanted === actual;
  });
}

/** Fields that registration will ask for under the present answers, as far as the public profile tells. */
export function requiredNow(
  profile: Profile,
  values: Readonly<Record<string, unknown>>,
  channel: string | undefined,
): ReadonlyMap<string, Names> {
  const facts = { ...values, channel };
  return new Map(
    profile.requiredFields.filter(({ when }) => holds(when, facts)).map(({ field, names }) => [field, names]),
  );
}

export function isFilled(field: string, values: Readonly<Record<string, unknown>>, page: CasePage): boolean {
  if (field === 'location') return values['latitude'] !== '' && values['longitude'] !== '';
  if (field === 'invoice') return page.attachments.some((attachment) => attachment.kind === 'INVOICE');
  if (field === 'attachment') return page.attachments.length > 0;
  const value = values[field];
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value.trim() !== '';
}

/** Fields of a consumer's complaint; asked for only where the organisation deals with such complaints. */
const consumerFields = [
  'shopName',
  'shopAddress',
  'invoiceNumber',
  'respondentName',
  'respondentPhone',
  'saleChannel',
];

export function asksConsumer(profile: Profile): boolean {
  return profile.requiredFields.some(({ field }) => consumerFields.includes(field) || field === 'invoice');
}
