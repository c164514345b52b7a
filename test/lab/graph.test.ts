import { describe, expect, test } from '@jest/globals';
import { runTasks, type Task } from '../../lab/cluster/graph.ts';

function traced(): { log: string[]; task: (name: string, after?: string[], fails?: boolean) => Task } {
  const log: string[] = [];
  const task = (name: string, after: string[] = [], fails = false): Task => ({
    name,
    after,
    run: async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      if (fails) throw new Error(`${name} is broken`);
      log.push(`${name} ends`);
    },
  });
  return { log, task };
}

describe('the parts of the lab', () => {
  test('start as soon as those they need are ready, the others beside them', async () => {
    const { log, task } = traced();
    await runTasks([
      task('kubelet', ['containerd', 'apiserver']),
      task('apiserver', ['etcd']),
      task('etcd'),
      task('containerd'),
    ]);
    expect(log.indexOf('etcd ends')).toBeLessThan(log.indexOf('apiserver begins'));
    expect(log.indexOf('apiserver ends')).toBeLessThan(log.indexOf('kubelet begins'));
    expect(log.indexOf('containerd begins')).toBeLessThan(log.indexOf('etcd ends'));
    expect(log.filter((line) => line === 'etcd begins')).toHaveLength(1);
  });

  test('do not start on a broken one; what runs is awaited, and the first failure is told', async () => {
    const { log, task } = traced();
    const tasks = [task('etcd', [], true), task('apiserver', ['etcd']), task('containerd')];
    await expect(runTasks(tasks)).rejects.toThrow('etcd is broken');
    expect(log).toContain('containerd ends');
    expect(log).not.toContain('apiserver begins');
  });

  test('that wait for one another, or for nobody, are refused', async () => {
    const { task } = traced();
    await expect(async () => runTasks([task('a', ['b']), task('b', ['a'])])).rejects.toThrow('a → b → a');
    await expect(async () => runTasks([task('a', ['z'])])).rejects.toThrow('a waits for z');
  });
});
