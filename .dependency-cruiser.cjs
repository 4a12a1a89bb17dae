/**
 * Who may import whom (docs/architecture.md). Each rule says why; `infra/lint/architecture.mjs` plants a violation of
 * every rule and expects it to be caught, so a rule that no longer fires fails the build.
 */
const own = '^services/([^/]+)/';
const domainMay =
  '^services/$1/src/domain/|^libs/(decider|case-events)/|^libs/profile/src/(index|rules|profile\\.schema|working-time[^/]*|local-day)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'A decision is a pure function: own domain, deciders, events and the pure part of profiles; nothing of Node or of a package.',
      severity: 'error',
      from: { path: `${own}src/domain/`, pathNot: '\\.spec\\.ts$' },
      to: { pathNot: domainMay },
    },
    {
      name: 'application-knows-ports',
      comment: 'Application handlers use their own domain and ports and the libraries that decide and store.',
      severity: 'error',
      from: { path: `${own}src/application/`, pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(libs|services|infra)/',
        pathNot:
          '^services/$1/src/(domain|application)/|^libs/(decider|case-events|event-store|event-feed|privacy|profile|runtime)/',
      },
    },
    {
      name: 'application-not-transport',
      comment: 'How a command arrived is none of the application’s business.',
      severity: 'error',
      from: { path: `${own}src/application/`, pathNot: '\\.spec\\.ts$' },
      to: {
        path: '(^|/)node_modules/(@nestjs/microservices|@grpc|express|kafkajs|typeorm|pg|nodemailer)(/|$)',
      },
    },
    {
      name: 'inbound-never-decides',
      comment:
        'Transports call the application; a decider called from a controller would skip loading and appending.',
      severity: 'error',
      from: { path: `${own}src/inbound/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^services/$1/src/(domain/.*\\.decider\\.ts|outbound/)' },
    },
    {
      name: 'outbound-implements-ports',
      comment: 'Adapters know their own ports and domain words, not what comes in.',
      severity: 'error',
      from: { path: `${own}src/outbound/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^services/$1/src/inbound/' },
    },
    {
      name: 'services-are-strangers',
      comment: 'Services exchange events and contracts, never code.',
      severity: 'error',
      from: { path: own },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libraries-below-services',
      comment: 'A library that knows a service is a service.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|infra)/' },
    },
    {
      name: 'decider-and-contracts-are-leaves',
      comment: 'They are the bottom: nothing of ours below them.',
      severity: 'error',
      from: { path: '^libs/(decider|contracts)/' },
      to: { path: '^(libs|services|infra)/', pathNot: '^libs/(decider|contracts)/' },
    },
    {
      name: 'services-know-no-infra',
      comment: 'What runs a service locally is not part of it.',
      severity: 'error',
      from: { path: '^services/', pathNot: '\\.e2e\\.spec\\.ts$' },
      to: { path: '^infra/' },
    },
    {
      name: 'console-speaks-contracts',
      comment: 'The browser shares only the contracts.',
      severity: 'error',
      from: { path: '^services/console/' },
      to: { path: '^(libs|services)/', pathNot: '^(libs/contracts|services/console)/' },
    },
    {
      name: 'testing-only-in-specs',
      comment: 'Test support must not run in production.',
      severity: 'error',
      from: {
        path: '^(libs|services|infra)/',
        pathNot: '\\.spec\\.ts$|/spec/|^libs/testing/|^infra/stories/',
      },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle has no bottom to start reading from.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|generated/' },
    tsPreCompilationDeps: 'specify',
  },
};
