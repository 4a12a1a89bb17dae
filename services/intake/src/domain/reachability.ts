import { type MessageChannel } from '@balagh/case-events';
import { type Profile } from '@balagh/profile';
import { type IntakeCase } from './intake-case';

/**
 * Channels on which the reporter can be reached: the one asked for, the one the contact came by, then the
 * profile's order (MUS-40). Empty: the second line calls or meets the reporter (AMB-42).
 */
export function reachableBy(profile: Profile, state: IntakeCase): readonly MessageChannel[] {
  const channel = profile.channels.find((c) => c.code === state.channel);
  const preferred = state.form.preferredChannel;
  const wished = [preferred, channel?.answersBy, ...profile.reporterChannels].filter((c) => c !== undefined);
  return [...new Set(wished)].filter((c) =>
    isReachable(c, state, channel?.answersBy === c || preferred === c),
  );
}

function isReachable(by: MessageChannel, state: IntakeCase, named: boolean): boolean {
  const has = (field: string): boolean => state.form.filled.includes(field);
  switch (by) {
    case 'SMS':
    case 'PHONE':
      return has('phone');
    case 'EMAIL':
      return has('email');
    case 'LETTER':
      return has('address');
    case 'SOCIAL':
      return has('socialHandle');
    // A phone says nothing about its owner using the service: only who came or asked that way is answered there.
    case 'WHATSAPP':
      return named && has('phone');
    case 'FAX':
      return named && state.hasContactReference;
    case 'IN_PERSON':
      return named;
  }
}
