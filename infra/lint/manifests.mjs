// Renders the Kubernetes overlays with kubectl or kustomize and checks every object field by field: an unknown or misspelt one is refused,
// which is proved by planting one everywhere. Then what no schema sees: that names which refer to each other exist, and that pods can read what
// they mount. With neither of them:
// "not run: why", which is a failure in continuous integration; infra/ci/setup brings kustomize.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { root } from '../local/setup.mjs';
import { problemsOf } from './manifest-schemas.mjs';

export const overlays = ['k8s/base', 'k8s/overlays/small', 'k8s/overlays/country'];

/** Where infra/ci/setup puts the kustomize that it builds. */
const ownTools = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'balagh/bin');

const output = (command, args) =>
  spawnSync(command, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 16 * 1024 * 1024 });

/** What renders here, as a command line before the folder; or why nothing does. Kustomize 4.5 came with kubectl 1.25. */
export function renderer() {
  const asked = output('kubectl', ['version', '--client', '-o', 'json']);
  const minor =
    asked.status === 0 ? Number(JSON.parse(asked.stdout).clientVersion.minor.replace(/\D/g, '')) : 0;
  if (minor >= 25) return { command: ['kubectl', 'kustomize'] };
  for (const kustomize of ['kustomize', join(ownTools, 'kustomize')])
    if (output(kustomize, ['version']).status === 0) return { command: [kustomize, 'build'] };
  return {
    why: `${asked.error === undefined ? `kubectl 1.${minor} is too old` : 'kubectl is missing'}, and so is kustomize; infra/ci/setup brings it`,
  };
}

/** The objects of one folder. @throws when it is refused */
export function render([command, ...args], folder) {
  const { status, stdout, stderr } = output(command, [...args, join(root, folder)]);
  if (status !== 0) throw new Error(`${folder}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS());
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
  problems.push(...missingSecrets(objects));
  const scaled = objects.flatMap(({ spec }) =>
    spec?.scaleTargetRef === undefined ? [] : [spec.scaleTargetRef.name],
  );
  for (const name of scaled.filter((one, index) => scaled.indexOf(one) !== index))
    problems.push(`two autoscalers fight over ${name}`);
  return problems;
}

/**
 * Secrets that something names and nothing brings: neither a secret store, nor the operator of Kafka for a user or the cluster's authority.
 * An overlay without a secret store has its secrets made by hand.
 */
function missingSecrets(objects) {
  const brought = new Set(
    objects.flatMap(({ kind, spec, metadata }) => {
      if (kind === 'ExternalSecret') return [spec.target.name];
      if (kind !== 'KafkaUser') return [];
      return [metadata.name, `${metadata.labels['strimzi.io/cluster']}-cluster-ca-cert`];
    }),
  );
  if (!objects.some(({ kind }) => kind === 'ExternalSecret')) return [];
  return objects.flatMap((object) =>
    secretsNamedBy(object)
      .filter((name) => !brought.has(name))
      .map((name) => `${object.kind}/${object.metadata.name} names Secret/${name}, which nothing brings`),
  );
}

function secretsNamedBy({ kind, spec }) {
  if (kind === 'TriggerAuthentication') return spec.secretTargetRef.map(({ name }) => name);
  const { containers = [], volumes = [] } = spec?.template?.spec ?? {};
  return [
    ...containers.flatMap(({ envFrom = [], env = [] }) => [
      ...envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
      ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
    ]),
    ...volumes.flatMap(({ secret }) => secret?.secretName ?? []),
  ];
}

/** Secrets that a pod mounts and cannot read: they are root’s, and others than root get them by the group of the pod’s files alone. */
export function unreadableSecrets(objects) {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const { volumes = [], securityContext } = spec?.template?.spec ?? {};
    if (securityContext?.fsGroup !== undefined) return [];
    return volumes
      .filter(({ secret }) => secret?.defaultMode !== undefined && (secret.defaultMode & 0o004) === 0)
      .map(({ name }) => `${kind}/${metadata.name} mounts ${name}, which it cannot read without an fsGroup`);
  });
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
  const { command, why } = renderer();
  if (command === undefined) {
    console.log(`manifests: not run: ${why}`);
    return process.env.CI === 'true' ? 1 : 0;
  }
  const problems = [];
  let count = 0;
  for (const folder of overlays) {
    const objects = render(command, folder);
    count += objects.length;
    const found = [
      ...objects.flatMap(problemsOf),
      ...danglingReferences(objects),
      ...unreadableSecrets(objects),
    ];
    problems.push(...found.map((problem) => `${folder}: ${problem}`));
    for (const object of found.length === 0 ? objects : [])
      for (const path of unnoticedFields(object))
        problems.push(
          `${folder}: ${object.kind}/${object.metadata.name}: an unknown field of ${path} passes`,
        );
  }
  for (const problem of problems) console.error(problem);
  console.log(
    `manifests: ${count} objects of ${overlays.length} renderings (${command[0]}), ${problems.length} problems`,
  );
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
