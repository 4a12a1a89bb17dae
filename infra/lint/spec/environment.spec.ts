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

interface Compose {
  readonly services: Record<string, { readonly environment?: Record<string, unknown> }>;
}
const compose = (path: string): Compose['services'] =>
  (parse(textOf(path), { merge: true }) as Compose).services;

describe('the compose file', () => {
  const services = compose('infra/compose/compose.yaml');
  const setFor = (name: string): Set<string> => new Set(Object.keys(services[name]?.environment ?? {}));

  it.each([...serviceNames, 'bootstrap'])(
    'gives %s every setting it needs and none that it does not read',
    (service) => {
      expectFitting(setFor(service), service);
    },
  );

  it('gives the companions exactly what they read', () => {
    expect([...setFor('companions')].sort()).toEqual(
      [...variablesIn('infra/local/src/companions.main.ts')].sort(),
    );
  });

  it('lets an overlay put the events of all into KurrentDB, of nobody elsewhere', () => {
    const overlay = compose('infra/compose/kurrentdb.yaml');
    for (const name of [...serviceNames, 'bootstrap'])
      expect(overlay[name]?.environment).toEqual({
        EVENT_STORE: 'kurrentdb',
        EVENT_STORE_URL: 'kurrentdb://kurrentdb:2113?tls=false',
      });
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
    expectFitting(
      new Set([...(secrets.get('bootstrap') ?? []), ...env.map(({ name }) => name)]),
      'bootstrap',
    );
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
