import { isObject, objectsAt, textAt } from '../domain/json.ts';
import { ecrRegistry, isEcrPublic, repositoryArn } from '../domain/image/ecrHost.ts';
import { repositoryText } from '../domain/image/reference.ts';
import type { Repository } from '../domain/image/reference.ts';
import { PermissionError, PreconditionError } from '../runtime/errors.ts';
import type { RemedyError } from '../runtime/errors.ts';
import { denialIn, statementToAdd } from '../runtime/iamStatement.ts';
import type { HttpAnswer } from './exchange.ts';
import { TryAgain } from './retry.ts';
import { howToSignIn } from './signIn.ts';

/** What a registry says when it refuses: distribution-spec 1.1, "Error Codes". */
export function saidBy(answer: HttpAnswer): string {
  const text = answer.body.toString('utf8');
  try {
    const body: unknown = JSON.parse(text);
    const errors = isObject(body) ? objectsAt(body, 'errors') : [];
    const said = errors.map(([, error]) =>
      [textAt(error, 'code'), textAt(error, 'message')].filter((part) => part !== null).join(': '),
    );
    if (said.length > 0) return said.join('; ');
  } catch {
    // A proxy's page, or nothing at all: the answer to HEAD has no body.
  }
  const line = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line === '' ? `status ${String(answer.status)}` : line.slice(0, 300);
}

/** An answer that was not expected, as an error by remedy, or as one that may pass. */
export function refusal(repository: Repository, asked: string, answer: HttpAnswer): RemedyError | TryAgain {
  const { status, headers } = answer;
  const said = `${String(status)} on ${asked}: ${saidBy(answer)}`;
  if (status === 408 || status === 429 || status >= 500) {
    return new TryAgain(said, retryAfterMs(headers.get('retry-after')));
  }
  const name = repositoryText(repository);
  switch (status) {
    case 403:
      return denied(repository, said);
    case 404:
      return new PreconditionError(
        `${name}: ${said}`,
        'Check the name of the repository, and create it if it is not there: ECR and some others do not do so on push.',
      );
    case 413:
      return new PreconditionError(
        `${name}: ${said}`,
        'Something between here and the registry takes no body of this size: raise its limit (nginx: client_max_body_size).',
      );
    default:
      return new PreconditionError(`${name}: ${said}`, 'See what the registry says. No tag was written.');
  }
}

function denied(repository: Repository, said: string): PermissionError {
  const name = repositoryText(repository);
  const ecr = ecrRegistry(repository.registry);
  const denial = denialIn(said);
  if (ecr === null) {
    const allow = `Allow this login to pull from and push to ${name}.`;
    return new PermissionError(
      `${name}: ${said}`,
      `${allow} ${isEcrPublic(repository.registry) ? howToSignIn(repository.registry) : ''}`.trimEnd(),
    );
  }
  return new PermissionError(
    `${name}: ${said}`,
    statementToAdd({
      actions: denial === null ? pushActions : [denial.action],
      resource: denial?.resource ?? repositoryArn(ecr, repository.name),
    }),
  );
}

/** What a push asks of ECR. Source: Amazon ECR user guide, "IAM permissions for pushing an image". */
export const pushActions = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
] as const;

/** Seconds; the other form, a date, would need the registry's clock. */
const retryAfterMs = (header: string | null): number | null =>
  header !== null && /^\d{1,4}$/.test(header) ? Number(header) * 1_000 : null;
