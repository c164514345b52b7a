import { setTimeout as sleep } from 'node:timers/promises';
import { startApiProxy } from '../test/e2e/apiProxy.ts';
import { close, lab, load, namespace } from '../test/e2e/harness.ts';
import { verifiedCandidate } from '../test/e2e/rewind.ts';
import type { Moment } from '../test/e2e/rewind.ts';
import { coldStarts, peakMemoryMb } from './coldStart.ts';
import { actionMove, barePatch } from './moves.ts';
import type { ActionMove, BareMove } from './moves.ts';
import { planMs } from './plan.ts';
import { openRollback } from './rollback.ts';
import { median, quantile, round } from './stats.ts';
import { targetLine, writeResult } from './write.ts';
import type { Target } from './write.ts';

const service = 'order-api';
const candidate = 'v1.1.0';
/**
 * Over two gateways and the caller in the mesh: an answer every 25 ms from each. More would be more exact, and would
 * take from the processes that are measured: on two cores 300 a second cost a switch 90 ms.
 */
const ratePerSecond = 120;
/** Rows that came ten times a second were read beside each thing that is measured, by way of the API server. */
const reportEveryMs = 1_000;
/** Until every proxy serves what was rewound to. */
const settleMs = 500;
const coldStartRounds = 10;

interface Measured {
  readonly bare: readonly BareMove[];
  readonly action: readonly ActionMove[];
  readonly rollbackMs: readonly number[];
  readonly requests: number;
  readonly failedRequests: number;
}

/** In turns: the bare patch, the action, and the way back from it. */
async function measure(moment: Moment, rounds: number): Promise<Measured> {
  const proxy = await startApiProxy(lab.config);
  const rollback = openRollback(service);
  const run = await load([service], ratePerSecond, 1800, { reportEveryMs });
  const bare: BareMove[] = [];
  const action: ActionMove[] = [];
  const rollbackMs: number[] = [];
  try {
    // One of each first: kubectl's discovery, warm files and connections are not what is compared.
    for (let index = -1; index < rounds; index += 1) {
      await moment.rewind();
      await sleep(settleMs);
      const one = await barePatch(service, proxy, run, candidate);
      await moment.rewind();
      await sleep(settleMs);
      const other = await actionMove(service, run, candidate);
      await rollback.prepare();
      await sleep(settleMs);
      const back = await rollback.back();
      await sleep(settleMs);
      if (index < 0) continue;
      bare.push(one);
      action.push(other);
      rollbackMs.push(back);
      console.log(
        `${String(index + 1).padStart(3)}  kubectl ${ms(one.acceptedToServedMs)}  action ${ms(other.acceptedToProofMs)} of ${ms(other.wholeProcessMs)}  rollback ${ms(back)}`,
      );
    }
  } finally {
    rollback.close();
    proxy.close();
  }
  const { requests, failed } = (await run.stop()).count();
  return { bare, action, rollbackMs, requests, failedRequests: failed };
}

const ms = (value: number): string => `${value.toFixed(0).padStart(4)} ms`;

export async function run({ rounds }: { readonly rounds: number }): Promise<void> {
  const moment = await verifiedCandidate(service);
  const measured = await measure(moment, rounds);
  await moment.rewind();
  const maxRssMb = await peakMemoryMb(service);
  await moment.rewind();
  const proxy = await startApiProxy(lab.config);
  const cold = await coldStarts(service, proxy, coldStartRounds).finally(() => proxy.close());
  close();

  const bareMs = median(measured.bare.map(({ acceptedToServedMs }) => acceptedToServedMs));
  const proofMs = median(measured.action.map(({ acceptedToProofMs }) => acceptedToProofMs));
  const whole = measured.action.map(({ wholeProcessMs }) => wholeProcessMs);
  const rollbackMs = median(measured.rollbackMs);
  const planOf1000RoutesMs = planMs(service, namespace, 1_000);
  const worstColdStartRatio = Math.max(...Object.values(cold.ratios));
  const targets: readonly Target[] = [
    { what: 'accepted → proof, over the bare patch', measured: proofMs / bareMs, atMost: 1.1 },
    { what: 'whole process, ms', measured: median(whole), atMost: 600 },
    { what: 'rollback in process, over the bare patch', measured: rollbackMs / bareMs, atMost: 1.2 },
    { what: 'failed requests', measured: measured.failedRequests, atMost: 0 },
    { what: 'memory, MB', measured: maxRssMb, atMost: 150 },
    { what: 'slowest cold start, over the least entry', measured: worstColdStartRatio, atMost: 2.5 },
    { what: 'plan of 1,000 routes, ms', measured: planOf1000RoutesMs, atMost: 50 },
  ];
  const path = writeResult('switch', {
    rounds,
    acceptedToProofRatio: round(proofMs / bareMs),
    wholeProcessMs: round(median(whole), 0),
    wholeProcessP90Ms: round(quantile(whole, 0.9), 0),
    rollbackRatio: round(rollbackMs / bareMs),
    failedRequests: measured.failedRequests,
    requests: measured.requests,
    maxRssMb,
    coldStart: cold,
    worstColdStartRatio,
    planOf1000RoutesMs,
    medians: {
      kubectlAcceptedToServedMs: round(bareMs, 0),
      kubectlWholeMs: round(median(measured.bare.map(({ wholeMs }) => wholeMs)), 0),
      actionAcceptedToProofMs: round(proofMs, 0),
      actionAcceptedToServedMs: round(median(measured.action.map((one) => one.acceptedToServedMs)), 0),
      rollbackDecisionToProofMs: round(rollbackMs, 0),
    },
  });
  console.log(`\n${targets.map(targetLine).join('\n')}\nwritten: ${path}`);
}
