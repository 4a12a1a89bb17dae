/** A template filled in, or the first placeholder that has no value: the template does not fit its trigger. */
export type RenderedText =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'unknown'; readonly placeholder: string };

/** Fills `{name}` placeholders in one pass: braces inside values stay as they are. */
export function renderText(
  template: string,
  values: Readonly<Record<string, string | undefined>>,
): RenderedText {
  let unknown: string | undefined;
  const text = template.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) unknown ??= name;
    return value ?? '';
  });
  if (unknown !== undefined) return { kind: 'unknown', placeholder: unknown };
  return { kind: 'rendered', text: text.replaceAll(/(?<![ \t])[ \t]+$/gm, '').trim() };
}
