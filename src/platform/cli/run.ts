/** Finds the command that was typed, runs it, and turns what it throws into a sentence and an exit code. */
import { assert } from "../../kernel/assert.ts";
import { didYouMean, SettingsError } from "../config/index.ts";
import type { Command, CommandContext, CommandEntry } from "./command.ts";
import { CommandFailure, EXIT, UsageError } from "./exit-codes.ts";
import type { ProgramInfo } from "./help.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseCommandInput } from "./parse.ts";

/**
 * Runs the command named by `args` (without node and script) and gives the exit
 * code; it never rejects and never ends the process itself. `--help`, `-h` and
 * `help <command>` show help, `--version` the version. A {@link UsageError}, a
 * {@link CommandFailure} and a SettingsError are shown as sentences; anything else
 * is a bug and is shown with its stack.
 */
export async function runCommandLine(
  program: ProgramInfo,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  checkNames(program);
  try {
    return await dispatch(program, args, context);
  } catch (error) {
    return explain(program.name, error, context);
  }
}

function checkNames({ commands }: ProgramInfo): void {
  const names = commands.map(({ name }) => name);
  assert(new Set(names).size === names.length, "two commands have one name");
  for (const name of names) assert(/^[a-z]+( [a-z]+)?$/.test(name), `command name ${name}`);
}

async function load(entry: CommandEntry): Promise<Command> {
  const command = await entry.load();
  assert(command.name === entry.name, `the command ${entry.name} calls itself ${command.name}`);
  assert(!Object.hasOwn(command.options, "help"), `the command ${entry.name} declares --help itself`);
  return command;
}

async function helpOf(program: ProgramInfo, entries: readonly CommandEntry[]): Promise<string> {
  return programHelp(program, await Promise.all(entries.map(load)));
}

async function dispatch(program: ProgramInfo, args: readonly string[], context: CommandContext): Promise<number> {
  const [first] = args;
  if (first === "--version" || first === "-V") {
    context.stdout.write(`${program.version}\n`);
    return EXIT.ok;
  }
  if (first === undefined || first === "--help" || first === "-h" || (first === "help" && args.length === 1)) {
    (first === undefined ? context.stderr : context.stdout).write(await helpOf(program, program.commands));
    return first === undefined ? EXIT.usage : EXIT.ok;
  }
  const typed = first === "help" ? [...args.slice(1), "--help"] : args;
  const found = findCommand(program.commands, typed);
  if (found === undefined) return showFamily(program, typed, context);
  const command = await load(found);
  const rest = typed.slice(found.name.split(" ").length);
  if (asksForHelp(rest)) {
    context.stdout.write(commandHelp(program.name, command));
    return EXIT.ok;
  }
  return runParsed(program.name, command, rest, context);
}

async function runParsed(
  programName: string,
  command: Command,
  rest: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return await command.run(context, parseCommandInput(command, rest));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.stderr.write(`${programName} ${command.name}: ${error.message}\n`);
    context.stderr.write(`Run “${programName} ${command.name} --help” for what it takes.\n`);
    return EXIT.usage;
  }
}

function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf("--");
  return rest.slice(0, end < 0 ? rest.length : end).some((word) => word === "--help" || word === "-h");
}

function findCommand(commands: readonly CommandEntry[], typed: readonly string[]): CommandEntry | undefined {
  const two = typed.slice(0, 2).join(" ");
  return commands.find(({ name }) => name === two) ?? commands.find(({ name }) => name === typed[0]);
}

/** For `simulate` alone: the commands of that family. For a word that is no command: what it may have meant. */
async function showFamily(program: ProgramInfo, typed: readonly string[], context: CommandContext): Promise<number> {
  const words = typed.filter((word) => !word.startsWith("-"));
  const family = program.commands.filter(({ name }) => name.startsWith(`${typed[0]} `));
  if (family.length > 0 && words.length <= 1) {
    const help = await helpOf(program, family);
    (asksForHelp(typed) ? context.stdout : context.stderr).write(help);
    return asksForHelp(typed) ? EXIT.ok : EXIT.usage;
  }
  const names = program.commands.map(({ name }) => name);
  const wanted = family.length > 0 ? words.slice(0, 2).join(" ") : (typed[0] ?? "");
  context.stderr.write(`${program.name}: unknown command “${wanted}”${didYouMean(wanted, names)}\n`);
  context.stderr.write(`Run “${program.name} --help” for the list of commands.\n`);
  return EXIT.usage;
}

function explain(programName: string, error: unknown, context: CommandContext): number {
  if (error instanceof SettingsError) {
    context.stderr.write(`${programName}: ${error.message}\n`);
    return EXIT.settings;
  }
  if (error instanceof CommandFailure) {
    context.stderr.write(`${programName}: ${error.message}\n`);
    return error.exitCode;
  }
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  context.stderr.write(`${programName}: this is a bug in ${programName}:\n${shown}\n`);
  return EXIT.bug;
}
