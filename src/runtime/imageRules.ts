import {
  isDigest,
  isTag,
  parseReference,
  parseRepository,
  repositoryRule,
} from '../domain/image/reference.ts';
import type { Repository } from '../domain/image/reference.ts';
import { isObject } from '../domain/json.ts';
import type { Rule } from './inputs.ts';

const exampleRepository = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/order-api';

export const repository: Rule<Repository> = {
  allowed: repositoryRule,
  example: exampleRepository,
  parse: (raw) => parseRepository(raw) ?? undefined,
};

export const imageTag: Rule<string> = {
  allowed:
    'a tag: letters, digits, dots, hyphens and underscores, not starting with a dot or hyphen, at most 128 characters',
  example: 'v1.1.0',
  parse: (raw) => (isTag(raw) ? raw : undefined),
};

export const commitHash: Rule<string> = {
  allowed: 'a commit: 40 hexadecimal digits (64 in repositories with SHA-256)',
  example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  parse: (raw) => (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(raw) ? raw : undefined),
};

export const digestText: Rule<string> = {
  allowed: 'a digest: sha256: and 64 hexadecimal digits',
  example: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  parse: (raw) => (isDigest(raw) ? raw : undefined),
};

/** One on each line. */
export const digestLines: Rule<readonly string[]> = {
  allowed: 'digests, one on each line: sha256: and 64 hexadecimal digits',
  example: digestText.example,
  parse: (raw) => (linesOf(raw).every(isDigest) ? linesOf(raw) : undefined),
};

/** In whatever repository: by digest only, since a tag can move. */
export const anyImageByDigest: Rule<string> = {
  allowed: 'an image by digest: registry/repository@sha256: and 64 hexadecimal digits',
  example: `${exampleRepository}@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`,
  parse: (raw) => {
    const digest = parseReference(raw)?.digest ?? null;
    return digest !== null && isDigest(digest) ? raw : undefined;
  },
};

const linesOf = (raw: string): readonly string[] =>
  raw
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** `NAME=value`, one on each line; a value may hold equals signs. */
export const namedValues = (
  names: RegExp,
  allowed: string,
  example: string,
): Rule<Readonly<Record<string, string>>> => ({
  allowed,
  example,
  parse: (raw) => {
    const values: Record<string, string> = {};
    for (const line of linesOf(raw)) {
      const at = line.indexOf('=');
      const name = line.slice(0, at);
      if (at < 1 || !names.test(name) || name in values) return undefined;
      values[name] = line.slice(at + 1);
    }
    return values;
  },
});

export const buildArguments = namedValues(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'NAME=value, one on each line, each name once; never a secret, since they can be read from the image',
  'JAVA_VERSION=21',
);

export const buildSecrets = namedValues(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
  'id=value, one on each line, each id once',
  'github-token=value of a secret',
);

/** `linux/amd64`, `linux/arm64/v8`. Source: OCI image-spec 1.1, platform. */
export const platforms: Rule<readonly string[]> = {
  allowed: 'platforms as os/architecture or os/architecture/variant, separated by commas, each once',
  example: 'linux/amd64, linux/arm64',
  parse: (raw) => {
    const parts = raw.split(',').map((part) => part.trim());
    const areRight = parts.every((part) => /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/.test(part));
    return areRight && new Set(parts).size === parts.length ? parts : undefined;
  },
};

/** What buildx takes for --cache-from and --cache-to. */
export const caches: Rule<readonly string[]> = {
  allowed: 'caches in the words of buildx (type=…,name=value), or an image, one on each line',
  example: 'type=registry,ref=111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/order-api:cache',
  parse: (raw) => {
    const lines = linesOf(raw);
    const areRight = lines.every(
      (line) => /^type=[a-z0-9]+(?:,[a-z0-9-]+=[^,\s"]*)*$/.test(line) || parseReference(line) !== null,
    );
    return areRight && lines.length > 0 ? lines : undefined;
  },
};

/** A buildx builder. */
export const builderName: Rule<string> = {
  allowed: 'the name of a buildx builder: letters, digits, dots, hyphens and underscores',
  example: 'builder-0',
  parse: (raw) => (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(raw) ? raw : undefined),
};

/** A name of a stage in a Dockerfile. */
export const stageName: Rule<string> = {
  allowed: 'the name of a stage in the Dockerfile, or its number',
  example: 'runtime',
  parse: (raw) => (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(raw) ? raw : undefined),
};

export const secretText: Rule<string> = {
  allowed: 'text of one line',
  example: 'the value of a secret',
  parse: (raw) => (/[\r\n]/.test(raw) ? undefined : raw),
};

/** What it has to be is told where it is known; nothing of it is ever shown. */
export const longText: Rule<string> = {
  allowed: 'text',
  example: 'the value of a secret',
  parse: (raw) => raw,
};

/** Addresses, the first that answers is taken. */
export const textLines: Rule<readonly string[]> = {
  allowed: 'addresses without spaces, one on each line',
  example: 'public.ecr.aws/aquasecurity/trivy-db:2',
  parse: (raw) => {
    const lines = linesOf(raw);
    return lines.length > 0 && lines.every((line) => /^[A-Za-z0-9][^\s-]\S*$/.test(line)) ? lines : undefined;
  },
};

/** A JSON object, as text. */
export const jsonText: Rule<string> = {
  allowed: 'a JSON object',
  example:
    '{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}, "action": {"type": "expire"}}]}',
  parse: (raw) => {
    try {
      return isObject(JSON.parse(raw)) ? raw : undefined;
    } catch {
      return undefined;
    }
  },
};
