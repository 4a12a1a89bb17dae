import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { proves } from '@balagh/testing';
import { z } from 'zod';
import { type RawEvent, caseEventDefinitions, decodeEvent, publish, publishedFields } from '../src';

const golden = (type: string): RawEvent =>
  JSON.parse(readFileSync(join(__dirname, '../golden', `${type}.v1.json`), 'utf8')) as RawEvent;

/** Plain strings that machines issue or configuration names: numbers of cases, ids of rules, types of events, references. */
const machineWords = [
  'caseNumber',
  'originalNumber',
  'repeatNumber',
  'ruleId',
  'trigger',
  'externalReference',
];

interface JsonSchema {
  readonly type?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: unknown;
}

/** Paths below a schema where a sealed value or free text could stand. */
function leaks(schema: JsonSchema, path: string): string[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((part) => leaks(part, path));
  if (schema.type === 'object') {
    if (schema.properties === undefined) return [`${path}: open object`];
    return Object.entries(schema.properties).flatMap(([name, part]) => leaks(part, `${path}.${name}`));
  }
  if (schema.type === 'array')
    return schema.items === undefined ? [`${path}: open list`] : leaks(schema.items, path);
  if (schema.type !== 'string') return [];
  if (schema.pattern?.includes('sealed') === true) return [`${path}: sealed`];
  const narrow =
    schema.enum !== undefined ||
    schema.const !== undefined ||
    schema.pattern !== undefined ||
    schema.format !== undefined;
  return narrow || machineWords.includes(path.split('.').at(-1) ?? '') ? [] : [`${path}: free text`];
}

const shapes = Object.entries(caseEventDefinitions).map(([type, definition]) => {
  const schema = z.toJSONSchema(definition.data as z.ZodType, { io: 'input' }) as JsonSchema;
  return [type, schema.properties ?? {}] as const;
});

describe('what leaves a service', () => {
  it.each(shapes)('of %s is neither sealed nor free text', (type, properties) => {
    const fields = publishedFields[type as keyof typeof publishedFields]?.fields ?? [];
    expect(fields.filter((field) => properties[field] === undefined)).toEqual([]);
    expect(fields.flatMap((field) => leaks(properties[field] ?? {}, `${type}.${field}`))).toEqual([]);
  });

  it('would be noticed if it were sealed or free text', () => {
    const form = Object.fromEntries(shapes)['FormFilled']?.['form'] ?? {};
    expect(leaks(form, 'FormFilled.form')).toContain('FormFilled.form.phone: sealed');
    const attachment = Object.fromEntries(shapes)['AttachmentAdded']?.['mediaType'] ?? {};
    expect(leaks(attachment, 'AttachmentAdded.mediaType')).toEqual(['AttachmentAdded.mediaType: free text']);
  });

  it.each(shapes.map(([type]) => type))('%s carries no sealed value and names its author’s topic', (type) => {
    const published = publish(decodeEvent(golden(type)));
    const { author } = caseEventDefinitions[type as keyof typeof caseEventDefinitions];
    expect(JSON.stringify(published?.message ?? null)).not.toContain('sealed:');
    expect(published?.topic ?? `case.${author}`).toBe(`case.${author}`);
  });

  it('is one CloudEvent with the case as key and the revision to fold to', () => {
    expect(publish(decodeEvent(golden('CaseRouted')))).toEqual({
      topic: 'case.routing',
      message: {
        specversion: '1.0',
        id: golden('CaseRouted').id,
        source: '/balagh/routing',
        type: 'balagh.case.v1.CaseRouted',
        subject: '7b0c0000-0000-4000-8000-000000000001',
        time: '2026-03-01T10:05:00.123Z',
        datacontenttype: 'application/json',
        caserevision: golden('CaseRouted').revision,
        tenant: 'MUS',
        correlationid: '7b0c0000-0000-4000-8000-000000000001',
        causationid: JSON.parse(golden('CaseRouted').metadata).causationId as string,
        profileversion: 3,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        data: {
          owner: { kind: 'AGENCY', code: 'HAYA_WATER' },
          secondLineQueue: 'LINE2_MAIN',
          ruleId: 'CATEGORY_WATER',
        },
      },
    });
  });

  it('of a private inquiry says what it was about and nothing that was asked or answered', () => {
    proves('KWT-22');
    const left = ['CaseOpened', 'FormFilled', 'CaseRegistered', 'PersonalInquiryDeclined'].flatMap((type) => {
      const published = publish(decodeEvent(golden(type)));
      return published === undefined ? [] : [[published.message.type, Object.keys(published.message.data)]];
    });
    expect(left).toEqual([
      ['balagh.case.v1.CaseOpened', ['channel']],
      [
        'balagh.case.v1.CaseRegistered',
        ['caseNumber', 'caseType', 'category', 'channel', 'sector', 'registeredAt'],
      ],
      ['balagh.case.v1.PersonalInquiryDeclined', ['subject']],
    ]);
  });

  it.each(['FormFilled', 'MessageSubmitted', 'CaseViewed'])('%s stays inside the store', (type) => {
    expect(publish(decodeEvent(golden(type)))).toBeUndefined();
  });
});
