import type { RegistryCredentials } from '../credentials.ts';

/** How a repository is made when it is not there. */
export interface NewRepository {
  /** Tags that exist keep their image. */
  readonly immutableTags: boolean;
  readonly scanOnPush: boolean;
  /** Key id, alias or ARN; null: the registry's own encryption. */
  readonly kmsKey: string | null;
  /** The lifecycle policy's JSON text; null: none. */
  readonly lifecyclePolicy: string | null;
}

export interface EcrRepositoryFacts {
  readonly arn: string;
  readonly immutableTags: boolean;
  readonly scanOnPush: boolean;
  readonly encryption: string;
}

/** One repository of a private ECR registry, as AWS's own API has it. Blobs and manifests go by Registry. */
export interface Ecr {
  readonly credentials: RegistryCredentials;
  /** null: there is none. @throws PermissionError, ConnectionError, PreconditionError */
  describe(): Promise<EcrRepositoryFacts | null>;
  /** The one that is there, or a new one: two steps may ask at the same time. */
  ensure(
    wanted: NewRepository,
  ): Promise<EcrRepositoryFacts & { readonly outcome: 'created' | 'already-there' }>;
}
