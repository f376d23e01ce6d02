/** Writes the reference of all settings from the table. */
import type { NamedSetting, Setting, SettingTable, ValueType } from "./schema.ts";
import { isSetting, namedSettings } from "./schema.ts";
import type { CarrierTypes } from "./settings.ts";
import { settingsTable } from "./settings.ts";

/** The Markdown of `docs/generated/configuration.md`. */
export function documentSettings(carrierTypes: CarrierTypes): string {
  const named = namedSettings(settingsTable(carrierTypes));
  const sections = named.flatMap(({ path, setting }) => documentLists(path, setting.type));
  return `${[INTRODUCTION, HEADER, ...named.map(row), "", ...sections].join("\n").trimEnd()}\n`;
}

const INTRODUCTION = `# Settings

This page is generated from the settings table; do not edit it.

A flag wins over the environment, the environment over the file, the file over the default. The file is
\`trunkline.yaml\`; a dot in a name below is one level of it. Unknown names are errors. A relative path counts from
the file's folder in the file, and from the working folder elsewhere.
`;

const HEADER = `| setting | environment | flag | expected | default | |
| --- | --- | --- | --- | --- | --- |`;

function row({ path, env, flag, setting }: NamedSetting): string {
  const names = [code(path), env === undefined ? "" : code(env), flag === undefined ? "" : code(`--${flag}`)];
  const notes = [setting.description, setting.secret ? "Secret." : "", setting.inFile ? "" : "Not in the file."];
  return cells([...names, expectation(setting.type), showDefault(setting), notes.filter(Boolean).join(" ")]);
}

function documentLists(path: string, type: ValueType<unknown>): string[] {
  if (type.kind !== "list") return [];
  const { item } = type;
  if (item.kind === "record") return [`## Each of \`${path}\``, "", ...fieldTable(item.fields), ""];
  if (item.kind !== "variant") return [];
  const variants = Object.entries(item.variants).flatMap(([name, fields]) => [
    `### With \`type: ${name}\``,
    "",
    ...fieldTable(fields),
    "",
  ]);
  const typeRow = cells([
    code("type"),
    `one of ${Object.keys(item.variants).join(", ")}`,
    "required",
    "Chooses the further keys.",
  ]);
  return [`## Each of \`${path}\``, "", ...fieldTable(item.common), typeRow, "", ...variants];
}

function fieldTable(fields: SettingTable): string[] {
  const rows = Object.entries(fields).flatMap(([key, field]) =>
    isSetting(field) ? [cells([code(key), expectation(field.type), showDefault(field), field.description])] : [],
  );
  return ["| key | expected | default | |", "| --- | --- | --- | --- |", ...rows];
}

function expectation(type: ValueType<unknown>): string {
  if (type.kind === "scalar") return type.expected;
  if (type.kind !== "list") return "a map";
  return type.item.kind === "scalar" ? `a list, each ${type.item.expected}` : "a list, see below";
}

function showDefault({ absence, type }: Setting<unknown>): string {
  if (absence.kind === "derived") return absence.rule.text;
  if (absence.kind === "required") return "required";
  if (absence.kind === "optional") return "none";
  if (Array.isArray(absence.value)) return "none";
  if (absence.value === "") return "empty";
  return code(type.kind === "scalar" && type.show !== undefined ? type.show(absence.value) : String(absence.value));
}

function code(text: string): string {
  return `\`${text}\``;
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
}
