import { type MessageChannel } from '@balagh/case-events';
import { PermanentFault } from '@balagh/event-feed';
import { type Privacy, normalisePhone } from '@balagh/privacy';
import { renderText } from '../domain/message-text';
import { type Prepared } from '../domain/message.decider';
import { type PlannedNotification } from '../domain/notification-planning';
import { type Address } from '../domain/recipients';

/** A message in plain words: lives only between opening the case's values and sealing the message. */
export interface Draft {
  readonly planned: PlannedNotification;
  /** Ways with an address that the channel can use. */
  readonly routes: readonly { readonly channel: MessageChannel; readonly to: string }[];
  readonly subject?: string;
  readonly body: string;
}

interface Opener {
  readonly privacy: Privacy;
  readonly phoneRegion: string;
}

/** @throws PermanentFault `TEMPLATE_PLACEHOLDER_WITHOUT_VALUE` when the template does not fit its trigger */
export async function draftMessage(planned: PlannedNotification, opener: Opener): Promise<Draft> {
  const opened = planned.routes.map(async ({ channel, address }) => {
    const to = usable(channel, await open(address, opener.privacy), opener.phoneRegion);
    return to === undefined ? [] : [{ channel, to }];
  });
  const routes = (await Promise.all(opened)).flat();
  const { template, language } = planned;
  const wanted = language === 'ar' ? template.ar : template.en;
  const title = language === 'ar' ? template.subjectAr : template.subjectEn;
  const values = await openValues(planned, `${wanted}${title ?? ''}`, opener.privacy);
  const subject = title === undefined ? {} : { subject: rendered(title, values).replaceAll(/\s+/g, ' ') };
  return { planned, routes, body: rendered(wanted, values), ...subject };
}

/** Only what the text uses is opened; the values of an erased subject are left out of the sentence. */
async function openValues(
  planned: PlannedNotification,
  text: string,
  privacy: Privacy,
): Promise<Record<string, string>> {
  const used = Object.entries(planned.values).filter(([name]) => text.includes(`{${name}}`));
  const opened = used.map(
    async ([name, value]) => [name, value === undefined ? '' : await open(value, privacy)] as const,
  );
  return Object.fromEntries((await Promise.all(opened)).map(([name, value]) => [name, value ?? '']));
}

function rendered(template: string, values: Record<string, string>): string {
  const text = renderText(template, values);
  if (text.kind === 'unknown') throw new PermanentFault('TEMPLATE_PLACEHOLDER_WITHOUT_VALUE');
  return text.text;
}

async function open(value: Address, privacy: Privacy): Promise<string | undefined> {
  return 'plain' in value ? value.plain : privacy.openOrErased(value.sealed);
}

/** What the channel can use, or undefined: a name in the phone field is no number to send to. */
function usable(
  channel: MessageChannel,
  address: string | undefined,
  phoneRegion: string,
): string | undefined {
  if (address === undefined) return undefined;
  switch (channel) {
    case 'SMS':
    case 'FAX':
    case 'WHATSAPP':
      return normalisePhone(address, phoneRegion);
    case 'EMAIL':
      return /^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:"]+$/.test(address.trim()) ? address.trim() : undefined;
    default:
      return address;
  }
}

type SealedParts = Pick<Prepared, 'routes' | 'body' | 'subject'>;

/** Seals text and addresses under the case's subject, in the order and choice of channels that the case recorded. */
export async function sealDraft(
  draft: Draft,
  by: { readonly privacy: Privacy; readonly subjectId: string; readonly channels: readonly MessageChannel[] },
): Promise<SealedParts> {
  const seal = (plain: string): Promise<string> => by.privacy.seal(by.subjectId, plain);
  const chosen = by.channels.flatMap(
    (channel) => draft.routes.find((route) => route.channel === channel) ?? [],
  );
  const [body, subject, ...addresses] = await Promise.all([
    seal(draft.body),
    draft.subject === undefined ? undefined : seal(draft.subject),
    ...chosen.map(({ to }) => seal(to)),
  ]);
  const routes = chosen.map(({ channel }, index) => ({ channel, address: addresses[index] ?? '' }));
  return { routes, body: body ?? '', ...(subject === undefined ? {} : { subject }) };
}
