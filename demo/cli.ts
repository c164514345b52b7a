// npm run demo: the lab, and three releases of a service on it, under load the whole time.
//   -- --context NAME --registry URL   on an existing cluster that has Istio, instead of the lab
//   -- --rate N                        requests a second (default 120)
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pushSampleImage } from '../lab/build/sampleImage.ts';
import { connectLab } from '../lab/connect.ts';
import type { Lab } from '../lab/connect.ts';
import { ensureForeignStage } from '../lab/foreign.ts';
import { startLoad } from '../lab/load/start.ts';
import type { LoadRun } from '../lab/load/start.ts';
import { runStep } from '../lab/runner/step.ts';
import { up } from '../lab/up.ts';
import { renderPicture } from './picture.ts';
import { deviations } from './report.ts';
import { readServing } from './serving.ts';
import { chapters, play } from './story.ts';
import type { Stage } from './story.ts';
import { renderTable } from './table.ts';
import { timelineOf } from './timeline.ts';

const root = join(import.meta.dirname, '..');
const service = 'order-api';
const begun = performance.now();

const say = (line: string): void => {
  console.log(`[${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s] ${line}`);
};

async function stageOn(lab: Lab, load: LoadRun): Promise<Stage> {
  const helm = await lab.helmFolder(4);
  const values = join(root, 'lab', 'services', service, 'values.yaml');
  return {
    service,
    step: (action, inputs) => {
      say(`  ${action}`);
      return runStep({
        root,
        action,
        inputs: {
          kubeconfig: lab.kubeconfig,
          context: lab.context,
          service,
          ...(action === 'deploy-green' ? { values } : {}),
          ...inputs,
        },
        env: { PATH: `${helm}:${process.env['PATH'] ?? ''}` },
      });
    },
    image: (version, faults) => pushSampleImage(service, version, faults, lab.registry()),
    load: () => load.report(),
    serving: () => readServing(lab, service),
    say,
    now: () => Date.now(),
  };
}

/** @returns whether the story went as told */
async function tell(lab: Lab, ratePerSecond: number): Promise<boolean> {
  say('v1.0.0: live in blue');
  await lab.resetService(service);
  const load = await startLoad(lab.config, { ratePerSecond, services: [service] });
  say(
    `${String(ratePerSecond)} requests a second, through every gateway and from inside the mesh, until the end`,
  );
  try {
    const report = await play(await stageOn(lab, load));
    const folder = join(root, '.lab', 'demo');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    const timeline = timelineOf(report, load.report(), service);
    writeFileSync(join(folder, 'timeline.json'), `${JSON.stringify(timeline)}\n`);
    writeFileSync(join(folder, 'timeline.svg'), renderPicture(timeline));
    console.log(`\n${renderTable(report)}\n`);
    const found = deviations(report, chapters);
    for (const line of found) console.log(`not as told: ${line}`);
    console.log(
      `Serving now: ${report.serving.version} in ${report.serving.slot}. The same as JSON: .lab/demo/report.json; as a picture: .lab/demo/timeline.svg`,
    );
    return found.length === 0;
  } finally {
    await load.stop();
  }
}

const farewell = `
The cluster is still up. To look at it:
  npm run lab -- status
  npm run lab -- load --rate 50 --duration 10s --service ${service}
  KUBECONFIG=.lab/kubeconfig kubectl -n ecommerce get virtualservices,destinationrules,pods
To remove it:
  npm run lab -- down`;

const foreignFarewell = `
All of it lies in two namespaces. To remove it:
  kubectl delete namespace ecommerce lab-load`;

const { values } = parseArgs({
  options: {
    context: { type: 'string' },
    registry: { type: 'string' },
    rate: { type: 'string', default: '120' },
  },
});

try {
  const ratePerSecond = Number(values.rate);
  if (!(ratePerSecond >= 30 && ratePerSecond <= 1000)) {
    throw new Error(`--rate ${values.rate}: a number from 30 to 1000 is needed`);
  }
  if (values.context === undefined) await up({ services: [] });
  const lab = connectLab(values);
  if (values.context !== undefined) await ensureForeignStage(lab.config, lab.registry());
  const asTold = await tell(lab, ratePerSecond);
  console.log(values.context === undefined ? farewell : foreignFarewell);
  process.exitCode = asTold ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
