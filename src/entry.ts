import { endSoon } from './runtime/endSoon.ts';

/** Every action by its name. Each is loaded only when it is started: the imports are most of a step's start. */
const actions = {
  'build-scan-push': () => import('./actions/build-scan-push/index.ts'),
  'cleanup-blue': () => import('./actions/cleanup-blue/index.ts'),
  'deploy-green': () => import('./actions/deploy-green/index.ts'),
  'monitor-and-rollback': () => import('./actions/monitor-and-rollback/index.ts'),
  notify: () => import('./actions/notify/index.ts'),
  rollback: () => import('./actions/rollback/index.ts'),
  status: () => import('./actions/status/index.ts'),
  'switch-traffic': () => import('./actions/switch-traffic/index.ts'),
  'verify-green': () => import('./actions/verify-green/index.ts'),
};

/** The action at the top, `uses: c4ang/actions@v1`: a release in one step. */
export const rootAction = 'release';

const withRoot = { ...actions, [rootAction]: () => import('./release/index.ts') };

export type ActionName = keyof typeof actions;

/** Those with a folder of their own. */
export const actionNames = Object.keys(actions) as readonly ActionName[];

/** Runs one action to its end. The exit code is set; nothing is thrown for a failure that was reported. */
export async function start(name: keyof typeof withRoot): Promise<void> {
  const { main } = await withRoot[name]();
  await main();
  endSoon();
}

/** The actions that look after themselves when their step was cut off. */
const posts = {
  [rootAction]: () => import('./release/index.ts'),
  'switch-traffic': () => import('./actions/switch-traffic/index.ts'),
};

/** Runs an action's post step: after the job's last step, and after a cancelled or killed main step too. */
export async function startPost(name: keyof typeof posts): Promise<void> {
  const { post } = await posts[name]();
  await post();
  endSoon();
}

/** Runs the command line to its end, and sets the exit code. */
export async function startCli(version: string): Promise<void> {
  const [{ runCli }, { systemClock }] = await Promise.all([
    import('./cli/main.ts'),
    import('./runtime/clock.ts'),
  ]);
  const { env, stdout, stderr } = process;
  const terminal = { env, stdout, stderr, signals: process, clock: systemClock };
  process.exitCode = await runCli(process.argv.slice(2), version, terminal);
  endSoon();
}
