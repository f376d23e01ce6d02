/** Writes the help of the program and of each command. */
import type { NamedSetting } from "../config/index.ts";
import type { ArgumentSpec, Command, CommandEntry, OptionSpec } from "./command.ts";

const WIDTH = 100;

/** The program as its help shows it. */
export interface ProgramInfo {
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  readonly commands: readonly CommandEntry[];
}

/** The list of `commands`. */
export function programHelp(program: ProgramInfo, commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    `${program.name} ${program.version}: ${program.summary}`,
    "",
    `Usage: ${program.name} <command> [options]`,
    "",
    "Commands:",
    ...table(rows),
    "",
    `Run “${program.name} <command> --help” for its options and an example.`,
    "",
  ].join("\n");
}

/** All about one command, with its example. */
export function commandHelp(programName: string, command: Command): string {
  const options = Object.entries(command.options).map(([name, spec]) => optionRow(name, spec));
  const settings = (command.settings ?? []).flatMap((named) => settingRow(named));
  const words = (command.words ?? []).map((spec) => [spec.name, spec.description] as const);
  const usage = [programName, command.name, ...(command.words ?? []).map(showWord), "[options]"].join(" ");
  return [
    `${programName} ${command.name}: ${command.summary}`,
    "",
    ...wrap(command.description, WIDTH),
    "",
    `Usage: ${usage}`,
    ...section("Words:", words),
    ...section("Options:", [...options, ["-h, --help", "Show this help."]]),
    ...section("Settings (also in the environment and in trunkline.yaml):", settings),
    "",
    "Example:",
    ...command.example.split("\n").map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function showWord({ name, required, rest = false }: ArgumentSpec): string {
  const shown = rest ? `${name}…` : name;
  return required ? `<${shown}>` : `[${shown}]`;
}

function optionRow(name: string, spec: OptionSpec): readonly [string, string] {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  const value = spec.type === "switch" ? "" : ` <${spec.placeholder}>`;
  const notes = [
    spec.description,
    spec.type === "text" && spec.choices !== undefined ? `One of ${spec.choices.join(", ")}.` : "",
    spec.type === "list" ? "May be given several times." : "",
    "default" in spec && spec.default !== undefined ? `Default: ${spec.default}.` : "",
  ];
  return [`${short}--${name}${value}`, notes.filter(Boolean).join(" ")];
}

function settingRow({ flag, env, setting }: NamedSetting): (readonly [string, string])[] {
  if (flag === undefined) return [];
  const { absence, type } = setting;
  const value = type.kind === "scalar" && type.isSwitch === true ? "" : " <value>";
  const fallback = absence.kind === "default" && absence.value !== "" ? ` Default: ${String(absence.value)}.` : "";
  return [[`--${flag}${value}`, `${setting.description}${fallback} [${env}]`]];
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : ["", title, ...table(rows)];
}

/** Two columns; a left side that is too long gets a line of its own. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const column = Math.min(34, Math.max(...rows.map(([left]) => left.length)) + 4);
  return rows.flatMap(([left, right]) => {
    const [first = "", ...more] = wrap(right, WIDTH - column);
    const head = `  ${left}`;
    const indent = " ".repeat(column);
    if (head.length + 2 > column) return [head, ...[first, ...more].map((line) => indent + line)];
    return [head.padEnd(column) + first, ...more.map((line) => indent + line)];
  });
}

function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}
