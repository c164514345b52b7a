import type { Exec, ExecOptions, ExecResult } from '../../src/tools/exec.ts';

/** Answers from a list, and remembers what it was asked to run. */
export class FakeExec implements Exec {
  readonly ran: { readonly argv: readonly string[]; readonly options: ExecOptions }[] = [];
  readonly #results: Partial<ExecResult>[];

  constructor(...results: readonly Partial<ExecResult>[]) {
    this.#results = [...results];
  }

  run(argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
    this.ran.push({ argv, options });
    const result = this.#results.shift();
    if (result === undefined) return Promise.reject(new Error(`the test expected no ${argv.join(' ')}`));
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...result });
  }
}
