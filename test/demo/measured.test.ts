import { expect, test } from '@jest/globals';
import { withMeasured } from '../../scripts/measured.ts';

const page = `# Measured
<!-- releases: made by npm run docs -->
<!-- end of releases -->
<!-- bench: made by npm run docs -->
<!-- end of bench -->
`;
const timeline = {
  service: 'order-api',
  sliceMs: 200,
  durationMs: 60_000,
  load: [],
  releases: [
    {
      version: 'v1.2.0',
      slot: 'blue' as const,
      outcome: 'rolled-back' as const,
      requests: 1_760,
      failedRequests: 78,
      patchedMs: 31_989,
      switchMs: 185.4,
      firstBadToLastBadMs: 3_352,
      steps: [],
    },
  ],
};
const bench = {
  at: '2026-11-21T05:51:29.189Z',
  machine: { cpus: 2, memoryGiB: 23.5, loadAverage: 0.4, node: 'v24' },
  rounds: 12,
  requests: 15_720,
  failedRequests: 0,
  wholeProcessMs: 926,
  medians: {
    kubectlAcceptedToServedMs: 110,
    kubectlWholeMs: 159,
    actionAcceptedToProofMs: 124,
    actionAcceptedToServedMs: 114,
    rollbackDecisionToProofMs: 191,
  },
};

test('the page shows what the demo measured, and the bench where its file is there', () => {
  const without = withMeasured(page, timeline, null);
  expect(without).toContain('| v1.2.0 | rolled back by itself | 1,760 | 78 | 185 ms | 3,352 ms |');
  expect(without).not.toContain('Medians');
  const both = withMeasured(page, timeline, JSON.stringify(bench));
  expect(both).toContain('| the whole command | 159 ms | 926 ms |');
  expect(both).toContain(
    'Medians of 12 rounds by turns on 2026-11-21, 2 cores with a load of 0.4; 0 of 15,720 requests failed.',
  );
  expect(withMeasured(both, timeline, null)).toBe(without);
});

test('a file of a bench that lacks a figure is none', () => {
  expect(() => withMeasured(page, timeline, JSON.stringify({ ...bench, medians: {} }))).toThrow(
    'actionAcceptedToProofMs',
  );
});
