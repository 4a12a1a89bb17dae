import { InvalidMessage } from '@balagh/runtime';
import { z } from 'zod';
import { type PlainForm } from '../../application/plain-form';
import { fillingSchema, parsed, plainForm, plainFormSchema } from '../form.schema';

/** Body of a new report: JSON, or the part `report` of a multipart request. */
export const reportSchema = z.strictObject({
  channel: z.string().min(1).max(64),
  /** Number, handle or device the contact came from. */
  contactReference: z.string().min(1).max(300).optional(),
  form: z.record(z.string(), z.unknown()).default({}),
});

export const statusRequestSchema = z.strictObject({
  caseNumber: z.string().min(1).max(64),
  phone: z.string().min(1).max(64),
});

export interface ReportBody {
  readonly channel: string;
  readonly contactReference?: string;
  readonly form: PlainForm;
}

/** @throws InvalidMessage `REPORT_INVALID`, `FORM_INVALID` */
export function reportBody(body: unknown): ReportBody {
  const { channel, contactReference, form } = validBody(
    reportSchema,
    partOf(body, 'report'),
    'REPORT_INVALID',
  );
  return { channel, form: plainForm(form), ...(contactReference !== undefined && { contactReference }) };
}

/** @throws InvalidMessage with the code and each problem's path */
export function validBody<T>(schema: z.ZodType<T>, body: unknown, code: string): T {
  const { data, problems } = parsed(schema, body);
  if (data === undefined) throw new InvalidMessage(code, problems);
  return data;
}

/** Multipart requests carry the JSON as text in one part. */
function partOf(body: unknown, part: string): unknown {
  const text =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[part] : undefined;
  if (typeof text !== 'string') return body;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidMessage('REPORT_INVALID', [{ path: part, problem: 'NOT_JSON' }]);
  }
}

/** JSON schemas for the API description. */
export const apiSchemas = {
  report: z.toJSONSchema(z.strictObject({ ...reportSchema.shape, form: plainFormSchema }), {
    target: 'openapi-3.0',
    io: 'input',
  }),
  form: z.toJSONSchema(z.strictObject({ form: fillingSchema }), { target: 'openapi-3.0', io: 'input' }),
  statusRequest: z.toJSONSchema(statusRequestSchema, { target: 'openapi-3.0' }),
};
