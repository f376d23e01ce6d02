/** Reads what was typed behind a command's name. */
import { parseArgs } from "node:util";
import { assert } from "../../kernel/assert.ts";
import type { NamedSetting } from "../config/index.ts";
import { didYouMean } from "../config/index.ts";
import type { Command, CommandInput, OptionSpec, OptionTable } from "./command.ts";
import { UsageError } from "./exit-codes.ts";

type ParsedValue = string | boolean | undefined;

/** One flag as it was typed. */
interface Flag {
  readonly name: string;
  /** With its dashes. */
  readonly typed: string;
  readonly value: ParsedValue;
  readonly isInline: boolean;
}

/** Options, words and flags of settings. Throws {@link UsageError} for what the command does not take. */
export function parseCommandInput(command: Command, args: readonly string[]): CommandInput<OptionTable> {
  const switches = new Set(switchNames(command));
  const valued = valuedNames(command);
  const config = Object.fromEntries([
    ...[...switches].map((name) => [name, { type: "boolean" as const, multiple: true, ...shortOf(command, name) }]),
    ...valued.map((name) => [name, { type: "string" as const, multiple: true, ...shortOf(command, name) }]),
  ]) as Record<string, { type: "boolean" | "string"; multiple: boolean; short?: string }>;
  const { tokens } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, ParsedValue[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const flag = { name: token.name, typed: token.rawName, value: token.value, isInline: token.inlineValue === true };
    const { name, value } = checkFlag(flag, switches, valued);
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  checkWords(command, words);
  return { options: readOptions(command.options, given), words, settingFlags: readSettingFlags(command, given) };
}

function switchNames(command: Command): string[] {
  const own = Object.entries(command.options).filter(([, spec]) => spec.type === "switch");
  const settings = (command.settings ?? []).filter((named) => isSwitch(named));
  return [...own.map(([name]) => name), ...settings.flatMap(({ flag }) => flag ?? [])];
}

function valuedNames(command: Command): string[] {
  const own = Object.entries(command.options).filter(([, spec]) => spec.type !== "switch");
  const settings = (command.settings ?? []).filter((named) => !isSwitch(named));
  return [...own.map(([name]) => name), ...settings.flatMap(({ flag }) => flag ?? [])];
}

function isSwitch({ setting }: NamedSetting): boolean {
  return setting.type.kind === "scalar" && setting.type.isSwitch === true;
}

function shortOf(command: Command, name: string): { short?: string } {
  const short = Object.hasOwn(command.options, name) ? command.options[name]?.short : undefined;
  return short === undefined ? {} : { short };
}

function checkFlag(
  flag: Flag,
  switches: ReadonlySet<string>,
  valued: readonly string[],
): { name: string; value: string | boolean } {
  const { name, typed, value } = flag;
  if (switches.has(name)) {
    if (!flag.isInline) return { name, value: true };
    if (value !== "true" && value !== "false") throw new UsageError(`${typed} is a switch: leave “=${value}” away`);
    return { name, value: value === "true" };
  }
  if (name.startsWith("no-") && switches.has(name.slice(3)) && !flag.isInline) {
    return { name: name.slice(3), value: false };
  }
  if (!valued.includes(name)) {
    const hint = didYouMean(name, [...switches, ...valued, "help"]).replace("mean ", "mean --");
    throw new UsageError(`unknown option ${typed}${hint}`);
  }
  if (typeof value !== "string" || (!flag.isInline && /^-[^\d]/.test(value))) {
    throw new UsageError(`${typed} needs a value: ${typed}${typed.startsWith("--") ? "=" : " "}…`);
  }
  return { name, value };
}

function checkWords(command: Command, words: readonly string[]): void {
  const specs = command.words ?? [];
  const missing = specs.find((spec, index) => spec.required && index >= words.length);
  if (missing !== undefined) throw new UsageError(`the ${missing.name} is missing: ${missing.description}`);
  if (words.length > specs.length && specs.at(-1)?.rest !== true) {
    throw new UsageError(`“${words[specs.length]}” is one word too many`);
  }
}

function readOptions(table: OptionTable, given: ReadonlyMap<string, readonly ParsedValue[]>): Record<string, never> {
  const entries = Object.entries(table).map(([name, spec]) => [name, readOption(name, spec, given.get(name) ?? [])]);
  return Object.fromEntries(entries) as Record<string, never>;
}

function readOption(name: string, spec: OptionSpec, values: readonly ParsedValue[]): unknown {
  const last = values.at(-1);
  if (spec.type === "switch") return last === true;
  if (spec.type === "list") return values;
  if (last === undefined) return spec.default;
  assert(typeof last === "string", `option ${name} has no text`);
  if (spec.type === "integer") {
    const value = Number(last);
    if (!/^-?\d{1,15}$/.test(last) || value < spec.min || value > spec.max) {
      throw new UsageError(`--${name} expects a whole number from ${spec.min} to ${spec.max}, got “${last}”`);
    }
    return value;
  }
  if (spec.choices !== undefined && !spec.choices.includes(last)) {
    throw new UsageError(`--${name} expects one of ${spec.choices.join(", ")}${didYouMean(last, spec.choices)}`);
  }
  return last;
}

function readSettingFlags(
  command: Command,
  given: ReadonlyMap<string, readonly ParsedValue[]>,
): Record<string, string | boolean> {
  const flags: Record<string, string | boolean> = {};
  for (const { flag } of command.settings ?? []) {
    const value = flag === undefined ? undefined : given.get(flag)?.at(-1);
    if (flag !== undefined && value !== undefined) flags[flag] = value;
  }
  return flags;
}
