// Compiles every package's src/ to dist/ with swc; only files newer than their output. Usage: node infra/build/build.mjs
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import swc from '@swc/core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const packages = ['libs', 'services', 'infra'].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => join(root, group, name))
    .filter(
      (dir) =>
        existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'src')) && !dir.endsWith('console'),
    ),
);

function* sources(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(entry.name)) yield path;
  }
}

const started = performance.now();
let compiled = 0;
for (const pkg of packages) {
  for (const file of sources(join(pkg, 'src'))) {
    const out = join(pkg, 'dist', relative(join(pkg, 'src'), file)).replace(/\.ts$/, '.js');
    if (existsSync(out) && statSync(out).mtimeMs > statSync(file).mtimeMs) continue;
    const { code, map } = await swc.transformFile(file, { configFile: join(root, '.swcrc'), filename: file });
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, `${code}\n//# sourceMappingURL=${out.split('/').pop()}.map\n`);
    writeFileSync(`${out}.map`, map);
    compiled += 1;
  }
}
console.log(`build: ${compiled} files in ${Math.round(performance.now() - started)} ms`);
