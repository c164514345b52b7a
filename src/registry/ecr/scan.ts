import { shortDigest } from '../../domain/digest.ts';
import type { NoReport, ScanFinding, ScanReport } from '../../domain/scan/report.ts';
import type { Clock } from '../../runtime/clock.ts';
import { DeadlineError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { poll } from '../../runtime/poll.ts';
import type { EcrClient } from './client.ts';
import { findingsIn } from './findings.ts';
import { scanState } from './scanState.ts';

export interface ScanContext {
  readonly client: EcrClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

const intervalMs = 5_000;

/** ECR's findings of all the images, or why there are none: whatever is not through by the deadline counts as none. */
export async function awaitScan(
  context: ScanContext,
  digests: readonly string[],
  timeoutMs: number,
): Promise<ScanReport | NoReport> {
  const { client, clock, log } = context;
  const deadlineMs = clock.monotonic() + timeoutMs;
  const scansOnPush = (await client.describe())?.imageScanningConfiguration?.scanOnPush ?? false;
  const findings: ScanFinding[] = [];
  let mode = 'basic';
  if (digests.length === 0) return { unavailable: 'ECR was asked about no image' };
  for (const digest of digests) {
    if (!scansOnPush && (await client.findings(digest)) === null) await client.startScan(digest);
    const leftMs = Math.max(0, deadlineMs - clock.monotonic());
    const scan = await scanOf(context, digest, leftMs);
    if ('unavailable' in scan) return scan;
    findings.push(...scan.findings);
    mode = scan.mode;
    log.info(`ECR's ${scan.mode} scan of ${shortDigest(digest)}: ${String(scan.findings.length)} findings`);
  }
  return { scanner: 'ecr', scannerVersion: mode, database: { service: true }, findings };
}

interface OneScan {
  readonly findings: readonly ScanFinding[];
  readonly mode: 'basic' | 'enhanced';
}

async function scanOf(
  { client, clock, signal }: ScanContext,
  digest: string,
  timeoutMs: number,
): Promise<OneScan | NoReport> {
  const what = `ECR's scan of ${digest}`;
  const remedy = 'Give it more time, or look at the scan in the console.';
  try {
    return await poll<OneScan | NoReport>(
      { clock, signal, timeoutMs, intervalMs, what, remedy },
      async () => {
        const first = await client.findings(digest);
        if (first === null) return { done: false, reason: 'it has not begun' };
        const state = scanState(first.imageScanStatus?.status, first.imageScanStatus?.description);
        if (state.kind === 'waiting') return { done: false, reason: state.reason };
        if (state.kind === 'none') return { done: true, value: { unavailable: `${what}: ${state.reason}` } };
        if (first.imageScanFindings === undefined)
          return { done: false, reason: 'it is done, but its findings are not there' };
        return { done: true, value: await allPages(client, digest, first) };
      },
    );
  } catch (error) {
    if (error instanceof DeadlineError) return { unavailable: error.message };
    throw error;
  }
}

async function allPages(
  client: EcrClient,
  digest: string,
  first: NonNullable<Awaited<ReturnType<EcrClient['findings']>>>,
): Promise<OneScan | NoReport> {
  const target = shortDigest(digest);
  const findings = [...findingsIn(first.imageScanFindings, target)];
  const mode = first.imageScanFindings?.enhancedFindings === undefined ? 'basic' : 'enhanced';
  for (let { nextToken } = first; nextToken !== undefined && nextToken !== '';) {
    const page = await client.findings(digest, nextToken);
    // Half of the findings are none.
    if (page?.imageScanFindings === undefined)
      return { unavailable: `ECR's scan of ${digest}: its findings broke off` };
    findings.push(...findingsIn(page.imageScanFindings, target));
    nextToken = page.nextToken;
  }
  return { findings, mode };
}
