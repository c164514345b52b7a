/** The job was cancelled, or someone pressed Ctrl-C. */
export class CancelledError extends Error {
  constructor(signal: string) {
    super(`stopped by ${signal}`);
    this.name = 'CancelledError';
  }
}

/** Where signals come from: the process, or a test. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Turns SIGINT and SIGTERM into an abort, so that every wait ends and every `finally` runs. GitHub sends SIGINT,
 * 7.5 s later SIGTERM, 2.5 s later it kills: the second signal must not cut short what the first one began.
 */
export function abortOnSignals(source: SignalSource): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    controller.abort(new CancelledError('SIGINT'));
  };
  const onTerminate = (): void => {
    controller.abort(new CancelledError('SIGTERM'));
  };
  source.on('SIGINT', onInterrupt);
  source.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    stop() {
      source.off('SIGINT', onInterrupt);
      source.off('SIGTERM', onTerminate);
    },
  };
}
