import { parse } from 'yaml';
import { z } from 'zod';

const metadata = z.object({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.object({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
  runs: z.object({
    using: z.string(),
    main: z.string(),
    post: z.string().optional(),
    'post-if': z.string().optional(),
  }),
});

export type ActionMetadata = z.infer<typeof metadata>;

/** @throws ZodError when action.yml is not what an action of this project needs */
export const parseActionYml = (text: string): ActionMetadata => metadata.parse(parse(text));

const cell = (text: string): string =>
  text
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');

function inputsTable({ inputs }: ActionMetadata): string {
  const rows = Object.entries(inputs).map(([name, { description, required, default: text }]) => {
    const empty = required === true ? '**required**' : text === undefined ? '' : `\`${cell(text)}\``;
    return `| \`${name}\` | ${empty} | ${cell(description)} |`;
  });
  return ['| input | default | |', '| --- | --- | --- |', ...rows].join('\n');
}

function outputsTable({ outputs }: ActionMetadata): string {
  const rows = Object.entries(outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return ['| output | |', '| --- | --- |', ...rows].join('\n');
}

/**
 * The README with its two tables made anew.
 * @throws Error when a marker is missing: a README without its tables is not finished
 */
export function withTables(readme: string, actionYml: string): string {
  const action = parseActionYml(actionYml);
  return between(between(readme, 'inputs', inputsTable(action)), 'outputs', outputsTable(action));
}

/** The text between two markers made anew. @throws Error when one is missing */
export function between(text: string, marker: string, content: string): string {
  const start = `<!-- ${marker}: made by npm run docs -->`;
  const end = `<!-- end of ${marker} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the markers ${start} … ${end} are missing`);
  const inside = content === '' ? '\n' : `\n\n${content}\n\n`;
  return `${text.slice(0, from + start.length)}${inside}${text.slice(to)}`;
}
