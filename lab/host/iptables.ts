import { network } from '../layout.ts';
import { exec } from './exec.ts';

/** Marks the lab's own rules in built-in chains; kube-proxy's are known by their chains' names. */
export const ruleComment = 'c4ang-lab';
const isOurChain = (chain: string): boolean => chain.startsWith('KUBE-');

interface Table {
  readonly name: string;
  readonly chains: { readonly name: string; readonly builtIn: boolean }[];
  readonly rules: string[];
}

/** Reads the output of iptables-save. */
export function parseSaved(saved: string): Table[] {
  const tables: Table[] = [];
  for (const line of saved.split('\n')) {
    const current = tables.at(-1);
    if (line.startsWith('*')) tables.push({ name: line.slice(1).trim(), chains: [], rules: [] });
    else if (line.startsWith(':') && current !== undefined) {
      const [name = '', policy] = line.slice(1).split(' ');
      current.chains.push({ name, builtIn: policy !== '-' });
    } else if (line.startsWith('-A ') && current !== undefined) current.rules.push(line);
  }
  return tables;
}

function isOurs(rule: string): boolean {
  const words = rule.split(' ');
  const jump = words[words.findIndex((word) => word === '-j' || word === '-g') + 1] ?? '';
  const comment = words[words.indexOf('--comment') + 1] ?? '';
  return isOurChain(jump) || comment.replaceAll('"', '') === ruleComment;
}

/**
 * The input for `iptables-restore --noflush` that removes the lab's rules and chains and
 * leaves everything else as it is; empty when there is nothing to remove.
 * @param saved the output of iptables-save
 */
export function removalOf(saved: string): string {
  const blocks: string[] = [];
  for (const table of parseSaved(saved)) {
    const chains = table.chains.filter((chain) => isOurChain(chain.name)).map((chain) => chain.name);
    const lines = [
      // Naming a chain empties it, so that no rule holds another chain when it is deleted.
      ...chains.map((chain) => `:${chain} - [0:0]`),
      ...table.rules
        .filter((rule) => !isOurChain(rule.split(' ')[1] ?? '') && isOurs(rule))
        .map((rule) => rule.replace(/^-A /, '-D ')),
      ...chains.map((chain) => `-X ${chain}`),
    ];
    if (lines.length > 0) blocks.push([`*${table.name}`, ...lines, 'COMMIT', ''].join('\n'));
  }
  return blocks.join('');
}

/** The tables that hold nothing and that were not there before: to be removed whole. */
export function emptyNewTables(saved: string, savedBefore: string): string[] {
  const before = new Set(parseSaved(savedBefore).map((table) => table.name));
  return parseSaved(saved)
    .filter((table) => !before.has(table.name))
    .filter((table) => table.rules.length === 0 && table.chains.every((chain) => chain.builtIn))
    .map((table) => table.name);
}

/** The iptables programs to use: the machine's own, or those of the lab's cache. */
export interface Iptables {
  readonly env: NodeJS.ProcessEnv;
  readonly iptables: string;
  readonly save: string;
  readonly restore: string;
}

export async function savedRules(programs: Iptables): Promise<string> {
  return (await exec(programs.save, [], { env: programs.env })).stdout;
}

/** Lets the pods' packets through where the machine drops forwarded ones (as Docker sets it). */
export async function allowPodForwarding(programs: Iptables): Promise<void> {
  for (const direction of ['-i', '-o']) {
    const rule = [
      'FORWARD',
      direction,
      network.bridge,
      '-m',
      'comment',
      '--comment',
      ruleComment,
      '-j',
      'ACCEPT',
    ];
    const run = (verb: string): Promise<unknown> =>
      exec(programs.iptables, [verb, ...rule], { env: programs.env });
    await run('-C').catch(() => run('-I'));
  }
}

/** Takes the lab's rules, chains and tables away again. */
export async function removeRules(programs: Iptables, savedBefore: string): Promise<void> {
  const input = removalOf(await savedRules(programs));
  if (input !== '') await exec(programs.restore, ['--noflush'], { env: programs.env, input });
  for (const table of emptyNewTables(await savedRules(programs), savedBefore)) {
    await exec(programs.iptables, ['-t', table, '-X'], { env: programs.env });
  }
}
