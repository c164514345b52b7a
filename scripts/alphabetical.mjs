// Jest runs the end-to-end files in the order of their names: the same order in every run.
import Sequencer from '@jest/test-sequencer';

export default class extends Sequencer {
  sort(tests) {
    return tests.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  }
}
