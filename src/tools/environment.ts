type Env = Readonly<Record<string, string | undefined>>;

/** What a program needs to run and to reach the network, and nothing that lets it in anywhere. */
const harmless =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|RUNNER_TEMP|XDG_[A-Z_]+|SSL_CERT_(?:FILE|DIR)|(?:HTTPS?|NO|ALL)_PROXY|(?:https?|no|all)_proxy)$/;

/**
 * The environment for programs that look at what others wrote: scanners, linters. No cloud credentials, no tokens, no
 * inputs: what is not known to be harmless stays out, because nobody can list the names of all secrets. (In March 2026
 * releases of scanners were taken over and sent home whatever their environment held.)
 */
export const withoutCredentials = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => harmless.test(name)));

/** As it is, but without the step's own inputs: some are secrets, and no program but this one needs them. */
export const withoutInputs = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('INPUT_')));
