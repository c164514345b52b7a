import type { Builder } from '../../domain/image/build.ts';
import { lostWith } from '../../domain/image/build.ts';
import type { ImageFacts } from '../../domain/image/facts.ts';
import { shortDigest } from '../../domain/digest.ts';
import type { AllowEntry } from '../../domain/scan/allowList.ts';
import type { ScanReport } from '../../domain/scan/report.ts';
import type { BuildContext } from '../../image/buildContext.ts';
import type { OciImage } from '../../image/ociLayout.ts';
import { addToLayout } from '../../image/sboms.ts';
import { verifyLayout } from '../../image/verifyLayout.ts';
import type { ResultFiles, WorkFolder } from '../../image/workFolder.ts';
import type { Ecr } from '../../registry/ecr/ecr.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Annotations } from '../../runtime/annotations.ts';
import type { Clock } from '../../runtime/clock.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Run } from '../../runtime/run.ts';
import type { Stopwatch } from '../../runtime/stopwatch.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Cosign } from '../../tools/cosign.ts';
import type { Docker } from '../../tools/docker.ts';
import type { Hadolint } from '../../tools/hadolint.ts';
import type { OpenScanner } from '../../tools/openScanner.ts';
import { alreadyBuilt, load, stillHolds } from './alreadyBuilt.ts';
import { attachedSboms, attachSboms } from './attach.ts';
import { findBaseline } from './baseline.ts';
import { allowedInImage, refuseFolderWithoutToken, scanDependencies } from './dependencies.ts';
import { ecrScan, ensureRepository } from './ecr.ts';
import { gate, listed } from './gate.ts';
import type { Inputs } from './inputs.ts';
import { lint } from './lint.ts';
import { report } from './report.ts';
import { inputsLabel, plan, withSecrets } from './request.ts';
import type { Plan } from './request.ts';
import { writeSboms } from './sbom.ts';
import { saidBefore, sbomWillDo, signImage } from './sign.ts';

export interface Collaborators {
  readonly context: BuildContext;
  readonly docker: Docker;
  /** Looked up, or fetched, when it is needed and not before. */
  readonly hadolint: () => Promise<Hadolint>;
  /** @param folder of this scan's own */
  readonly scanner: (folder: string) => Promise<Pick<OpenScanner, 'scanner' | 'sboms'>>;
  /** The dependencies' report; null: no token. */
  readonly snyk: ((signal: AbortSignal) => Promise<ScanReport>) | null;
  readonly registry: Registry;
  /** Opened before anything is built: who cannot sign is told so then. null: nothing is signed. */
  readonly cosign: (() => Promise<Cosign>) | null;
  /** null: another registry. */
  readonly ecr: Ecr | null;
  readonly allow: readonly AllowEntry[];
  readonly work: () => Promise<WorkFolder>;
  readonly results: ResultFiles;
  readonly clock: Clock;
  readonly watch: Stopwatch;
  readonly log: Log;
  readonly annotations: Annotations;
  readonly signal: AbortSignal;
  readonly outputs: Outputs;
  readonly summary: Summary;
  readonly run: Run;
}

/**
 * One digest: the image that is scanned is the image that is pushed. Hadolint, build into a layout on this disk, scan
 * of that very layout, gate, and only then the push: until then nobody can pull it. What is there already, made from
 * the same commit and inputs, is not built again; unless it passed by the same rules a short while ago, it is loaded
 * and judged as if it were new.
 */
export async function buildScanPush(inputs: Inputs, tools: Collaborators): Promise<void> {
  const { context, registry, watch, signal } = tools;
  refuseFolderWithoutToken(inputs);
  const asked = plan(inputs, context, tools.allow, tools.run);
  const cosign = tools.cosign === null ? null : await watch.time('signer', tools.cosign);
  const known = await findBuilt(inputs, asked, tools);
  const isThere = known !== null;
  const said = isThere ? await saidBefore(cosign, inputs, known, tools) : [];
  const attached =
    isThere && sbomWillDo(cosign, inputs, known, said) ? await attachedSboms(inputs, known, tools) : null;
  if (isThere && stillHolds(inputs, asked, known, attached !== null, tools)) {
    const scans = listed(await ecrScan(inputs, known, tools));
    const signature = await signImage(cosign, inputs, known, [], said, tools);
    const result = { facts: known, scans, pushed: null, was: 'judged before', signature } as const;
    return report(inputs, asked, result, tools);
  }

  const threshold = inputs['hadolint-threshold'];
  if (threshold !== 'off') {
    const hadolint = await tools.hadolint();
    await watch.time('hadolint', () => lint(context, threshold, { ...tools, hadolint }));
  }
  const dependencies = await scanDependencies(inputs, tools);
  const { image, facts } = isThere ? await load(known, tools) : await build(inputs, asked, tools);
  const opened = await tools.scanner((await tools.work()).path);
  const { scanner } = opened;
  const found = await watch.time(scanner.name, () => scanner.scan(image, signal));
  const baseline = await findBaseline(inputs, image, tools);
  const candidate = { digest: image.digest, isThere };
  const allow = allowedInImage(inputs, tools.allow);
  const scans = [
    ...listed(dependencies),
    await gate(found, baseline, inputs, candidate, { ...tools, allow }),
  ];
  const sboms = attached ?? (await writeSboms(inputs, image, facts, opened, tools));
  if (!inputs.push) {
    await addToLayout(sboms, image);
    // For a later job that may push, see pushScanned.ts.
    tools.outputs.set('layout', await tools.results.take(image.layout));
    return report(inputs, asked, { facts, scans, pushed: null, was: 'new', signature: null }, tools);
  }
  if (!isThere) await ensureRepository(inputs, tools);
  const pushed = isThere ? null : await watch.time('push', () => registry.push(image, asked.tags));
  scans.push(...listed(await ecrScan(inputs, facts, tools)));
  await attachSboms(sboms, facts, tools);
  const signature = await signImage(cosign, inputs, facts, sboms, said, tools);
  const was = isThere ? 'judged again' : 'new';
  await report(inputs, asked, { facts, scans, pushed, was, signature }, tools);
}

/** Without a push nothing is asked of the registry: the job may have no way into it. */
async function findBuilt(
  { rebuild, push }: Inputs,
  asked: Plan,
  tools: Collaborators,
): Promise<ImageFacts | null> {
  if (rebuild || !push) return null;
  return tools.watch.time('look', () => alreadyBuilt(asked, asked.request.labels[inputsLabel], tools));
}

/** @returns the layout, each blob of it held to its digest */
async function build(
  inputs: Inputs,
  asked: Plan,
  { docker, watch, work, signal, log }: Collaborators,
): Promise<{ readonly image: OciImage; readonly facts: ImageFacts }> {
  const builder = await watch.time('builder', () => docker.builder(inputs.builder, signal));
  const folder = await work();
  const request = withSecrets(asked.request, await folder.secrets(inputs.secrets ?? {}));
  refuseWhatIsLost(builder, request, log);
  log.info(`building with ${builder.title}`);
  const image = await watch.time('build', () => docker.build(builder, request, folder.path, signal));
  const facts = await watch.time('verify', () => verifyLayout(image));
  log.info(`built ${shortDigest(image.digest)} for ${facts.platforms.map((one) => one.platform).join(', ')}`);
  return { image, facts };
}

/** @throws PreconditionError when the image would be another one than was asked for */
function refuseWhatIsLost(builder: Builder, request: Parameters<typeof lostWith>[1], log: Log): void {
  const lost = lostWith(builder, request);
  const remedy = 'docker/setup-buildx-action, in a step before this one, brings a builder that can.';
  const refused = lost.filter((one) => one.refused).map(({ what }) => what);
  if (refused.length > 0) {
    throw new PreconditionError(`${builder.title} cannot build ${refused.join(', nor ')}`, remedy);
  }
  if (lost.length > 0) {
    log.warning(`${builder.title} leaves out: ${lost.map(({ what }) => what).join(', ')}. ${remedy}`);
  }
}
