import type { ECRClientConfig } from '@aws-sdk/client-ecr';
import type { EcrRegistry } from '../../domain/image/ecrHost.ts';
import { isObject } from '../../domain/json.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ProxySettings } from '../../runtime/envProxy.ts';
import { PreconditionError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { EcrClient } from './client.ts';
import type { Ecr, EcrRepositoryFacts, EnsuredRepository, NewRepository } from './ecr.ts';
import { awaitScan } from './scan.ts';

export interface EcrOptions {
  readonly registry: EcrRegistry;
  /** Of the repository. */
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The SDK makes connections of its own, which have to be told. null: none. */
  readonly proxy: ProxySettings | null;
}

export type OpenEcr = (options: EcrOptions) => Ecr;

/** With the AWS identity at hand. Nothing is asked, and nothing loaded, before the first call. */
export const openEcr: OpenEcr = (options) => {
  const { registry, name, signal, log, proxy } = options;
  let loaded: Promise<EcrClient> | undefined;
  const client = (): Promise<EcrClient> =>
    (loaded ??= import('./client.ts').then(
      ({ EcrClient }) => new EcrClient(registry, name, signal, by(proxy)),
    ));
  return {
    credentials: {
      source: `ECR in ${registry.region} (ecr:GetAuthorizationToken)`,
      login: async () => (await client()).login(),
    },
    describe: async () => describe(await client()),
    ensure: async (wanted) => ensure(await client(), wanted, log),
    scan: async (digests, timeoutMs) => awaitScan({ ...options, client: await client() }, digests, timeoutMs),
  };
};

const by = (proxy: ProxySettings | null): ECRClientConfig => {
  const agent = { proxyEnv: { ...proxy } };
  return proxy === null ? {} : { requestHandler: { httpAgent: agent, httpsAgent: agent } };
};

async function describe(client: EcrClient): Promise<EcrRepositoryFacts | null> {
  const found = await client.describe();
  return found === null ? null : factsOf(client, found);
}

const factsOf = (
  client: EcrClient,
  found: NonNullable<Awaited<ReturnType<EcrClient['describe']>>>,
): EcrRepositoryFacts => ({
  arn: found.repositoryArn ?? client.arn,
  immutableTags: found.imageTagMutability?.startsWith('IMMUTABLE') ?? false,
  scanOnPush: found.imageScanningConfiguration?.scanOnPush ?? false,
  encryption: [
    found.encryptionConfiguration?.encryptionType ?? 'AES256',
    found.encryptionConfiguration?.kmsKey,
  ]
    .filter((part) => part !== undefined)
    .join(' '),
});

async function ensure(client: EcrClient, wanted: NewRepository, log: Log): Promise<EnsuredRepository> {
  const policy = checkedPolicy(wanted.lifecyclePolicy);
  const before = await client.describe();
  const created = before === null ? await client.create(wanted) : null;
  const found = before ?? created ?? (await client.describe());
  if (found === null) {
    throw new PreconditionError(
      `${client.arn} was there when it was to be created, and is not there now`,
      'Somebody removes it: find out who, and run the step again.',
    );
  }
  // A run that was killed between the two calls left it without: what somebody else has set is theirs.
  if (policy !== null && (created !== null || !(await client.hasLifecyclePolicy()))) {
    await client.putLifecyclePolicy(policy);
    log.info(`${client.arn}: lifecycle policy set`);
  }
  const facts = factsOf(client, found);
  if (created !== null) {
    log.info(
      `${client.arn}: created, tags ${facts.immutableTags ? 'immutable' : 'mutable'}, ` +
        `scan on push ${facts.scanOnPush ? 'on' : 'off'}, encryption ${facts.encryption}`,
    );
  } else if (wanted.immutableTags && !facts.immutableTags) {
    log.warning(
      `${client.arn} lets tags move: this step never moves one, but others may (imageTagMutability IMMUTABLE)`,
    );
  }
  return { ...facts, outcome: created === null ? 'already-there' : 'created' };
}

/** Before anything is created: ECR would refuse it only afterwards. */
function checkedPolicy(text: string | null): string | null {
  if (text === null) return null;
  try {
    const policy: unknown = JSON.parse(text);
    if (isObject(policy) && Array.isArray(policy['rules']) && policy['rules'].length > 0) return text;
  } catch {
    // Said below.
  }
  throw new PreconditionError(
    'the lifecycle policy is no JSON object with at least one of "rules"',
    'See the Amazon ECR user guide, "Lifecycle policies". Nothing was created.',
  );
}
