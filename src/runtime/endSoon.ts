const lingerMs = 5_000;

/**
 * Called when the work is done and told: a connection that was left open must not hold up a job for hours. Said, so
 * that what was left open is found.
 */
export function endSoon(afterMs = lingerMs): void {
  setTimeout(() => {
    process.stderr.write(
      `ended ${String(afterMs / 1_000)} s after its work was done: something was left open, which is a defect of c4ang/actions\n`,
    );
    process.exit();
  }, afterMs).unref();
}
