import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One terminal of one person: folder, variables and what runs in the background stay from command to command. */
export class Shell {
  readonly #bash: ChildProcessWithoutNullStreams;
  readonly #place: string;
  #seen = '';
  #hasEnded = false;

  /** @param place a folder for what is typed */
  constructor(place: string, cwd: string, env: NodeJS.ProcessEnv) {
    this.#place = place;
    // A group of its own: what was left in the background goes with it.
    this.#bash = spawn('bash', ['-euo', 'pipefail'], { cwd, env, detached: true });
    const take = (chunk: string): void => {
      this.#seen += chunk;
    };
    this.#bash.stdout.setEncoding('utf8').on('data', take);
    this.#bash.stderr.setEncoding('utf8').on('data', take);
    this.#bash.stdin.on('error', () => undefined); // it has ended: `type` says so
    this.#bash.once('exit', () => (this.#hasEnded = true));
  }

  /**
   * @returns what the commands printed
   * @throws Error with that, when one of them failed or the time was over
   */
  async type(commands: string, timeoutMs: number): Promise<string> {
    const from = this.#seen.length;
    const done = `done-${randomUUID()}`;
    const file = join(this.#place, `${done}.sh`);
    writeFileSync(file, commands);
    this.#bash.stdin.write(`. '${file}'\necho ${done}\n`);
    const endMs = Date.now() + timeoutMs;
    for (;;) {
      const printed = this.#seen.slice(from);
      if (printed.includes(done)) return printed.slice(0, printed.indexOf(done));
      if (this.#hasEnded || Date.now() > endMs) {
        throw new Error(
          `${this.#hasEnded ? 'failed' : 'took too long'}:\n${commands}\nit printed:\n${printed}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  close(): void {
    const { pid } = this.#bash;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // nobody is left
    }
  }
}
