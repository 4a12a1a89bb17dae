/** Words in braces that a template text may use; meanings in docs/reference/templates.md. */
export const templatePlaceholders = [
  'caseNumber',
  'originalNumber',
  'agencyAr',
  'agencyEn',
  'bodyAr',
  'bodyEn',
  'categoryAr',
  'categoryEn',
  'stageAr',
  'stageEn',
  'missingAr',
  'missingEn',
  'date',
  'n',
  'level',
  'reply',
  'resolution',
  'legalClauses',
  'links',
  'details',
] as const;
export type TemplatePlaceholder = (typeof templatePlaceholders)[number];

const known: ReadonlySet<string> = new Set(templatePlaceholders);

/** The placeholders of a text in order of appearance, without repeats. */
export function placeholdersIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? ''))];
}

export function isTemplatePlaceholder(name: string): name is TemplatePlaceholder {
  return known.has(name);
}
