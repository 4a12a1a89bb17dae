import {
  caseTypeSchema,
  codeSchema,
  languageSchema,
  locationSchema,
  messageChannelSchema,
} from '@balagh/case-events';
import { InvalidMessage } from '@balagh/runtime';
import { z } from 'zod';
import { type PlainForm, personalFields } from '../application/plain-form';

const text = z.string().max(20_000);

/** The form as clients write it: every answer is optional, unknown ones are refused. */
export const plainFormSchema = z.strictObject({
  caseType: caseTypeSchema.optional(),
  category: codeSchema.optional(),
  subject: codeSchema.optional(),
  sector: codeSchema.optional(),
  directorate: codeSchema.optional(),
  section: codeSchema.optional(),
  language: languageSchema.optional(),
  preferredChannel: messageChannelSchema.optional(),
  clientType: codeSchema.optional(),
  needFlags: z.array(codeSchema).max(20).optional(),
  location: locationSchema.optional(),
  saleChannel: z.enum(['ONLINE', 'SHOP']).optional(),
  shopLicensed: z.boolean().optional(),
  theme: codeSchema.optional(),
  otherBody: codeSchema.optional(),
  reporterName: text.optional(),
  civilNumber: text.optional(),
  phone: text.optional(),
  email: text.optional(),
  socialHandle: text.optional(),
  address: text.optional(),
  details: text.optional(),
  shopName: text.optional(),
  shopAddress: text.optional(),
  invoiceNumber: text.optional(),
  respondentName: text.optional(),
  respondentPhone: text.optional(),
  sourceReference: text.optional(),
});

/** Answers, and the names of earlier ones that are taken back. */
export const fillingSchema = plainFormSchema.extend({
  cleared: z.array(plainFormSchema.keyof()).max(40).optional(),
});

/** Empty answers count as not given, as proto3 and HTML forms send them. @throws InvalidMessage `FORM_INVALID` */
export function plainForm(input: unknown): PlainForm {
  const { data, problems } = parsed(fillingSchema, withoutEmpty(input));
  if (data === undefined) throw new InvalidMessage('FORM_INVALID', problems);
  const { cleared = [], ...answers } = data;
  const entries = Object.entries(answers).filter(([, answer]) => answer !== undefined);
  if (entries.some(([field]) => cleared.some((name) => name === field)))
    throw new InvalidMessage('FORM_INVALID', [{ path: 'cleared', problem: 'ALSO_GIVEN' }]);
  const isPersonal = ([field]: readonly [string, unknown]): boolean =>
    (personalFields as readonly string[]).includes(field);
  return {
    open: Object.fromEntries(entries.filter((entry) => !isPersonal(entry))),
    personal: Object.fromEntries(entries.filter(isPersonal)) as PlainForm['personal'],
    ...(cleared.length === 0 ? {} : { cleared }),
  };
}

interface Parsed<T> {
  readonly data: T | undefined;
  /** Paths and zod's codes, never values. */
  readonly problems: { path: string; problem: string }[];
}

export function parsed<T>(schema: z.ZodType<T>, input: unknown): Parsed<T> {
  const result = schema.safeParse(input);
  if (result.success) return { data: result.data, problems: [] };
  const problems = result.error.issues.map(({ path, code }) => ({
    path: path.map(String).join('.') || '(root)',
    problem: code.toUpperCase(),
  }));
  return { data: undefined, problems };
}

function withoutEmpty(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const isGiven = (value: unknown): boolean =>
    value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(input).filter(([, value]) => isGiven(value)));
}
