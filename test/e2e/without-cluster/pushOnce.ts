// One push in a process of its own, so that a test can kill it: node pushOnce.ts REPOSITORY LAYOUT DIGEST TAG
import { parseRepository } from '../../../src/domain/image/reference.ts';
import { openRegistry } from '../../../src/registry/openRegistry.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { workflowLog } from '../../../src/runtime/workflowLog.ts';

const [text = '', layout = '', digest = '', tag = ''] = process.argv.slice(2);
const repository = parseRepository(text);
if (repository === null) throw new Error(`${text} is no repository`);
const registry = openRegistry({
  repository,
  credentials: { source: 'nowhere', login: () => Promise.resolve(null) },
  clock: systemClock,
  signal: new AbortController().signal,
  log: workflowLog(process.stdout, false),
  timeoutMs: 60_000,
});
await registry.push({ layout, digest }, [tag]);
