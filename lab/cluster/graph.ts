/** A piece of work that waits for others. */
export interface Task {
  readonly name: string;
  readonly after: readonly string[];
  readonly run: () => Promise<void>;
}

/**
 * Runs every task as soon as those it waits for have ended, all others at the same time. After
 * a failure nothing new begins, what runs is awaited, and the first failure is thrown.
 */
export async function runTasks(tasks: readonly Task[]): Promise<void> {
  const started = new Map<string, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const start = (task: Task, path: readonly string[]): Promise<void> => {
    if (path.includes(task.name))
      throw new Error(`tasks wait for one another: ${[...path, task.name].join(' → ')}`);
    const running = started.get(task.name);
    if (running !== undefined) return running;
    const needed = task.after.map((name) => {
      const other = tasks.find((candidate) => candidate.name === name);
      if (other === undefined) throw new Error(`${task.name} waits for ${name}, which is no task`);
      return start(other, [...path, task.name]);
    });
    const promise = Promise.all(needed).then(async () => {
      if (failure !== undefined) return;
      try {
        await task.run();
      } catch (error) {
        failure ??= { error };
      }
    });
    started.set(task.name, promise);
    return promise;
  };
  await Promise.all(tasks.map((task) => start(task, [])));
  if (failure !== undefined) throw failure.error;
}
