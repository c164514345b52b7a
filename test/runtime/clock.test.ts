import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/runtime/clock.ts';

test('a sleep ends at once, with the reason, when its signal is aborted', async () => {
  const stop = new AbortController();
  const slept = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('job cancelled'));
  await expect(slept).rejects.toThrow('job cancelled');
});

test('a sleep under a signal that is aborted already does not start', async () => {
  await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('too late')))).rejects.toThrow(
    'too late',
  );
});
