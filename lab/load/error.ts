/** A load cannot run, for a reason that the message gives together with the remedy. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}
