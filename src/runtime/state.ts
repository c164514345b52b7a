import { appendFileSync } from 'node:fs';

/** What a step leaves for its own post step. Never a secret. */
export interface StepState {
  save(name: string, value: string): void;
  /** null when the main step did not get that far, or outside of a post step. */
  saved(name: string): string | null;
}

/**
 * In the file that GitHub names; it comes back as a variable of the post step. Written at once, so that a main step
 * that is killed has left it. Source: GitHub docs, "Workflow commands", sending values to the pre and post actions.
 */
export function fileState(env: Readonly<Record<string, string | undefined>>): StepState {
  return {
    save(name, value) {
      const file = env['GITHUB_STATE'] ?? '';
      if (/[\r\n]/.test(value)) throw new Error(`the state ${name} has more than one line`);
      if (file !== '') appendFileSync(file, `${name}=${value}\n`);
    },
    saved(name) {
      const value = env[`STATE_${name}`] ?? '';
      return value === '' ? null : value;
    },
  };
}
