/** The answer to a question that may be under way already, by its key. */
export type Shared<T> = (key: string, ask: () => Promise<T>) => Promise<T>;

/**
 * Gives whoever asks the same thing in one turn of the event loop, before it is answered, one and the same answer.
 * Nobody has heard anything from outside between two such questions, so no answer is older than the question that it
 * is given to.
 */
export function sharedInTurn<T>(): Shared<T> {
  const asked = new Map<string, Promise<T>>();
  return (key, ask) => {
    const known = asked.get(key);
    if (known !== undefined) return known;
    const asking = ask();
    asked.set(key, asking);
    const end = (): void => {
      if (asked.get(key) === asking) asked.delete(key);
    };
    asking.then(end, end);
    // After all that is ready to run by now, and before anything new comes in.
    process.nextTick(end);
    return asking;
  };
}
