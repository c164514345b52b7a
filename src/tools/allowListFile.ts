import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { allowListExample, parseAllowList } from '../domain/scan/allowList.ts';
import type { AllowEntry } from '../domain/scan/allowList.ts';
import { InputError } from '../runtime/errors.ts';

/**
 * Reads the list of accepted findings.
 * @param input the input that names the file, for the message
 * @throws InputError with everything that is wrong in it
 */
export function readAllowList(path: string, input: string): readonly AllowEntry[] {
  const refuse = (problems: readonly string[]): InputError =>
    new InputError([
      {
        input,
        given: path,
        allowed: `a YAML file with a list of accepted findings; but ${problems.join('; ')}`,
        example: `\n${allowListExample}`,
      },
    ]);
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse([error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)]);
  }
  const list = parseAllowList(document);
  if (list.kind === 'problems') throw refuse(list.problems);
  return list.entries;
}
