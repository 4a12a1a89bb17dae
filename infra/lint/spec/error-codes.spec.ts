import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
/** How a refusal is written down: by its maker, or as a failure or rejection in so many words. */
const made =
  /\b(?:reject|InvalidMessage|AccessDenied|Unauthenticated|validBody)\(\s*(?:\w+,\s*[\w.]+,\s*)?'([A-Z][A-Z0-9_]{2,63})'/g;
const written = /\bRejected\(\{ code: '([A-Z][A-Z0-9_]{2,63})'/g;
const refusal =
  /kind: '(?:invalid|forbidden|missing|conflict|unavailable|internal)', code: '([A-Z][A-Z0-9_]{2,63})'/g;

function sources(): string[] {
  return ['libs', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name !== 'console')
      .flatMap((name) => {
        const src = join(root, folder, name, 'src');
        return readdirSync(src, { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
          .map((file) => readFileSync(join(src, file), 'utf8'));
      }),
  );
}

const codesIn = (texts: readonly string[], ...patterns: readonly RegExp[]): Set<string> =>
  new Set(
    texts.flatMap((text) =>
      patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code ?? '')),
    ),
  );

describe('docs/reference/errors.md', () => {
  const documented = [
    ...readFileSync(join(root, 'docs/reference/errors.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)` +\|/gm),
  ].map(([, code]) => code ?? '');
  const texts = sources();

  it('names every code that the code refuses with', () => {
    const thrown = codesIn(texts, made, written, refusal);
    expect(thrown.size).toBeGreaterThan(80);
    expect([...thrown].filter((code) => !documented.includes(code)).sort()).toEqual([]);
  });

  it('names no code that is not in the code, and none twice', () => {
    const everywhere = texts.join('\n');
    expect(documented.filter((code) => !everywhere.includes(`'${code}'`))).toEqual([]);
    expect(documented.filter((code, at) => documented.indexOf(code) !== at)).toEqual([]);
  });
});
