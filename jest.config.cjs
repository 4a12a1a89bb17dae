/**
 * Three suites by suffix: `.spec` pure, `.int.spec` one real dependency, `.e2e.spec` the way of a case.
 * `npx jest --selectProjects unit|int|e2e [--testPathPatterns path]`
 */
const { availableParallelism } = require('node:os');

const esmPackages = [
  '@nestjs',
  'jose',
  'openid-client',
  'oidc-provider',
  'oauth4webapi',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'postal-mime',
  'nanoid',
  'quick-lru',
  'koa',
  'got',
  'eta',
];
const shared = {
  rootDir: __dirname,
  roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/infra'],
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[jt]s$': '@swc/jest' },
  transformIgnorePatterns: [
    `/node_modules/(?!(${esmPackages.join('|')})/)`,
    '/(libs|services|infra)/[a-z-]+/dist/',
  ],
  modulePathIgnorePatterns: ['/dist/', '/infra/kafka/target/'],
  moduleNameMapper: {
    '^@balagh/(local|identity|simulators|stories)$': '<rootDir>/infra/$1/src/index.ts',
    '^@balagh/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
};
const withPostgres = {
  globalSetup: '<rootDir>/infra/jest/global-setup.ts',
  globalTeardown: '<rootDir>/infra/jest/global-teardown.ts',
};
module.exports = {
  // Suites wait more than they compute: on two cores a second worker saves a third of the time.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // A bound for what hangs, not a measure of speed: starting a service with its database takes seconds where others use the processors, too.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.(int|e2e)\\.spec\\.ts$'],
    },
    { ...shared, ...withPostgres, displayName: 'int', testMatch: ['**/*.int.spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['**/*.e2e.spec.ts'] },
  ],
};
