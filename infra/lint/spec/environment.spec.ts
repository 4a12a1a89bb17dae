import { parse, parseAllDocuments } from 'yaml';
import { serviceNames, settingsOf, textOf, variablesIn } from './settings';

/** Read by Node or the image, not by us. */
const ofThePlatform = new Set(['NODE_ENV', 'NODE_COMPILE_CACHE']);

interface Container {
  readonly env?: readonly { readonly name: string }[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
    readonly data: readonly { readonly secretKey: string }[];
  };
}
const manifests = (path: string): Manifest[] =>
  parseAllDocuments(textOf(path)).map((document) => document.toJS() as Manifest);

function expectFitting(set: ReadonlySet<string>, service: string): void {
  const settings = settingsOf(service);
  const known = new Set(settings.map(({ name }) => name));
  expect([...set].filter((name) => !known.has(name) && !ofThePlatform.has(name))).toEqual([]);
  expect(settings.filter(({ name, required }) => required && !set.has(name)).map(({ name }) => name)).toEqual(
    [],
  );
}

describe('the compose file', () => {
  const { services } = parse(textOf('infra/compose/compose.yaml'), { merge: true }) as {
    services: Record<string, { environment: Record<string, unknown> }>;
  };
  const setFor = (name: string): Set<string> => new Set(Object.keys(services[name]?.environment ?? {}));

  it.each(serviceNames)('gives %s every setting it needs and none that it does not read', (service) => {
    expectFitting(setFor(service), service);
  });

  it.each([
    ['bootstrap', 'infra/local/src/bootstrap.main.ts'],
    ['companions', 'infra/local/src/companions.main.ts'],
  ])('gives %s exactly what it reads', (name, source) => {
    expect([...setFor(name)].sort()).toEqual([...variablesIn(source)].sort());
  });
});

describe('the Kubernetes manifests', () => {
  const { configMapGenerator } = parse(textOf('k8s/base/kustomization.yaml')) as {
    configMapGenerator: { literals: string[] }[];
  };
  const forAll = configMapGenerator.flatMap(({ literals }) =>
    literals.map((literal) => literal.split('=')[0] ?? ''),
  );
  const secrets = new Map(
    manifests('k8s/overlays/country/secrets.yaml').map(({ metadata, spec }) => [
      metadata.name,
      spec.data.map(({ secretKey }) => secretKey),
    ]),
  );
  const setFor = (service: string): Set<string> => {
    const deployment = manifests(`k8s/base/${service}.yaml`).find(({ kind }) => kind === 'Deployment');
    const env = deployment?.spec.template.spec.containers.flatMap((container) => container.env ?? []) ?? [];
    return new Set([...forAll, ...(secrets.get(service) ?? []), ...env.map(({ name }) => name)]);
  };

  it.each(serviceNames)('give %s every setting it needs and none that it does not read', (service) => {
    expectFitting(setFor(service), service);
  });

  it('give the bootstrap what it needs', () => {
    const job = manifests('k8s/base/bootstrap.yaml')[0];
    const env = job?.spec.template.spec.containers.flatMap((container) => container.env ?? []) ?? [];
    const set = [...(secrets.get('bootstrap') ?? []), ...env.map(({ name }) => name)];
    expect(set.sort()).toEqual([...variablesIn('infra/local/src/bootstrap.main.ts')].sort());
  });

  it('list every secret in their README', () => {
    const readme = textOf('k8s/README.md');
    const row = (name: string): string =>
      readme.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    for (const [name, keys] of secrets)
      expect(keys.filter((key) => !row(name).includes(`\`${key}\``)).map((key) => `${name}: ${key}`)).toEqual(
        [],
      );
  });
});
