import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { logFile } from './cluster/supervisor.ts';
import { down } from './down.ts';
import { exec } from './host/exec.ts';
import { OwnerError } from './host/owner.ts';
import { PreflightError } from './host/preflight.ts';
import { readState } from './host/stateFile.ts';
import { here } from './layout.ts';
import { runLoadCommand } from './load/command.ts';
import { sampleServices } from './services.ts';
import { asTable, status } from './status.ts';
import { up } from './up.ts';

const usage = `npm run lab -- COMMAND
  up [--empty]     start the lab, or complete and repair the one that is up; --empty: without the sample services
  down [--any]     take it down; --any: whichever checkout it belongs to
  status           every part, pod and address
  logs PART        what a part has written (see status for the parts' names)
  load             a steady load through every gateway and from inside the mesh (load --help)
`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function logs(part: string | undefined): Promise<void> {
  const file = part === undefined ? undefined : logFile(here, part);
  if (file === undefined || !existsSync(file)) {
    const known = Object.keys(readState(here.stateFile).parts);
    throw new UsageError(
      known.length === 0
        ? 'no lab is up: npm run lab -- up'
        : `${part === undefined ? 'Name a part' : `There is no part ${part}`}: one of ${known.join(', ')}`,
    );
  }
  process.stdout.write((await exec('tail', ['--lines=200', file])).stdout);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { any: { type: 'boolean', default: false }, empty: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === 'load') {
    process.exitCode = await runLoadCommand(argv.slice(1));
    return;
  }
  const { values, positionals } = parse(argv);
  const [command, argument] = positionals;
  switch (command) {
    case 'up':
      return up({ services: values.empty ? [] : sampleServices });
    case 'down':
      return down({ any: values.any });
    case 'status': {
      const rows = await status();
      process.stdout.write(rows.length === 0 ? 'no lab is up: npm run lab -- up\n' : `${asTable(rows)}\n`);
      return;
    }
    case 'logs':
      return logs(argument);
    case undefined:
    default:
      throw new UsageError(usage);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected =
    error instanceof PreflightError || error instanceof OwnerError || error instanceof UsageError;
  process.stderr.write(
    `${expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
