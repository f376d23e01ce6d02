/** How a command is declared: one file, one value. */
import type { NamedSetting } from "../config/index.ts";

interface OptionCommon {
  readonly description: string;
  /** One letter. */
  readonly short?: string;
}

/** An option of a command. */
export type OptionSpec =
  | (OptionCommon & { readonly type: "switch" })
  | (OptionCommon & {
      readonly type: "text";
      /** What the help shows for the value: `number`, `file`. */
      readonly placeholder: string;
      readonly choices?: readonly string[];
      readonly default?: string;
    })
  | (OptionCommon & {
      readonly type: "integer";
      readonly placeholder: string;
      readonly min: number;
      readonly max: number;
      readonly default?: number;
    })
  | (OptionCommon & {
      /** May be given several times. */
      readonly type: "list";
      readonly placeholder: string;
    });

/** Options by name, without dashes. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

type OptionValue<S extends OptionSpec> = S extends { type: "switch" }
  ? boolean
  : S extends { type: "list" }
    ? readonly string[]
    : S extends { type: "integer" }
      ? number | (S extends { default: number } ? never : undefined)
      : string | (S extends { default: string } ? never : undefined);

/** The values of a table of options: complete, with `undefined` only for what has no default. */
export type OptionValues<O extends OptionTable> = { readonly [K in keyof O]: OptionValue<O[K]> };

/** A word that stands on its own. */
export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** True for the last one where it takes all that follows. */
  readonly rest?: boolean;
}

/** What was typed behind the command's name. */
export interface CommandInput<O extends OptionTable> {
  readonly options: OptionValues<O>;
  /** In the order of the declaration; those that were not given are missing. */
  readonly words: readonly string[];
  /** Flags of settings, for `loadSettings`. */
  readonly settingFlags: Readonly<Record<string, string | boolean>>;
}

/** Somewhere to write text for people. */
export interface TextOutput {
  write(text: string): void;
  readonly isTty: boolean;
}

/** What a command gets from the process. */
export interface CommandContext {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
}

/** One command. */
export interface Command<O extends OptionTable = OptionTable> {
  /** One word, or two for a command of a family: `simulate carrier`. */
  readonly name: string;
  /** Half a sentence for the list of commands. */
  readonly summary: string;
  /** A paragraph for its own help. */
  readonly description: string;
  /** A line that works when pasted. */
  readonly example: string;
  readonly options: O;
  readonly words?: readonly ArgumentSpec[];
  /** Settings that it takes as flags. */
  readonly settings?: readonly NamedSetting[];
  /** Gives the exit code. What it throws is shown and ends the process, see `runCommandLine`. */
  run(context: CommandContext, input: CommandInput<O>): Promise<number> | number;
}

/** A command by its name, loaded once somebody wants it: most of what commands are made of is large. */
export interface CommandEntry {
  /** That of the command. */
  readonly name: string;
  load(): Promise<Command>;
}

/** Declares a command and keeps the exact types of its options. */
export function defineCommand<const O extends OptionTable>(command: Command<O>): Command {
  return command;
}
