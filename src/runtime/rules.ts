import type { Rule } from './inputs.ts';

const matching = (pattern: RegExp, allowed: string, example: string): Rule<string> => ({
  allowed,
  example,
  parse: (raw) => (pattern.test(raw) ? raw : undefined),
});

/** RFC 1035 label, as Kubernetes wants for a Service; 53 characters leave room for `-release`, `-green`. */
export const serviceName = matching(
  /^[a-z](?:[a-z0-9-]{0,51}[a-z0-9])?$/,
  'a Service name: lower-case letters, digits and hyphens, starting with a letter, at most 53 characters',
  'order-api',
);

/** RFC 1123 label. */
export const namespaceName = matching(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'a namespace: lower-case letters, digits and hyphens, at most 63 characters',
  'ecommerce',
);

/** A Kubernetes label value that is also safe in a header match. */
export const versionLabel = matching(
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  'a version that can be a label: letters, digits, dots, hyphens and underscores, at most 63 characters',
  'v1.1.0',
);

/** As deploy-green gives it out. */
export const releaseId = matching(
  /^rel-[a-z0-9][a-z0-9-]{0,60}$/,
  'the id of a release, as the output release-id of deploy-green has it',
  'rel-20261121022400-9f86d0',
);

/** By digest only: a tag can move between scan and pod. */
export const imageByDigest = matching(
  /^[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/,
  'an image by digest: registry/repository@sha256: and 64 hexadecimal digits',
  '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/order-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
);

/** Percent-encoded or plain ASCII path, no spaces, no fragment. */
export const urlPath = matching(
  /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/,
  'a path that starts with a slash',
  '/api/v1/orders',
);

export const urlPaths: Rule<readonly string[]> = {
  allowed: 'paths that start with a slash, separated by commas or new lines',
  example: '/actuator/health, /actuator/health/readiness',
  parse: (raw) => {
    const paths = raw
      .split(/[\n,]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return paths.length > 0 && paths.every((path) => urlPath.parse(path) !== undefined) ? paths : undefined;
  },
};

/** Prometheus and friends: http or https, without credentials in it. */
export const httpUrl: Rule<URL> = {
  allowed: 'an http or https address without user name and password',
  example: 'http://prometheus.monitoring.svc:9090',
  parse: (raw) => {
    const url = URL.canParse(raw) ? new URL(raw) : undefined;
    const plain =
      url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    return plain ? url : undefined;
  },
};

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds, between the bounds given. */
export const duration = (atLeastMs: number, atMostMs: number, example: string): Rule<number> => ({
  allowed: `a whole number with a unit (ms, s, m, h), from ${formatMs(atLeastMs)} to ${formatMs(atMostMs)}`,
  example,
  parse: (raw) => {
    const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(raw) ?? [];
    const ms = Number(count) * (unitMs[unit ?? ''] ?? Number.NaN);
    return ms >= atLeastMs && ms <= atMostMs ? ms : undefined;
  },
});

function formatMs(ms: number): string {
  const unit = (['h', 'm', 's'] as const).find((name) => ms % (unitMs[name] ?? 1) === 0 && ms !== 0) ?? 'ms';
  return `${String(ms / (unitMs[unit] ?? 1))}${unit}`;
}

export const wholeNumber = (atLeast: number, atMost: number): Rule<number> => ({
  allowed: `a whole number from ${String(atLeast)} to ${String(atMost)}`,
  example: String(Math.min(Math.max(2, atLeast), atMost)),
  parse: (raw) => {
    const value = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
    return value >= atLeast && value <= atMost ? value : undefined;
  },
});

/** `1%` or `0.5%`, as a share between 0 and 1. */
export const percentage: Rule<number> = {
  allowed: 'a percentage from 0% to 100%',
  example: '1%',
  parse: (raw) => {
    const [, number] = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(raw) ?? [];
    const share = Number(number) / 100;
    return number !== undefined && share <= 1 ? share : undefined;
  },
};

export const oneOf = <const T extends string>(...choices: readonly [T, ...T[]]): Rule<T> => ({
  allowed: choices.join(' | '),
  example: choices[0],
  parse: (raw) => choices.find((choice) => choice === raw),
});

/** One or more of them, each once. */
export const someOf = <const T extends string>(...choices: readonly [T, ...T[]]): Rule<readonly T[]> => ({
  allowed: `one or more of ${choices.join(', ')}, separated by commas`,
  example: choices.slice(0, 2).join(', '),
  parse: (raw) => {
    const parts = raw.split(',').map((part) => choices.find((choice) => choice === part.trim()));
    const known = parts.filter((part) => part !== undefined);
    return known.length === parts.length && new Set(known).size === known.length ? known : undefined;
  },
});

/** Percent of the traffic, step by step up to all of it. */
export const risingPercents: Rule<readonly number[]> = {
  allowed: 'whole percentages from 1 to 100, rising, the last one 100, separated by commas',
  example: '10, 30, 50, 80, 100',
  parse: (raw) => {
    const values = raw.split(',').map((part) => wholeNumber(1, 100).parse(part.trim()) ?? 0);
    const isRising = values.every((value, place) => value > (values[place - 1] ?? 0));
    return isRising && values.at(-1) === 100 ? values : undefined;
  },
};

export const yesNo: Rule<boolean> = {
  allowed: 'true | false',
  example: 'true',
  parse: (raw) => (raw === 'true' ? true : raw === 'false' ? false : undefined),
};

/** A file or folder. It never starts with a hyphen, so that no program takes it for an option. */
export const filePath = matching(
  /^[^-\0\n][^\0\n]*$/,
  'a path that does not start with a hyphen',
  './deploy/values.yaml',
);

/** The name of a kubeconfig context. EKS uses ARNs, so colons and slashes are fine. */
export const contextName = matching(
  /^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,252}$/,
  'the name of a context in the kubeconfig',
  'arn:aws:eks:ap-northeast-2:111122223333:cluster/shop',
);

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, parameter name. */
export const eksClusterName = matching(
  /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
  'the name of an EKS cluster: letters, digits, hyphens and underscores, at most 100 characters',
  'shop',
);

export const awsRegion = matching(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'an AWS region', 'ap-northeast-2');

/** RFC 9110 field name, of the letters that every proxy and cloud passes on; Istio wants it in lower case. */
export const headerName: Rule<string> = {
  allowed: 'the name of a header: letters, digits and hyphens',
  example: 'version',
  parse: (raw) => (/^[A-Za-z](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/.test(raw) ? raw.toLowerCase() : undefined),
};
