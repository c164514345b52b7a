const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/strip-types.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/.lab/'],
};

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
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/*.e2e.test.ts'] },
    { ...shared, displayName: 'lab', testMatch: ['<rootDir>/test/e2e/lab/*.e2e.test.ts'] },
  ],
};
