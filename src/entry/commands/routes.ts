import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../../kernel/errors.ts";
import { partsOf, TRAFFIC_CLASSES } from "../../modules/routing/index.ts";
import { CommandFailure, defineCommand, EXIT, UsageError, type CommandContext } from "../../platform/cli/index.ts";
import { authorization, callForJson } from "../call-api.ts";
import { findRunning, locationSettings, type RunningHere } from "../find-running.ts";
import {
  comparisonText,
  explanationText,
  publicationText,
  tableListText,
  tableText,
  type ShownComparison,
  type ShownExplanation,
  type ShownPublication,
  type ShownTable,
} from "../routes-text.ts";

const MAX_FILE_OCTETS = 64 * 1024 * 1024;
const LIST_LENGTH = 20;
const DAY_MS = 86_400_000;
const ACTIONS = ["list", "show", "publish", "rollback", "explain", "what-if"] as const;
type Action = (typeof ACTIONS)[number];

/** What was typed. */
interface Typed {
  readonly context: CommandContext;
  readonly api: RoutingApi;
  readonly subject: string | undefined;
  readonly options: {
    readonly reason: string | undefined;
    readonly to: string | undefined;
    readonly from: string | undefined;
    readonly body: string | undefined;
    readonly class: string | undefined;
    readonly table: number | undefined;
    readonly day: string | undefined;
    readonly limit: number;
    readonly json: boolean;
  };
}

export const routes = defineCommand({
  name: "routes",
  summary: "look at, try and publish routing tables",
  description:
    "Works with the routing tables of the running Trunkline as its operator. “list” shows the versions and what was " +
    "published; “show VERSION” one of them; “publish FILE” (or a version's number) makes a table of a JSON file and " +
    "publishes it; “rollback” publishes what was active before; “explain” says which carriers a message would take " +
    "and why; “what-if FILE” (or a version's number) says what the table would have changed for the messages of a day.",
  example: "npx trunkline routes explain --from +15005550100 --to +15551234567",
  options: {
    reason: { type: "text", placeholder: "text", description: "Why, for the audit; with publish and rollback." },
    to: { type: "text", placeholder: "number", description: "The recipient; with explain." },
    from: {
      type: "text",
      placeholder: "sender",
      description: "The sender; with explain. Without it, the first number.",
    },
    body: { type: "text", short: "b", placeholder: "text", description: "The text; with explain." },
    class: {
      type: "text",
      placeholder: "class",
      choices: TRAFFIC_CLASSES,
      description: "The class of traffic; with explain.",
    },
    table: {
      type: "integer",
      placeholder: "version",
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      description: "The version to explain by. Without it, the active one.",
    },
    day: {
      type: "text",
      placeholder: "date",
      description: "The day in UTC, such as 2025-01-31; with what-if. Without it, the last 24 hours.",
    },
    limit: {
      type: "integer",
      placeholder: "count",
      min: 1,
      max: 1_000_000,
      default: 100_000,
      description: "The most messages that what-if looks at.",
    },
    cell: {
      type: "text",
      placeholder: "cell",
      description: "Of which cell, where there are several: each has its own tables. Without it, messaging-1.",
    },
    json: { type: "switch", description: "Print what the API answers." },
  },
  words: [
    { name: "action", description: `One of ${ACTIONS.join(", ")}.`, required: true },
    { name: "table", description: "A version's number or a file with a table.", required: false },
  ],
  settings: locationSettings,
  run: async (context, { options, words, settingFlags }) => {
    const [word = "", subject] = words;
    const action = ACTIONS.find((name) => name === word);
    if (action === undefined) throw new UsageError(`there is no action “${word}”; there are ${ACTIONS.join(", ")}`);
    checkWords(action, subject, options);
    const api = new RoutingApi(await findRunning(context, settingFlags), options.cell);
    const { answer, text } = await RUN[action]({ context, api, subject, options });
    context.stdout.write(options.json ? `${JSON.stringify(answer, null, 2)}\n` : text);
    return EXIT.ok;
  },
});

function checkWords(action: Action, subject: string | undefined, options: Typed["options"]): void {
  const needsSubject = action === "show" || action === "publish" || action === "what-if";
  if (needsSubject && subject === undefined) throw new UsageError(`“${action}” needs a version's number or a file`);
  if (!needsSubject && subject !== undefined) throw new UsageError(`“${action}” takes nothing else`);
  const needsReason = action === "publish" || action === "rollback";
  if (needsReason && options.reason === undefined) throw new UsageError("--reason is missing: why, for the audit");
  if (action === "explain" && options.to === undefined) throw new UsageError("--to is missing: the recipient");
  if (options.day !== undefined && Number.isNaN(dayOf(options.day))) {
    throw new UsageError(`--day expects a date such as 2025-01-31, got “${options.day}”`);
  }
}

/** What an action came to: the API's answer, and the same for people. */
interface Shown {
  readonly answer: unknown;
  readonly text: string;
}

const RUN: Readonly<Record<Action, (typed: Typed) => Promise<Shown>>> = {
  async list({ api }) {
    const { tables } = await api.get<{ tables: ShownTable[] }>(`Tables?PageSize=${LIST_LENGTH}`);
    const { publications } = await api.get<{ publications: ShownPublication[] }>(
      `Publications?PageSize=${LIST_LENGTH}`,
    );
    return { answer: { tables, publications }, text: tableListText(tables, publications) };
  },
  async show({ api, subject = "" }) {
    if (!isVersion(subject)) throw new UsageError(`“show” expects a version's number, got “${subject}”`);
    const table = await api.get<ShownTable>(`Tables/${subject}`);
    return { answer: table, text: tableText(table) };
  },
  async publish(typed) {
    const { api, options } = typed;
    const version = await versionOf(typed);
    const form = { Version: String(version), Reason: options.reason ?? "" };
    const publication = await api.post<ShownPublication>("Publications", form);
    return { answer: publication, text: publicationText(publication) };
  },
  async rollback({ api, options }) {
    const publication = await api.post<ShownPublication>("Rollbacks", { Reason: options.reason ?? "" });
    return { answer: publication, text: publicationText(publication) };
  },
  async explain({ api, options }) {
    const from = options.from ?? api.from;
    if (from === null) throw new UsageError("--from is missing, and the account has no number");
    const explanation = await api.post<ShownExplanation>("Explanations", {
      To: options.to ?? "",
      From: from,
      ...(options.body === undefined ? {} : { Body: options.body }),
      ...(options.class === undefined ? {} : { TrafficClass: options.class }),
      ...(options.table === undefined ? {} : { TableVersion: String(options.table) }),
    });
    return { answer: explanation, text: explanationText(explanation) };
  },
  async "what-if"(typed) {
    const { api, options } = typed;
    const form: Record<string, string> = { TableVersion: String(await versionOf(typed)), Limit: String(options.limit) };
    if (options.day !== undefined) {
      const startMs = dayOf(options.day);
      form["StartTime"] = new Date(startMs).toISOString();
      form["EndTime"] = new Date(startMs + DAY_MS).toISOString();
    }
    const comparison = await api.post<ShownComparison>("Comparisons", form);
    return { answer: comparison, text: comparisonText(comparison) };
  },
};

function isVersion(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function dayOf(day: string): number {
  return /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
}

/** The version that is named, or one that is made of the file that is named. */
async function versionOf({ api, subject = "", context, options }: Typed): Promise<number> {
  if (isVersion(subject)) return Number(subject);
  const table = await api.upload(await readTable(resolve(context.cwd, subject)), subject);
  if (!options.json) context.stdout.write(`${subject} is version ${table.version}\n`);
  return table.version;
}

async function readTable(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_OCTETS) throw new CommandFailure(`${path} is longer than ${MAX_FILE_OCTETS} octets`);
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The routing resources of a system on this machine. */
class RoutingApi {
  readonly from: string | null;
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(run: RunningHere, cell: string | undefined) {
    this.base = `${run.baseUrl}/trunkline/v1/Routing`;
    this.headers = { Authorization: authorization(run), ...(cell === undefined ? {} : { "X-Trunkline-Cell": cell }) };
    this.from = run.from;
  }

  async get<T>(path: string): Promise<T> {
    return (await callForJson(`${this.base}/${path}`, { headers: this.headers })) as T;
  }

  post<T>(path: string, form: Readonly<Record<string, string>>): Promise<T> {
    return this.send(path, "application/x-www-form-urlencoded", new URLSearchParams(form).toString());
  }

  /** Makes a version of a table, sent in parts because a table may be longer than a request. */
  async upload(document: unknown, note: string): Promise<ShownTable> {
    const draft = await this.postJson<ShownTable>("Tables", { note });
    let part = 0;
    for (const content of cut(document)) {
      await this.postJson(`Tables/${draft.version}/Parts/${part}`, content);
      part += 1;
    }
    return this.post(`Tables/${draft.version}`, { Status: "complete" });
  }

  private postJson<T>(path: string, body: unknown): Promise<T> {
    return this.send(path, "application/json", JSON.stringify(body));
  }

  private async send<T>(path: string, type: string, body: string): Promise<T> {
    const headers = { ...this.headers, "Content-Type": type };
    return (await callForJson(`${this.base}/${path}`, { method: "POST", headers, body })) as T;
  }
}

function cut(document: unknown): readonly unknown[] {
  try {
    return [...partsOf(document)];
  } catch (error) {
    if (error instanceof AppError) throw new CommandFailure(error.message, { cause: error });
    throw error;
  }
}
