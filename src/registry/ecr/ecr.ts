import type { NoReport, ScanReport } from '../../domain/scan/report.ts';
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
  /** `AES256`, `KMS arn:…`. */
  readonly encryption: string;
}

export interface EnsuredRepository extends EcrRepositoryFacts {
  readonly outcome: 'created' | 'already-there';
}

/** One repository of a private ECR registry, as AWS's own API has it. Blobs and manifests go by Registry. */
export interface Ecr {
  /** A token of twelve hours, got anew each time it is asked for. */
  readonly credentials: RegistryCredentials;
  /** null: there is none. @throws PermissionError, ConnectionError, PreconditionError */
  describe(): Promise<EcrRepositoryFacts | null>;
  /** The one that is there, as it is, or a new one. Two steps may ask at the same time. */
  ensure(wanted: NewRepository): Promise<EnsuredRepository>;
  /**
   * Waits for ECR's own scan. ECR scans the image of each platform, and no index: ask for the platforms' digests.
   * @returns why there is no report when a scan failed, is not to be had, or was not through by then
   */
  scan(digests: readonly string[], timeoutMs: number): Promise<ScanReport | NoReport>;
}
