import type { SigningWay } from '../../domain/image/signing.ts';
import { findContext } from '../../image/buildContext.ts';
import { makeWorkFolder, resultFiles } from '../../image/workFolder.ts';
import type { WorkFolder } from '../../image/workFolder.ts';
import type { RegistryCredentials } from '../../registry/credentials.ts';
import { runAction } from '../../runtime/action.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { useEnvProxy } from '../../runtime/envProxy.ts';
import { temporary } from '../../runtime/ownFolders.ts';
import { stopwatch } from '../../runtime/stopwatch.ts';
import { readAllowList } from '../../tools/allowListFile.ts';
import type { Cosign } from '../../tools/cosign.ts';
import { diskSpace, withDiskNumbers } from '../../tools/diskSpace.ts';
import { dockerProgram } from '../../tools/docker.ts';
import { withoutInputs } from '../../tools/environment.ts';
import { execIn } from '../../tools/exec.ts';
import { hadolintProgram } from '../../tools/hadolint.ts';
import { openCosign } from '../../tools/openCosign.ts';
import { openScanner, openTool } from '../../tools/openScanner.ts';
import { snykTest } from '../../tools/snyk.ts';
import { parse } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import { isHanded, pushScanned } from './pushScanned.ts';
import { buildScanPush } from './run.ts';
import { signingWay } from './sign.ts';
import { openTarget } from './target.ts';

/** The action on whatever it runs in: a workflow's step, or a terminal. */
export async function act(context: ActionContext): Promise<void> {
  const { env, clock, log } = context;
  const watch = stopwatch(clock);
  const inputs = parse(context.inputs);
  context.atExit(useEnvProxy(env, log));
  const exec = execIn(withoutInputs(env));
  const allow = inputs['allow-list'] === null ? [] : readAllowList(inputs['allow-list'], 'allow-list');
  const way = signingWay(inputs);
  const { credentials, ...target } = openTarget(inputs, context, exec);
  let made: Promise<WorkFolder> | null = null;
  const work = (): Promise<WorkFolder> => {
    if (made === null) {
      made = makeWorkFolder(env);
      context.atExit(async () => (await made)?.remove());
    }
    return made;
  };
  const tools = { env, clock, fetch };
  const cosign = way === null || !inputs.push ? null : signer(way, inputs, { ...context, credentials, work });
  // That needs no checkout.
  if (isHanded(inputs)) return pushScanned(inputs, { ...context, ...target, cosign, watch, allow });
  const workspace = env['GITHUB_WORKSPACE'] ?? '.';
  const found = await findContext({
    workspace,
    context: inputs.context,
    dockerfile: inputs.dockerfile,
    hadolintConfig: inputs['hadolint-config'],
    snykFolder: inputs['snyk-folder'],
  });
  const snykToken = inputs['snyk-token'];
  await buildScanPush(inputs, {
    ...context,
    context: found,
    watch,
    work,
    results: resultFiles(env),
    allow,
    docker: dockerProgram({
      exec,
      buildTimeoutMs: inputs['build-timeout'],
      space: async () => diskSpace((await work()).path),
      onBuilt: (lines) => log.group('docker', lines),
    }),
    hadolint: async () => {
      const { exec, program } = await openTool('hadolint', {
        ...tools,
        folder: (await work()).path,
        // The repository's own .hadolint.yaml is meant.
        runsIn: workspace,
      });
      return hadolintProgram(exec, program);
    },
    snyk:
      snykToken === null
        ? null
        : async (signal) => {
            const folder = await (await work()).part('snyk');
            const { exec, program, version } = await openTool('snyk', { ...tools, folder });
            const options = {
              token: snykToken,
              organization: null,
              version,
              timeoutMs: inputs['scan-timeout'],
            };
            return snykTest(exec, program, found.dependencies, options, signal);
          },
    scanner: async (folder) => {
      const cacheFolder = env['RUNNER_TOOL_CACHE'] ?? (await work()).path;
      const choice = {
        name: inputs.scanner,
        folder,
        timeoutMs: inputs['scan-timeout'],
        mirrors: inputs['database-mirrors'] ?? [],
      };
      return openScanner({ ...choice, cacheFolder: `${cacheFolder}/${inputs.scanner}-db` }, tools);
    },
    ...target,
    cosign,
  });
}

interface ToSign extends Pick<ActionContext, 'env' | 'clock' | 'signal'> {
  readonly credentials: RegistryCredentials;
  readonly work: () => Promise<WorkFolder>;
}

const signer =
  (way: SigningWay, inputs: Inputs, { env, clock, signal, credentials, work }: ToSign) =>
  async (): Promise<Cosign> => {
    const folder = await (await work()).part('cosign');
    const { registry } = inputs.repository;
    const timeoutMs = inputs['push-timeout'];
    return openCosign(way, { env, clock, signal, fetch, folder, registry, credentials, timeoutMs });
  };

export const main = (): Promise<void> =>
  runAction('build-scan-push', (context) => withDiskNumbers(temporary(context.env), () => act(context)));
