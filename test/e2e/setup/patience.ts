import { jest } from '@jest/globals';

// For the tests that say nothing of their own: a step that hangs still fails, by name, before the suite does.
jest.setTimeout(60_000);
