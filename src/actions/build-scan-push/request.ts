import type { BuildRequest, BuildSecret } from '../../domain/image/build.ts';
import { repositoryText } from '../../domain/image/reference.ts';
import type { AllowEntry } from '../../domain/scan/allowList.ts';
import { InputError } from '../../runtime/errors.ts';
import type { Run } from '../../runtime/run.ts';
import type { BuildContext } from '../../image/buildContext.ts';
import { inputsHash } from '../../image/inputsHash.ts';
import type { Inputs } from './inputs.ts';

/** Under which a later step finds that the image is there already. */
export const inputsLabel = 'io.github.c4ang.build-inputs';
export const revisionLabel = 'org.opencontainers.image.revision';
export const versionLabel = 'org.opencontainers.image.version';

/** By which rules it was judged before it was pushed. Apart: other rules make no other image, but another verdict. */
export const rulesLabel = 'io.github.c4ang.gate-rules';

/** What the image will be called. */
export interface Tags {
  /** The commit's last: when it is there, so are the others. */
  readonly tags: readonly string[];
  readonly commit: string;
}

/** What is built, and what it will be called. */
export interface Plan extends Tags {
  readonly request: Omit<BuildRequest, 'secrets'>;
}

/** @throws InputError without a commit: it is the image's tag */
export function tagsOf(inputs: Pick<Inputs, 'commit' | 'version'>, run: Run): Tags {
  const commit = inputs.commit ?? run.sha ?? '';
  if (commit === '') {
    throw new InputError([
      {
        input: 'commit',
        given: '',
        allowed: 'the commit that is built: GITHUB_SHA has it in a workflow, and there is none here',
        example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
      },
    ]);
  }
  return {
    commit,
    tags: [...(inputs.version === null || inputs.version === commit ? [] : [inputs.version]), commit],
  };
}

/** @throws InputError without a commit */
export function plan(inputs: Inputs, context: BuildContext, allow: readonly AllowEntry[], run: Run): Plan {
  const { commit, tags } = tagsOf(inputs, run);
  const asked = {
    target: inputs.target,
    platforms: inputs.platforms ?? [],
    buildArgs: inputs['build-args'] ?? {},
    provenance: inputs.provenance,
    sbomGenerator: inputs['sbom-generator'],
    network: inputs.network,
  };
  return {
    commit,
    tags,
    request: {
      ...asked,
      context: context.folder,
      dockerfile: context.dockerfile,
      cacheFrom: inputs['cache-from'] ?? [],
      cacheTo: inputs['cache-to'] ?? [],
      labels: {
        [revisionLabel]: commit,
        ...(inputs.version === null ? {} : { [versionLabel]: inputs.version }),
        [inputsLabel]: inputsHash({
          ...asked,
          commit,
          version: inputs.version,
          repository: repositoryText(inputs.repository),
          context: inputs.context,
          dockerfile: context.dockerfileInWorkspace,
          dockerfileText: context.dockerfileText,
          // Their values change what a RUN sees, and must not get out: not even as a hash of something short.
          secrets: Object.keys(inputs.secrets ?? {}),
        }),
        [rulesLabel]: inputsHash(rules(inputs, context, allow)),
      },
    },
  };
}

/** Everything that decides whether it may be given out: files by what they say, since a path says nothing. */
const rules = (inputs: Inputs, context: BuildContext, allow: readonly AllowEntry[]): object => ({
  scanner: inputs.scanner,
  // What serves now decides what is new.
  gate: inputs.gate === 'all' ? 'all' : ['new', inputs['live-image']],
  severity: inputs.severity,
  ignoreUnfixed: inputs['ignore-unfixed'],
  allow,
  maxDatabaseAge: inputs['max-database-age'],
  snyk: inputs['snyk-token'] === null ? null : (inputs['snyk-folder'] ?? inputs.context),
  hadolint: [inputs['hadolint-threshold'], context.hadolintConfigText],
});

export const withSecrets = (request: Plan['request'], secrets: readonly BuildSecret[]): BuildRequest => ({
  ...request,
  secrets,
});
