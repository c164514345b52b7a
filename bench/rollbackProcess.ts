// A process that is signed in and holds the lease, as a monitor does, and has nothing else to do: by `bench/rollback.ts`,
// with kubeconfig, context, namespace and service as arguments. Told to get ready, it reads; told to go, it goes back.
import { guarded } from '../src/cluster/api/guardedApi.ts';
import { thisHolder } from '../src/cluster/lease/holder.ts';
import { clusterLease } from '../src/cluster/lease/releaseLease.ts';
import { openJournal } from '../src/cluster/record/journal.ts';
import { configMapRecord } from '../src/cluster/record/releaseRecord.ts';
import { connect } from '../src/cluster/signIn/connect.ts';
import { all } from '../src/domain/split.ts';
import { clusterMesh } from '../src/mesh/clusterMesh.ts';
import { goBack } from '../src/mesh/goBack.ts';
import { systemClock as clock } from '../src/runtime/clock.ts';
import { workflowRun } from '../src/runtime/run.ts';

const [kubeconfig = '', context = '', namespace = '', service = ''] = process.argv.slice(2);
const name = { service, namespace };
const target = all('blue');
const quiet = (): void => undefined;
const log = { info: quiet, warning: quiet, group: quiet };

const inputs = { cluster: null, 'aws-region': 'ap-northeast-2', kubeconfig, context, ...name };
const connection = await connect(inputs, clock, process.env);
const holder = thisHolder('bench', workflowRun(process.env), process.env);
const { api, lease } = guarded(connection.api, clusterLease(connection.api, clock, log, holder));
const mesh = clusterMesh(api, connection.podHttp, clock);

async function prepare(): Promise<() => Promise<number>> {
  const { signal } = new AbortController();
  await lease.hold(name, { onBusy: 'wait', timeoutMs: 10_000, signal });
  const known = await mesh.read(name);
  const journal = await openJournal(configMapRecord(api, quiet), name, clock, log);
  await journal.tryIntend(target);
  return async () => {
    // What a monitor decides by, right before it does, and what it looks for beside that.
    const pods = mesh.pods(known);
    await mesh.counters(known);
    const decidedMs = clock.monotonic();
    lease.insist(name);
    const { acceptedMs, proof } = await goBack({ mesh, journal, log }, known, {
      target,
      timeoutMs: 15_000,
      note: 'measured',
      pods,
      reread: () => mesh.read(name, 'back'),
      claim: () => lease.take(name),
    });
    await lease.releaseAll();
    return acceptedMs + proof.worstMs - decidedMs;
  };
}

let go: (() => Promise<number>) | null = null;
process.on('message', (told) => {
  void (async () => {
    if (told === 'prepare') {
      go = await prepare();
      process.send?.('ready');
    } else if (go !== null) process.send?.(await go());
  })();
});
process.once('disconnect', () => connection.close());
