import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Data flows one way; these are the doors that stay shut. */
const pure = (files, inside) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ regex: `^(?!${inside})`, message: 'src/domain imports nothing but itself.' }] },
    ],
    'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval'],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'The domain has no clock: take the time as a parameter.' },
    ],
  },
});
const domainIsPure = [
  pure(['src/domain/*.ts'], '\\./'),
  pure(['src/domain/*/*.ts'], '(\\./|\\.\\./(?!\\.\\.))'),
];

const actionsStandAlone = {
  files: ['src/actions/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['../*/index.ts', '../*/run.ts', '../*/inputs.ts'],
            message: 'An action imports no action.',
          },
          { group: ['node:*'], message: 'Only src/tools, src/cluster and src/runtime touch the outside.' },
        ],
      },
    ],
  },
};

export default defineConfig(
  { ignores: ['dist/', 'lib/', 'node_modules/', '.lab/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 90, skipComments: true, skipBlankLines: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Taken out of an object to leave it out of the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
      // The Kubernetes client's types are classes, and its requests plain data.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  ...domainIsPure,
  actionsStandAlone,
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
