import {
  CreateRepositoryCommand,
  DescribeImageScanFindingsCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
  StartImageScanCommand,
} from '@aws-sdk/client-ecr';
import type {
  DescribeImageScanFindingsCommandOutput,
  ECRClientConfig,
  Repository as SdkRepository,
} from '@aws-sdk/client-ecr';
import { repositoryArn } from '../../domain/image/ecrHost.ts';
import type { EcrRegistry } from '../../domain/image/ecrHost.ts';
import { ConnectionError } from '../../runtime/errors.ts';
import type { RegistryLogin } from '../credentials.ts';
import type { NewRepository } from './ecr.ts';
import { errorName, explain } from './failures.ts';

/** The calls that are made, with the IAM actions that they need: docs/security.md is held to this list by a test. */
export const ecrActions = [
  'ecr:GetAuthorizationToken',
  'ecr:DescribeRepositories',
  'ecr:CreateRepository',
  'ecr:GetLifecyclePolicy',
  'ecr:PutLifecyclePolicy',
  'ecr:StartImageScan',
  'ecr:DescribeImageScanFindings',
] as const;
type EcrAction = (typeof ecrActions)[number];

const callTimeoutMs = 20_000;

/** One repository through AWS's SDK. This file alone imports it: it costs a start that only ECR should pay. */
export class EcrClient {
  readonly arn: string;
  readonly #client: ECRClient;
  readonly #region: string;
  readonly #signal: AbortSignal;
  readonly #which: { readonly registryId: string; readonly repositoryName: string };

  constructor(registry: EcrRegistry, name: string, signal: AbortSignal, config: ECRClientConfig = {}) {
    this.#client = new ECRClient({ region: registry.region, maxAttempts: 5, ...config });
    this.#region = registry.region;
    this.#signal = signal;
    this.#which = { registryId: registry.account, repositoryName: name };
    this.arn = repositoryArn(registry, name);
  }

  /** The token lets in wherever this identity may go: a registry of another account as well. */
  async login(): Promise<RegistryLogin> {
    const { authorizationData } = await this.#ask('ecr:GetAuthorizationToken', (options) =>
      this.#client.send(new GetAuthorizationTokenCommand({}), options),
    );
    const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString('utf8');
    const [, username, password] = /^([^:]+):(.+)$/s.exec(token) ?? [];
    if (username === undefined || password === undefined) {
      throw new ConnectionError(
        `ECR in ${this.#region} gave no token to sign in with`,
        'Run the step again.',
      );
    }
    return { username, password };
  }

  async describe(): Promise<SdkRepository | null> {
    const { registryId, repositoryName } = this.#which;
    const answer = await this.#ask(
      'ecr:DescribeRepositories',
      (options) =>
        this.#client.send(
          new DescribeRepositoriesCommand({ registryId, repositoryNames: [repositoryName] }),
          options,
        ),
      'RepositoryNotFoundException',
    );
    return answer?.repositories?.[0] ?? null;
  }

  /** @returns null when somebody was first */
  async create({ immutableTags, scanOnPush, kmsKey }: NewRepository): Promise<SdkRepository | null> {
    const answer = await this.#ask(
      'ecr:CreateRepository',
      (options) =>
        this.#client.send(
          new CreateRepositoryCommand({
            ...this.#which,
            imageTagMutability: immutableTags ? 'IMMUTABLE' : 'MUTABLE',
            imageScanningConfiguration: { scanOnPush },
            encryptionConfiguration:
              kmsKey === null ? { encryptionType: 'AES256' } : { encryptionType: 'KMS', kmsKey },
          }),
          options,
        ),
      'RepositoryAlreadyExistsException',
    );
    return answer?.repository ?? null;
  }

  async hasLifecyclePolicy(): Promise<boolean> {
    const answer = await this.#ask(
      'ecr:GetLifecyclePolicy',
      (options) => this.#client.send(new GetLifecyclePolicyCommand(this.#which), options),
      'LifecyclePolicyNotFoundException',
    );
    return answer !== null;
  }

  async putLifecyclePolicy(lifecyclePolicyText: string): Promise<void> {
    await this.#ask('ecr:PutLifecyclePolicy', (options) =>
      this.#client.send(new PutLifecyclePolicyCommand({ ...this.#which, lifecyclePolicyText }), options),
    );
  }

  /** Where scans are not started by a push. ECR takes one a day for an image, and none where Inspector scans. */
  async startScan(imageDigest: string): Promise<void> {
    await this.#ask(
      'ecr:StartImageScan',
      (options) =>
        this.#client.send(new StartImageScanCommand({ ...this.#which, imageId: { imageDigest } }), options),
      'LimitExceededException',
      'ValidationException',
      'UnsupportedImageTypeException',
      'ImageNotFoundException',
    );
  }

  /** @returns null when nothing was scanned yet */
  async findings(
    imageDigest: string,
    nextToken?: string,
  ): Promise<DescribeImageScanFindingsCommandOutput | null> {
    return this.#ask(
      'ecr:DescribeImageScanFindings',
      (options) =>
        this.#client.send(
          new DescribeImageScanFindingsCommand({
            ...this.#which,
            imageId: { imageDigest },
            ...(nextToken === undefined ? { maxResults: 1000 } : { nextToken }),
          }),
          options,
        ),
      'ScanNotFoundException',
      'ImageNotFoundException',
    );
  }

  #ask<T>(action: EcrAction, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  #ask<T>(
    action: EcrAction,
    call: (options: { abortSignal: AbortSignal }) => Promise<T>,
    ...meansNone: readonly string[]
  ): Promise<T | null>;
  async #ask<T>(
    action: EcrAction,
    call: (options: { abortSignal: AbortSignal }) => Promise<T>,
    ...meansNone: readonly string[]
  ): Promise<T | null> {
    try {
      return await call({ abortSignal: AbortSignal.any([this.#signal, AbortSignal.timeout(callTimeoutMs)]) });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (meansNone.includes(errorName(error))) return null;
      const resource = action === 'ecr:GetAuthorizationToken' ? '*' : this.arn;
      throw explain(error, { action, resource, region: this.#region });
    }
  }
}
