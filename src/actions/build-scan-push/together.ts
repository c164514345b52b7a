import { InputError } from '../../runtime/errors.ts';
import type { InputProblem } from '../../runtime/errors.ts';
import type { Fields, GivenInputs } from '../../runtime/inputs.ts';
import type { Inputs } from './inputs.ts';

type Name = keyof Inputs;

/** They say how an image is built and scanned: where a layout is given, that has been done elsewhere. */
const ofTheBuild: readonly Name[] = [
  ...(['context', 'dockerfile', 'target', 'platforms', 'build-args', 'secrets'] as const),
  ...(['cache-from', 'cache-to', 'provenance', 'sbom-generator', 'network', 'builder'] as const),
  ...(['rebuild', 'build-timeout', 'hadolint-threshold', 'hadolint-config'] as const),
  ...(['scanner', 'gate', 'max-database-age', 'database-mirrors'] as const),
  ...(['snyk-token', 'snyk-folder', 'sbom'] as const),
];
/** Where a layout is given they hold for ECR's own scan, and for no other. */
const ofTheScan: readonly Name[] = ['severity', 'ignore-unfixed', 'allow-list', 'scan-timeout'];
/** What passed where it was built. */
const ofTheLayout = ['digest', 'verdict'] as const;
const withTheLayout: readonly Name[] = [...ofTheLayout, 'sbom-digest'];
const secret: readonly Name[] = ['secrets', 'snyk-token'];

/** @throws InputError that names each input that has no meaning beside the others */
export function refuseWhatDoesNotGoTogether(
  inputs: Inputs,
  given: GivenInputs,
  fields: Fields<Inputs>,
): void {
  const problem = (input: Name, allowed: string, example = 'nothing'): InputProblem => {
    const raw = given[input]?.trim() ?? '';
    return { input, given: raw !== '' && secret.includes(input) ? '(not shown)' : raw, allowed, example };
  };
  // GitHub hands over the defaults of action.yml, too.
  const isSaid = (input: Name): boolean => {
    const { whenEmpty } = fields[input];
    const raw = given[input]?.trim() ?? '';
    return raw !== '' && !(typeof whenEmpty === 'object' && raw === whenEmpty.text);
  };
  const problems =
    inputs.layout === null
      ? withTheLayout
          .filter(isSaid)
          .map((input) => problem(input, 'nothing without layout: what is built here is scanned here'))
      : [
          ...ofTheLayout
            .filter((input) => inputs[input] === null)
            .map((input) =>
              problem(
                input,
                `together with layout the output ${input} of the job that built it`,
                fields[input].rule.example,
              ),
            ),
          ...ofTheBuild
            .filter(isSaid)
            .map((input) =>
              problem(input, 'nothing together with layout, which is built and scanned already'),
            ),
          ...(inputs['ecr-scan'] ? [] : ofTheScan)
            .filter(isSaid)
            .map((input) =>
              problem(input, 'nothing together with layout, unless with ecr-scan: no other scan is made'),
            ),
          ...(inputs.push
            ? []
            : [problem('push', 'true together with layout: pushing it is all there is', 'true')]),
        ];
  if (problems.length > 0) throw new InputError(problems);
}
