/** Says what the lab does, one line per piece, with the time since the command began. */
export interface Progress {
  /** Runs one piece of work; prints its line when it ends, and now and then while it lasts. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  note(text: string): void;
}

const heartbeatMs = 15_000;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** @param write where the lines go; standard error by default, so that stdout stays data. */
export function progressTo(write: (line: string) => void = (line) => process.stderr.write(line)): Progress {
  const begun = performance.now();
  const line = (text: string): void => write(`[${seconds(performance.now() - begun).padStart(7)}] ${text}\n`);
  return {
    note: line,
    async step(title, work) {
      const started = performance.now();
      const heartbeat = setInterval(() => {
        line(`${title} … ${seconds(performance.now() - started)} so far`);
      }, heartbeatMs);
      try {
        const result = await work();
        line(`${title} (${seconds(performance.now() - started)})`);
        return result;
      } catch (error) {
        line(`${title} FAILED after ${seconds(performance.now() - started)}`);
        throw error;
      } finally {
        clearInterval(heartbeat);
      }
    },
  };
}
