import { type CasePage } from '../api/types';
import { type Answers, initialValues, textFields } from './form-state';

/** What the form was filled from: the answers of the case, and the decision version that the person saw with them. */
export interface FormBase {
  readonly decisionVersion: number;
  readonly answers: Answers;
}

export function baseOf(page: CasePage): FormBase {
  return { decisionVersion: page.case.decisionVersion, answers: initialValues(page) };
}

/** Answers by name. A place, or a directorate with its section, means something only together and is one answer. */
const names: readonly string[] = [
  ...textFields.filter((field) => field !== 'section'),
  'needFlags',
  'location',
];

export function fieldsOf(name: string): readonly string[] {
  if (name === 'location') return ['latitude', 'longitude'];
  return name === 'directorate' ? ['directorate', 'section'] : [name];
}

/** The fields of these answers alone. */
export function answersNamed(wanted: readonly string[], from: Answers): Answers {
  return Object.fromEntries(wanted.flatMap(fieldsOf).map((field) => [field, from[field] ?? '']));
}

/** Names of the answers that differ. */
export function differing(one: Answers, other: Answers): readonly string[] {
  const text = (name: string, from: Answers): string => JSON.stringify(answersNamed([name], from));
  return names.filter((name) => text(name, one) !== text(name, other));
}

export interface Merge {
  readonly base: FormBase;
  /** Fields to take over: nobody touched them here. */
  readonly taken: Answers;
  /** Answers that somebody else changed, too, and differently: the form keeps its own until the person chooses. */
  readonly contested: readonly string[];
}

/** What a page that was read again means for the form; undefined: nothing new, or older than the base. */
export function mergePage(base: FormBase, page: CasePage, mine: Answers): Merge | undefined {
  const latest = baseOf(page);
  const changed = differing(base.answers, latest.answers);
  const newer = latest.decisionVersion > base.decisionVersion;
  if (latest.decisionVersion < base.decisionVersion || (!newer && changed.length === 0)) return undefined;
  const touched = differing(base.answers, mine);
  const otherwise = differing(latest.answers, mine);
  const untouched = changed.filter((name) => !touched.includes(name));
  const both = changed.filter((name) => touched.includes(name) && otherwise.includes(name));
  // Under the version of one's own answers a difference is how the service writes them, not another person's answer.
  return { base: latest, taken: answersNamed(untouched, latest.answers), contested: newer ? both : [] };
}

export interface Filling {
  readonly decisionVersion: number;
  /** As the back office takes them: the place as numbers; what is empty is taken back, a place by `null`. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** What the form is filled from once these answers are in the case, under the decision version that this led to. */
  readonly baseAt: (decisionVersion: number) => FormBase;
}

/** What to send so that the case says what the form does: only what differs from the base. Undefined: nothing can be sent. */
export function fillingOf(base: FormBase, mine: Answers): Filling | undefined {
  const location = isBlank(mine['latitude'] ?? '') && isBlank(mine['longitude'] ?? '') ? null : placeOf(mine);
  const changed = differing(base.answers, mine);
  const sent = changed.filter((name) => name !== 'location' || location !== undefined);
  if (sent.length === 0) return undefined;
  const fields = answersNamed(sent, mine);
  const others = Object.entries(
    answersNamed(
      sent.filter((name) => name !== 'location'),
      mine,
    ),
  );
  return {
    decisionVersion: base.decisionVersion,
    answers: {
      ...Object.fromEntries(others.map(([name, answer]) => [name, isBlank(answer) ? '' : answer])),
      ...(sent.includes('location') ? { location } : {}),
    },
    baseAt: (decisionVersion) => ({ decisionVersion, answers: { ...base.answers, ...fields } }),
  };
}

const isBlank = (answer: string | string[]): boolean => typeof answer === 'string' && answer.trim() === '';

/** Both numbers, or no place. */
function placeOf({ latitude, longitude }: Answers): { latitude: number; longitude: number } | undefined {
  const place = {
    latitude: Number.parseFloat(String(latitude)),
    longitude: Number.parseFloat(String(longitude)),
  };
  return Number.isFinite(place.latitude) && Number.isFinite(place.longitude) ? place : undefined;
}
