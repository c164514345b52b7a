// npm run bench -- switch [--rounds 30] [--keep]
// Brings a lab up when none is, measures, and takes down what it brought up. Writes .lab/bench/<name>.json.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { down } from '../lab/down.ts';
import { here } from '../lab/layout.ts';
import { up } from '../lab/up.ts';

interface Bench {
  run(options: { readonly rounds: number }): Promise<void>;
}

/** Loaded when the lab is up: they connect to it. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  switch: () => import('./switch.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '30' }, keep: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const load = benches[positionals[0] ?? ''];

if (load === undefined || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `npm run bench -- NAME [--rounds 30] [--keep]\n  NAME is one of ${Object.keys(benches).join(', ')}; --rounds a whole number; --keep leaves a lab up that it brought up`,
  );
  process.exitCode = 2;
} else {
  const isUp = existsSync(here.kubeconfig);
  let ending: Promise<void> | null = null;
  /** Once, whoever asks: a bench whose lab is being taken down under it fails, and comes to its own end too. */
  const end = (): Promise<void> => (ending ??= isUp || values.keep ? Promise.resolve() : down());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void end().finally(() => process.exit(130)));
  }
  try {
    if (!isUp) await up({ services: [] });
    await (await load()).run({ rounds });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await end();
  }
}
