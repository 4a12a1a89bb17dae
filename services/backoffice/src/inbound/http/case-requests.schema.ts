import { z } from 'zod';
import { InvalidMessage } from '@balagh/runtime';
import { mostListed, queues } from '../../application/case-list.handler';

const code = z.string().regex(/^[A-Z][A-Z0-9_-]{0,63}$/);
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const listQuerySchema = z
  .object({
    queue: z.enum(queues).default('all'),
    stage: optional(code),
    category: optional(code),
    priority: optional(code),
    text: optional(z.string().max(60)),
    overdue: optional(z.enum(['true', 'false'])),
    sort: z.enum(['age', 'newest', 'due']).default('age'),
    page: z.coerce.number().int().min(1).default(1),
    pageSize: z.coerce.number().int().min(1).max(100).default(25),
  })
  .superRefine(({ page, pageSize }, context) => {
    // Rows before a page are read and thrown away: far behind, that is the whole table.
    if ((page - 1) * pageSize >= mostListed)
      context.addIssue({
        code: 'too_big',
        path: ['page'],
        maximum: mostListed,
        origin: 'number',
        input: page,
      });
  });

export const openPageSchema = z.object({
  channel: code,
  contactReference: z.string().max(200).optional(),
  form: z.record(z.string(), z.unknown()).optional(),
});

export const actionSchema = z.object({
  decisionVersion: z.number().int().min(0),
  answers: z.record(z.string(), z.unknown()).default({}),
});

export const attachmentSchema = z.object({
  kind: z.enum(['PHOTO', 'INVOICE', 'FAX', 'LETTER', 'DOCUMENT', 'CLIP']),
  decisionVersion: z.coerce.number().int().min(0).default(0),
});

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** @throws InvalidMessage IDEMPOTENCY_KEY_REQUIRED when it is not a UUID */
export function idempotencyKey(value: unknown): string {
  if (typeof value === 'string' && uuid.test(value)) return value.toLowerCase();
  throw new InvalidMessage('IDEMPOTENCY_KEY_REQUIRED', [{ path: 'Idempotency-Key', problem: 'NOT_A_UUID' }]);
}

/** @throws InvalidMessage REQUEST_INVALID with paths and codes, never values */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    problem: issue.code.toUpperCase(),
  }));
  throw new InvalidMessage('REQUEST_INVALID', problems);
}
