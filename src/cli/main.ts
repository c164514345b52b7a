import { Command as Program, CommanderError, Option } from 'commander';
import type { Field, GivenInputs } from '../runtime/inputs.ts';
import { yesNo } from '../runtime/rules.ts';
import { commands } from './commands.ts';
import type { Command } from './commands.ts';
import { exitCodeHelp, exitCodes } from './exitCodes.ts';
import { meanings } from './meanings.ts';
import { runCommand } from './runCommand.ts';
import type { Terminal } from './runCommand.ts';

/**
 * The command line: the same code as the actions, for a person at a terminal.
 * @param argv without node and the script
 * @returns the exit code
 */
export async function runCli(argv: readonly string[], version: string, terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = new Program('c4ang')
    .description(
      'Blue/green releases on Kubernetes and Istio: what serves the users, and how to change that.',
    )
    .version(version)
    .helpCommand('help [command]', 'the flags of a command')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .showHelpAfterError('(c4ang help shows the commands, c4ang help <command> its flags)')
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .exitOverride();
  for (const command of commands) {
    const sub = program
      .command(command.name)
      .summary(command.summary)
      .description(command.summary)
      .argument('<service>', 'name of the Kubernetes Service, for example order-api')
      .option('--json', 'one JSON object on standard output; what is for people goes to standard error')
      .action(async (service: string, flags: Readonly<Record<string, string | boolean>>) => {
        const { json = false, ...rest } = flags;
        exitCode = await runCommand(command, { ...givenBy(rest), service }, json === true, terminal);
      });
    for (const option of optionsOf(command)) sub.addOption(option);
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

function optionsOf({ fields, fixed }: Command): readonly Option[] {
  return Object.entries(fields)
    .filter(([name]) => name !== 'service' && !(name in fixed))
    .map(([name, field]) => optionOf(name, field));
}

/** The default is the action's own: it is not passed on, only shown. */
function optionOf(name: string, { rule, whenEmpty }: Field<unknown>): Option {
  const short = name === 'namespace' ? '-n, ' : '';
  const isSwitch = rule === yesNo;
  const fallback = typeof whenEmpty === 'object' && !isSwitch ? ` (default: ${whenEmpty.text})` : '';
  const choices = rule.allowed.includes(' | ') && !isSwitch ? `: ${rule.allowed}` : '';
  const meaning = `${meanings[name] ?? rule.allowed}${choices}`;
  // Camel case is commander's idea of a flag: the name of the input is kept instead.
  const option = new Option(`${short}--${name}${isSwitch ? '' : ' <value>'}`, `${meaning}${fallback}`);
  option.attributeName = () => name;
  return option;
}

const givenBy = (flags: Readonly<Record<string, string | boolean>>): GivenInputs =>
  Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, String(value)]));
