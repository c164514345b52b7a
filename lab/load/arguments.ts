import { parseArgs } from 'node:util';
import { LoadError } from './error.ts';

/** What was asked of `lab load`. */
export interface LoadArguments {
  readonly ratePerSecond: number;
  readonly durationSeconds: number;
  readonly services: readonly string[];
  readonly namespace: string;
  readonly json: boolean;
  /** A kubeconfig context of an existing cluster; null: the lab's. */
  readonly context: string | null;
}

/** What `--help` answers. */
export type LoadHelp = 'help';

export const loadUsage = `npm run lab -- load [--rate 100] [--duration 30s] [--service order-api]… [--namespace ecommerce]
                     [--context NAME] [--json]
  Sends a steady load through every gateway pod and from the caller inside the mesh, and reports by
  second, path and version. --rate is requests per second in all (at most 2000), --duration such as
  30s or 5m (at most 30m). --service may stand several times.`;

/** @throws LoadError that lists everything wrong with the arguments, and the usage */
export function parseLoadArguments(argv: readonly string[]): LoadArguments | LoadHelp {
  const { values } = parse(argv);
  if (values.help) return 'help';
  const problems: string[] = [];
  const ratePerSecond = Number(values.rate);
  if (!(ratePerSecond > 0 && ratePerSecond <= 2000)) {
    problems.push(`--rate ${values.rate}: more than 0 and up to 2000 per second is allowed, e.g. 100`);
  }
  const durationSeconds = parseDuration(values.duration);
  if (durationSeconds === null || durationSeconds <= 0 || durationSeconds > 1800) {
    problems.push(`--duration ${values.duration}: up to 30m is allowed, e.g. 30s or 5m`);
  }
  for (const name of [...values.service, values.namespace]) {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) problems.push(`${name}: not a Kubernetes name`);
  }
  if (problems.length > 0) throw new LoadError(`${problems.join('\n')}\n\n${loadUsage}`);
  return {
    ratePerSecond,
    durationSeconds: durationSeconds ?? 0,
    services: values.service,
    namespace: values.namespace,
    json: values.json,
    context: values.context ?? null,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        rate: { type: 'string', default: '100' },
        duration: { type: 'string', default: '30s' },
        service: { type: 'string', multiple: true, default: ['order-api'] },
        namespace: { type: 'string', default: 'ecommerce' },
        json: { type: 'boolean', default: false },
        context: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new LoadError(`${error instanceof Error ? error.message : String(error)}\n\n${loadUsage}`, {
      cause: error,
    });
  }
}

/** `30s`, `5m` or bare seconds; null when it is none of these. */
function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(s|m)?$/.exec(text);
  return match === null ? null : Number(match[1]) * (match[2] === 'm' ? 60 : 1);
}
