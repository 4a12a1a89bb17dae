// Renders the Kubernetes overlays with kubectl and checks every object field by field: an unknown or misspelt one is refused,
// which is proved by planting one everywhere. Then what no schema sees: that names which refer to each other exist. Without kubectl 1.27: "not run: why".
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { root } from '../local/setup.mjs';
import { problemsOf } from './manifest-schemas.mjs';

export const overlays = ['k8s/base', 'k8s/overlays/small', 'k8s/overlays/country'];

/** The objects of one folder. @throws when kubectl refuses it */
export function render(folder) {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(root, folder)], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${folder}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS());
}

/** Why nothing can be rendered here, or undefined. Kustomize 5 came with kubectl 1.27. */
export function whyNotRendered() {
  const asked = spawnSync('kubectl', ['version', '--client', '-o', 'json'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (asked.error !== undefined) return 'kubectl is missing';
  const minor = Number(JSON.parse(asked.stdout).clientVersion.minor.replace(/\D/g, ''));
  return minor >= 27 ? undefined : `kubectl 1.${minor} is too old; 1.27 or newer is needed`;
}

/** References between the objects of one overlay that lead nowhere. */
export function danglingReferences(objects) {
  const named = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const templates = objects.filter(({ spec }) => spec?.template?.spec?.containers !== undefined);
  const labelsOf = templates.map(({ spec }) => spec.template.metadata.labels);
  const selects = (labels) =>
    labelsOf.some((have) => Object.entries(labels).every(([key, value]) => have[key] === value));
  const problems = [];
  const must = (what, from) => named.has(what) || problems.push(`${from} names ${what}, which is not there`);
  for (const object of objects) {
    const from = `${object.kind}/${object.metadata.name}`;
    const selector = object.kind === 'Service' ? object.spec.selector : object.spec?.selector?.matchLabels;
    if (selector !== undefined && !selects(selector)) problems.push(`${from} selects no pod`);
    const target = object.spec?.scaleTargetRef;
    if (target !== undefined) must(`${target.kind ?? 'Deployment'}/${target.name}`, from);
    for (const { configMapRef } of object.spec?.template?.spec?.containers?.flatMap((c) => c.envFrom ?? []) ??
      [])
      if (configMapRef !== undefined) must(`ConfigMap/${configMapRef.name}`, from);
    for (const { persistentVolumeClaim } of object.spec?.template?.spec?.volumes ?? [])
      if (persistentVolumeClaim !== undefined)
        must(`PersistentVolumeClaim/${persistentVolumeClaim.claimName}`, from);
  }
  const scaled = objects.flatMap(({ spec }) =>
    spec?.scaleTargetRef === undefined ? [] : [spec.scaleTargetRef.name],
  );
  for (const name of scaled.filter((one, index) => scaled.indexOf(one) !== index))
    problems.push(`two autoscalers fight over ${name}`);
  return problems;
}

/** Where any key is allowed. */
const maps = new Set(['labels', 'matchLabels', 'annotations', 'data']);

/** Plants an unknown field into every part of an object; the parts where it went unnoticed. */
export function unnoticedFields(manifest) {
  const unnoticed = [];
  const plant = (part, path) => {
    if (typeof part !== 'object' || part === null) return;
    if (!Array.isArray(part) && !maps.has(path.at(-1)) && !isPlainMap(part, path)) {
      part.planted = 'x';
      if (problemsOf(manifest).length === 0) unnoticed.push(path.join('.'));
      delete part.planted;
    }
    for (const [key, inner] of Object.entries(part)) plant(inner, [...path, key]);
  };
  plant(manifest, []);
  return unnoticed;
}

/** The selector of a Service is a map, that of a Deployment is not. */
const isPlainMap = (part, path) =>
  path.at(-1) === 'selector' && !('matchLabels' in part) && !('matchExpressions' in part);

function main() {
  const why = whyNotRendered();
  if (why !== undefined) {
    console.log(`manifests: not run: ${why}`);
    return 0;
  }
  const problems = [];
  let count = 0;
  for (const folder of overlays) {
    const objects = render(folder);
    count += objects.length;
    const found = [...objects.flatMap(problemsOf), ...danglingReferences(objects)];
    problems.push(...found.map((problem) => `${folder}: ${problem}`));
    for (const object of found.length === 0 ? objects : [])
      for (const path of unnoticedFields(object))
        problems.push(
          `${folder}: ${object.kind}/${object.metadata.name}: an unknown field of ${path} passes`,
        );
  }
  for (const problem of problems) console.error(problem);
  console.log(`manifests: ${count} objects of ${overlays.length} renderings, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
