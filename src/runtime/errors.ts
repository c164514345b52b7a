/**
 * Errors by remedy: the class says what the reader has to do, the message says with which object.
 * Whatever is thrown and is none of these is a defect of this project.
 */
export abstract class RemedyError extends Error {
  /** One line under the message: what to do now. */
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.remedy = remedy;
  }
}

/** One wrong input: what was given, what is allowed, and an example. */
export interface InputProblem {
  readonly input: string;
  /** As given; never a secret. Empty when missing. */
  readonly given: string;
  readonly allowed: string;
  readonly example: string;
}

/** Fix the workflow. Lists every wrong input at once. */
export class InputError extends RemedyError {
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    const lines = problems.map(
      ({ input, given, allowed, example }) =>
        `  ${input}: given ${given === '' ? 'nothing' : JSON.stringify(given)}; allowed: ${allowed}; for example: ${example}`,
    );
    super(
      `${String(problems.length)} wrong input${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
      'Correct the inputs in the workflow. Nothing was read from the cluster and nothing was changed.',
    );
    this.problems = problems;
  }
}

/** The cluster or the service is not in a shape that this step may work on: fix that first. */
export class PreconditionError extends RemedyError {}

/** Nobody answers: address, network, credentials that expired. */
export class ConnectionError extends RemedyError {}

/** Grant what the remedy prints: an RBAC rule or an IAM action. */
export class PermissionError extends RemedyError {}

/** Someone else changed the object meanwhile. */
export class ConflictError extends RemedyError {}

/** Another release of the service is under way: wait for it, or end it. */
export class BusyError extends RemedyError {}

/** Somebody took the lease, or it could not be renewed: this process stops, and puts nothing back. */
export class LostLeaseError extends RemedyError {}

/** A program ended badly. Carries argv (never a secret in it), exit code and the last lines of stderr. */
export class ToolError extends RemedyError {
  readonly argv: readonly string[];
  readonly exitCode: number | null;

  constructor(argv: readonly string[], exitCode: number | null, stderrTail: string, remedy: string) {
    super(
      `${argv.join(' ')} ended with ${exitCode === null ? 'a signal' : `exit code ${String(exitCode)}`}\n${stderrTail}`.trimEnd(),
      remedy,
    );
    this.argv = argv;
    this.exitCode = exitCode;
  }
}

/** The candidate is bad, or could not be shown to be good. */
export class VerificationError extends RemedyError {}

/** Look now: traffic is not where it should be. The message says what serves at this moment. */
export class RollbackError extends RemedyError {}

/** A wait ended without what it waited for. */
export class DeadlineError extends RemedyError {}

/** What was thrown, in words: it need not be an error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
