type Env = Readonly<Record<string, string | undefined>>;

/** The workflow run that this step belongs to: null outside of GitHub. */
export interface Run {
  readonly url: string | null;
  readonly actor: string | null;
  readonly sha: string | null;
  /** The branch or tag. */
  readonly ref: string | null;
}

export function workflowRun(env: Env): Run {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const attempt = env['GITHUB_RUN_ATTEMPT'] ?? '1';
  const isComplete = server !== undefined && repository !== undefined && id !== undefined;
  return {
    url: isComplete ? `${server}/${repository}/actions/runs/${id}/attempts/${attempt}` : null,
    actor: env['GITHUB_ACTOR'] ?? env['USER'] ?? null,
    sha: env['GITHUB_SHA'] ?? null,
    ref: env['GITHUB_REF_NAME'] ?? null,
  };
}
