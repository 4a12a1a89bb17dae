import {
  type MessageChannel,
  type Owner,
  codeSchema,
  messageChannelSchema,
  ownerSchema,
} from '@balagh/case-events';
import { type common } from '@balagh/contracts';
import { InvalidMessage } from '@balagh/runtime';
import { z } from 'zod';

/** Longest free text: a reply, a note, terms. */
const longText = 4_000;
/** Longest reference or reason; they are stored readable and carry no personal data. */
const shortText = 300;

/** The id of a case or a transfer, as it is stored: some systems print theirs in capitals. Whether it is one is found out later. */
export const idOf = (value: string): string => value.toLowerCase();

/** Text of a request; blank stays blank: whether it may be is decided. @throws InvalidMessage `REQUEST_INVALID` */
export function text(path: string, value: string, longest = longText): string {
  if (value.length > longest) throw invalid(path, 'TOO_LONG');
  return value;
}

export const reference = (path: string, value: string): string => text(path, value.trim(), shortText);

export function oneOf<Choice extends string>(
  path: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw invalid(path, value === '' ? 'REQUIRED' : 'UNKNOWN');
  return chosen;
}

export const channelOf = (value: string): MessageChannel =>
  oneOf('channel', value, messageChannelSchema.options);

/** Absent: the owner that routing proposed. @throws InvalidMessage `OWNER_UNKNOWN` */
export function ownerOf(owner: common.Owner | undefined): Owner | undefined {
  // The gRPC loader gives null for a message that was not sent.
  if (!owner || owner.code === '') return undefined;
  const { kind, code, section } = owner;
  const parsed = ownerSchema.safeParse({ kind, code, ...(section === '' ? {} : { section }) });
  if (!parsed.success) throw new InvalidMessage('OWNER_UNKNOWN', [{ path: 'owner', problem: 'MALFORMED' }]);
  return { kind: parsed.data.kind, code: parsed.data.code, ...(section === '' ? {} : { section }) };
}

export function codeOf(path: string, value: string): string {
  if (!codeSchema.safeParse(value).success) throw invalid(path, value === '' ? 'REQUIRED' : 'MALFORMED');
  return value;
}

export function dayOf(path: string, value: string): string {
  if (!z.iso.date().safeParse(value).success) throw invalid(path, 'NOT_A_DAY');
  return value;
}

export function list<Item>(
  path: string,
  values: readonly string[],
  read: (path: string, value: string) => Item,
  longest = 20,
): Item[] {
  if (values.length > longest) throw invalid(path, 'TOO_MANY');
  return values.map((value, index) => read(`${path}[${index}]`, value));
}

function invalid(path: string, problem: string): InvalidMessage {
  return new InvalidMessage('REQUEST_INVALID', [{ path, problem }]);
}
