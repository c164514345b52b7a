const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/strip-types.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/.lab/'],
};

/** These start processes and wait for them: jest's five seconds a test would judge the machine, not the code. */
const endToEnd = { ...shared, setupFilesAfterEnv: ['<rootDir>/test/e2e/setup/patience.ts'] };

export default {
  testSequencer: '<rootDir>/scripts/alphabetical.mjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/', '<rootDir>/test/contract/'],
    },
    { ...shared, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.test.ts'] },
    // In the order in which `npm run e2e` runs them.
    {
      ...endToEnd,
      displayName: 'without-cluster',
      testMatch: ['<rootDir>/test/e2e/without-cluster/*.e2e.test.ts'],
    },
    { ...endToEnd, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/*.e2e.test.ts'] },
    { ...endToEnd, displayName: 'lab', testMatch: ['<rootDir>/test/e2e/lab/*.e2e.test.ts'] },
  ],
};
