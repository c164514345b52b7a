import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PreconditionError } from '../runtime/errors.ts';

/**
 * The folder of the chart that is shipped beside the program: charts/service, next to dist/.
 * @param program the file that node was started with (`process.argv[1]`): a bundle does not know its own place
 */
export function referenceChart(program = process.argv[1] ?? '.'): string {
  const start = dirname(existsSync(program) ? realpathSync(program) : program);
  for (let folder = start; ; folder = dirname(folder)) {
    const chart = join(folder, 'charts', 'service');
    if (existsSync(join(chart, 'Chart.yaml'))) return chart;
    if (dirname(folder) === folder) break;
  }
  throw new PreconditionError(
    `the reference chart charts/service is not beside ${program}`,
    'Use the published action, which brings it, or give the folder of a chart in the input chart.',
  );
}
