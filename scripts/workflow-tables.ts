import { parse } from 'yaml';
import { z } from 'zod';
import { between } from './action-tables.ts';
import { reusableWorkflows } from './published-tree.ts';

const described = z.object({ description: z.string() });
const workflow = z.object({
  on: z.object({
    workflow_call: z.object({
      inputs: z.record(
        z.string(),
        described.extend({
          type: z.string(),
          required: z.boolean().optional(),
          default: z.union([z.string(), z.number(), z.boolean()]).optional(),
        }),
      ),
      secrets: z.record(z.string(), described).optional(),
      outputs: z.record(z.string(), described).optional(),
    }),
  }),
});

const cell = (text: string): string => text.trim().replaceAll('|', '\\|');

const table = (head: string, rows: readonly string[]): string =>
  [head, head.replaceAll(/[^|]+/g, ' --- '), ...rows].join('\n');

const names = (head: string, all: Readonly<Record<string, { readonly description: string }>> = {}): string =>
  table(
    `| ${head} | |`,
    Object.entries(all).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`),
  );

/**
 * docs/workflows.md with the tables of each reusable workflow made anew, where it has markers for them.
 * @param read the text of a workflow by its file name
 */
export function withWorkflowTables(text: string, read: (file: string) => string): string {
  return reusableWorkflows.reduce((document, file) => {
    const { inputs, secrets, outputs } = workflow.parse(parse(read(file))).on.workflow_call;
    const rows = Object.entries(inputs).map(([name, input]) => {
      const empty = input.required === true ? '**required**' : String(input.default ?? '');
      const shown = empty === '' || input.required === true ? empty : `\`${cell(empty)}\``;
      return `| \`${name}\` | ${input.type} | ${shown} | ${cell(input.description)} |`;
    });
    const made = {
      inputs: table('| input | type | default | |', rows),
      secrets: names('secret', secrets),
      outputs: names('output', outputs),
    };
    return Object.entries(made)
      .map(([kind, content]) => ({ marker: `${kind} of ${file}`, content }))
      .filter(({ marker }) => document.includes(`<!-- ${marker}:`))
      .reduce((so, { marker, content }) => between(so, marker, content), document);
  }, text);
}
