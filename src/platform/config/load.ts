/** Brings together what flags, environment, file and defaults say. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { didYouMean } from "./closest.ts";
import type { FileNode, Position } from "./file-tree.ts";
import { MAX_FILE_OCTETS, readFileTree } from "./file-tree.ts";
import type { SettingsProblem } from "./problems.ts";
import { SettingsError } from "./problems.ts";
import type { ReadContext } from "./read-value.ts";
import { mismatch, readValue, takeEntries } from "./read-value.ts";
import type { NamedSetting, Setting, SettingTable } from "./schema.ts";
import { ENV_PREFIX, isSetting, namedSettings } from "./schema.ts";
import type { CarrierTypes, Settings } from "./settings.ts";
import { CROSS_CHECKS, settingsTable } from "./settings.ts";

const DEFAULT_FILE = "trunkline.yaml";

/** What somebody typed, exported or wrote. */
export interface LoadInput<V extends CarrierTypes> {
  /** By flag name without dashes; `true` for a switch. Flags that are no settings must be left out. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working folder, absolute. */
  readonly cwd: string;
  readonly carrierTypes: V;
}

/**
 * The complete settings, frozen: a flag wins over the environment, that over the
 * file, that over the default. An empty variable counts as not given. Throws
 * {@link SettingsError} with everything that is wrong.
 */
export function loadSettings<V extends CarrierTypes>(input: LoadInput<V>): Settings<V> {
  const table = settingsTable(input.carrierTypes);
  const loading = new Loading(input, table);
  loading.readFile();
  loading.readEnvironmentAndFlags();
  loading.fillDefaults();
  loading.finish();
  const settings = loading.build(table, "") as Settings<V>;
  loading.crossCheck(settings);
  loading.finish();
  return settings;
}

class Loading {
  private readonly input: LoadInput<CarrierTypes>;
  private readonly table: SettingTable;
  private readonly named: readonly NamedSetting[];
  private readonly values = new Map<string, unknown>();
  private readonly origins = new Map<string, string>();
  private readonly problems: SettingsProblem[] = [];

  constructor(input: LoadInput<CarrierTypes>, table: SettingTable) {
    this.input = input;
    this.table = table;
    this.named = namedSettings(table);
  }

  readFile(): void {
    const { flags, env, cwd } = this.input;
    const flag = typeof flags["config"] === "string" ? flags["config"] : undefined;
    const given = flag ?? (env["TRUNKLINE_CONFIG"] || undefined);
    const file = resolve(cwd, given ?? DEFAULT_FILE);
    if (given === undefined && !existsSync(file)) return;
    const shown = showPath(file, cwd);
    const source = readBounded(file);
    if ("problem" in source) {
      const where = flag === undefined ? (given === undefined ? shown : "TRUNKLINE_CONFIG") : "--config";
      this.problems.push({ where, message: `cannot read ${shown}: ${source.problem}` });
      return;
    }
    this.values.set("config", file);
    const tree = readFileTree(source.text);
    const context = this.fileContext(shown, dirname(file));
    for (const problem of tree.problems) context.complain(problem.at, problem.message);
    this.readGroup(this.table, tree.root, "", context);
  }

  private fileContext(shown: string, folder: string): ReadContext {
    const name = (at: Position): string => `${shown}:${at.line}:${at.column}`;
    return {
      folder,
      complain: (at, message) => this.problems.push({ where: name(at), message }),
      noteOrigin: (path, at) => this.origins.set(path, name(at)),
    };
  }

  private readGroup(table: SettingTable, node: FileNode, path: string, context: ReadContext): void {
    if (node.kind === "empty") return;
    if (node.kind !== "map") {
      context.complain(node.at, `${path === "" ? "the file" : path}: expected a map of settings`);
      return;
    }
    const known = Object.fromEntries(Object.entries(table).filter(([, entry]) => !isSetting(entry) || entry.inFile));
    for (const [key, { value }] of takeEntries(node.entries, known, path, context)) {
      const entry = known[key];
      const childPath = path === "" ? key : `${path}.${key}`;
      if (entry === undefined) continue;
      if (!isSetting(entry)) this.readGroup(entry, value, childPath, context);
      else {
        const read = readValue(entry.type, { node: value, path: childPath, secret: entry.secret }, context);
        this.values.set(childPath, read);
      }
    }
  }

  readEnvironmentAndFlags(): void {
    const { flags, env } = this.input;
    this.complainOfUnknown();
    for (const { path, env: variable, flag, setting } of this.named) {
      if (variable === undefined || flag === undefined) continue;
      const fromEnv = env[variable];
      if (fromEnv !== undefined && fromEnv !== "" && !isServiceLink(variable, fromEnv)) {
        this.readText(path, setting, { text: fromEnv, where: variable });
      }
      const fromFlag = flags[flag];
      if (fromFlag !== undefined) this.readText(path, setting, { text: String(fromFlag), where: `--${flag}` });
    }
  }

  private complainOfUnknown(): void {
    const flagNames = this.named.flatMap(({ flag }) => flag ?? []);
    for (const [flag, value] of Object.entries(this.input.flags)) {
      if (value === undefined || flagNames.includes(flag)) continue;
      this.problems.push({ where: `--${flag}`, message: `unknown flag${didYouMean(flag, flagNames)}` });
    }
    const variables = this.named.flatMap(({ env }) => env ?? []);
    for (const [variable, value] of Object.entries(this.input.env)) {
      if (!variable.startsWith(ENV_PREFIX) || !value || variables.includes(variable)) continue;
      if (isServiceLink(variable, value)) continue;
      this.problems.push({ where: variable, message: `unknown setting${didYouMean(variable, variables)}` });
    }
  }

  private readText(path: string, setting: Setting<unknown>, given: { text: string; where: string }): void {
    if (setting.type.kind !== "scalar") return;
    const value = setting.type.read(given.text, this.input.cwd);
    this.origins.set(path, given.where);
    this.values.set(path, value);
    if (value === undefined) {
      this.problems.push({ where: given.where, message: mismatch(setting.type, given.text, setting.secret) });
    }
  }

  /** Fixed defaults first, so that derived ones can read them. */
  fillDefaults(): void {
    for (const { path, setting } of this.named) {
      if (this.values.has(path) || setting.absence.kind !== "default") continue;
      const { value } = setting.absence;
      const resolved =
        setting.type.kind === "scalar" && typeof value === "string" ? setting.type.read(value, this.input.cwd) : value;
      this.values.set(path, resolved);
    }
    if (this.problems.length > 0) return;
    for (const { path, setting } of this.named) {
      if (this.values.has(path) || setting.absence.kind !== "derived") continue;
      this.values.set(
        path,
        setting.absence.rule.from((other) => this.values.get(other)),
      );
    }
  }

  crossCheck(settings: Settings): void {
    for (const check of CROSS_CHECKS) {
      const found = check(settings);
      if (found === undefined) continue;
      this.problems.push({
        where: this.origins.get(found.path) ?? "default",
        message: `${found.path}: ${found.message}`,
      });
    }
  }

  build(table: SettingTable, path: string): unknown {
    const entries = Object.entries(table).map(([key, entry]) => {
      const childPath = path === "" ? key : `${path}.${key}`;
      return [key, isSetting(entry) ? deepFreeze(this.values.get(childPath)) : this.build(entry, childPath)];
    });
    return Object.freeze(Object.fromEntries(entries));
  }

  finish(): void {
    if (this.problems.length > 0) throw new SettingsError(this.problems);
  }
}

function readBounded(file: string): { text: string } | { problem: string } {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return { problem: "it is no file" };
    if (stat.size > MAX_FILE_OCTETS) return { problem: `it is larger than ${MAX_FILE_OCTETS} octets` };
    return { text: readFileSync(file, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return { problem: { ENOENT: "there is no such file", EACCES: "permission denied" }[code] ?? code };
  }
}

function showPath(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short.startsWith("..") ? file : short;
}

/**
 * Kubernetes gives every pod variables about the services beside it, and those of
 * a service called trunkline look like settings of ours (`TRUNKLINE_PORT=tcp://10.0.0.1:8080`).
 */
function isServiceLink(variable: string, value: string): boolean {
  if (variable.endsWith("_PORT")) return /^(tcp|udp|sctp):\/\//.test(value);
  return /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
