import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure, defineCommand, EXIT, UsageError, type CommandContext } from "../../platform/cli/index.ts";
import { CELL_TYPES, FleetKey, INTERNAL_PREFIX, TIERS } from "../../platform/fleet/index.ts";
import { loadMasterKey } from "../../platform/secrets/index.ts";
import { authorization, callForJson } from "../call-api.ts";
import { cellsText, endOfMove, moveText, type ShownMove } from "../cells-text.ts";
import { findRunning, locationSettings, type RunningHere } from "../find-running.ts";
import type { FleetStatus } from "../fleet/fleet-status.ts";
import { signedCall, type SignedCall } from "../fleet/signed-call.ts";

const ACTIONS = ["list", "add", "drain", "open", "move", "remove", "kill"] as const;
type Action = (typeof ACTIONS)[number];

const WATCH_MS = 1_000;
const POLL_MS = 300;
const START_LIMIT_MS = 60_000;
const CLEAR_SCREEN = "\u001b[2J\u001b[H";
/** How long is waited for what an old cell still works at. */
const TAIL_LIMIT_MS = 5_000;

interface Typed {
  readonly context: CommandContext;
  readonly run: RunningHere;
  readonly api: OperatorApi;
  readonly subject: string;
  readonly options: {
    readonly to: string | undefined;
    readonly type: string;
    readonly tier: string;
    readonly region: string | undefined;
    readonly watch: boolean;
    readonly json: boolean;
  };
}

export const cells = defineCommand({
  name: "cells",
  summary: "look at the cells; add, drain and remove them; move an account",
  description:
    "Works with the cells of the running Trunkline as its operator. Without an action it lists them with type, tier, " +
    "region, accounts, load and health; with --watch again and again. “add” starts one more on this machine; “drain " +
    "CELL” places no more accounts there and moves those that it has; “open CELL” undoes that; “remove CELL” ends one " +
    "without accounts; “move ACCOUNT” moves an account, to the cell of --to or to the one with the most room. “kill " +
    "CELL” ends a process as a crash would, to see what happens: it is started again.",
  example: "npx trunkline cells move AC01a1fc044b01700080003c81c6f31209 --to messaging-2",
  options: {
    to: { type: "text", placeholder: "cell", description: "Where to; with move." },
    type: { type: "text", placeholder: "type", choices: CELL_TYPES, default: "messaging", description: "With add." },
    tier: { type: "text", placeholder: "tier", choices: TIERS, default: "smb", description: "With add." },
    region: { type: "text", placeholder: "region", description: "With add. Without it, that of the first cell." },
    watch: { type: "switch", short: "w", description: "List again every second, until Ctrl-C." },
    json: { type: "switch", description: "Print what the API answers." },
  },
  words: [
    { name: "action", description: `One of ${ACTIONS.join(", ")}; list where it is missing.`, required: false },
    { name: "subject", description: "The cell or the account.", required: false },
  ],
  settings: locationSettings,
  run: async (context, { options, words, settingFlags }) => {
    const [word = "list", subject = ""] = words;
    const action = ACTIONS.find((name) => name === word);
    if (action === undefined) throw new UsageError(`there is no action “${word}”; there are ${ACTIONS.join(", ")}`);
    const needsSubject = !["list", "add"].includes(action);
    if (needsSubject && subject === "") throw new UsageError(`“${action}” needs a name`);
    const run = await findRunning(context, settingFlags);
    await RUN[action]({ context, run, api: new OperatorApi(run), subject, options });
    return EXIT.ok;
  },
});

/** The API of the control plane, as the operator. */
class OperatorApi {
  private readonly run: RunningHere;

  constructor(run: RunningHere) {
    this.run = run;
  }

  get<T>(path: string): Promise<T> {
    return callForJson(`${this.run.baseUrl}/trunkline/v1${path}`, {
      headers: { Authorization: authorization(this.run) },
    }) as Promise<T>;
  }

  post<T>(path: string, form: Readonly<Record<string, string>>): Promise<T> {
    return callForJson(`${this.run.baseUrl}/trunkline/v1${path}`, {
      method: "POST",
      headers: { Authorization: authorization(this.run), "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    }) as Promise<T>;
  }

  async delete(path: string): Promise<void> {
    await callForJson(`${this.run.baseUrl}/trunkline/v1${path}`, {
      method: "DELETE",
      headers: { Authorization: authorization(this.run) },
    });
  }
}

const RUN: Readonly<Record<Action, (typed: Typed) => Promise<void>>> = {
  list: async ({ context, api, options }) => {
    do {
      const status = await api.get<FleetStatus>("/Fleet");
      const text = options.json ? `${JSON.stringify(status, null, 2)}\n` : cellsText(status);
      context.stdout.write(options.watch && context.stdout.isTty ? CLEAR_SCREEN + text : text);
      if (options.watch) await sleep(WATCH_MS);
    } while (options.watch);
  },
  add: async ({ context, run, api, options }) => {
    const region = options.region ?? (await api.get<FleetStatus>("/Fleet")).cells[0]?.region ?? "us1";
    const json = { type: options.type, tier: options.tier, region };
    const answer = await supervisor(run, { method: "POST", target: "/cells", json, timeoutMs: START_LIMIT_MS });
    print(context, options.json, answer, `${(answer as { name: string }).name} runs and takes accounts.`);
  },
  drain: async ({ context, api, subject, options }) => {
    await api.post(`/Cells/${subject}`, { State: "draining" });
    let moved = 0;
    for (;;) {
      const page = await api.get<{ accounts: string[] }>(`/Cells/${subject}/Accounts`);
      if (page.accounts.length === 0) break;
      for (const account of page.accounts) {
        await moveAccount({ context, api }, { AccountSid: account });
        moved += 1;
      }
    }
    print(context, options.json, { cell: subject, moved }, `${subject} has no accounts any more; ${moved} were moved.`);
  },
  open: async ({ context, api, subject, options }) => {
    const answer = await api.post(`/Cells/${subject}`, { State: "open" });
    print(context, options.json, answer, `${subject} takes accounts again.`);
  },
  move: async ({ context, api, subject, options }) => {
    const form = { AccountSid: subject, ...(options.to === undefined ? {} : { To: options.to }) };
    const move = await moveAccount({ context, api }, form);
    if (options.json) context.stdout.write(`${JSON.stringify(move, null, 2)}\n`);
  },
  remove: async ({ context, run, api, subject, options }) => {
    const { moves } = await api.get<{ moves: ShownMove[] }>("/Moves?PageSize=1000");
    const busy = moves.find((move) => move.from === subject && endOfMove(move) === undefined);
    if (busy !== undefined) throw new CommandFailure(`${subject} still works for a move: ${moveText(busy)}`);
    await api.delete(`/Cells/${subject}`);
    if (run.supervisorUrl !== null) await supervisor(run, { method: "DELETE", target: `/cells/${subject}` });
    const text = `${subject} is removed. Its database and its folder are left.`;
    print(context, options.json, { removed: subject }, text);
  },
  kill: async ({ context, run, subject, options }) => {
    const answer = await supervisor(run, { method: "POST", target: `/nodes/${subject}/kill` });
    print(context, options.json, answer, `${subject} (process ${(answer as { pid: number }).pid}) is killed.`);
  },
};

/**
 * Starts a move and shows how far it is until it is over, or until nothing is left but what the old cell still
 * works at, which may take as long as a carrier's receipts do. Throws a CommandFailure where it failed.
 */
async function moveAccount(
  { context, api }: Pick<Typed, "context" | "api">,
  form: Readonly<Record<string, string>>,
): Promise<ShownMove> {
  let move = await api.post<ShownMove>("/Moves", form);
  let shown = "";
  let endMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const line = moveText(move);
    if (line !== shown) context.stderr.write(`${line}\n`);
    shown = line;
    const end = endOfMove(move);
    if (end === "failed") throw new CommandFailure(line);
    if (end === "done") return move;
    if (move.step !== "tail") endMs = performance.now() + TAIL_LIMIT_MS;
    if (performance.now() > endMs) {
      context.stderr.write(`${move.to} serves the account; ${move.from} hands over the rest by itself.\n`);
      return move;
    }
    await sleep(POLL_MS);
    move = await api.get<ShownMove>(`/Moves/${move.sid}`);
  }
}

/** Speaks to whoever runs the processes of this machine. */
async function supervisor(run: RunningHere, call: SignedCall): Promise<unknown> {
  if (run.supervisorUrl === null) {
    throw new CommandFailure(
      "this Trunkline is one process. Start it with --cells messaging=2 for cells that are processes of their own; " +
        "cells on other machines are started there with “trunkline cell”.",
    );
  }
  const key = new FleetKey(await loadMasterKey(run.dataFolder));
  const target = `${INTERNAL_PREFIX}${call.target}`;
  const { status, json } = await signedCall(run.supervisorUrl, key, { ...call, target });
  if (status === 200) return json;
  const { message } = (json ?? {}) as { message?: string };
  throw new CommandFailure(status === 404 ? `there is no such process here` : `refused: ${message ?? status}`);
}

function print(context: CommandContext, isJson: boolean, answer: unknown, text: string): void {
  context.stdout.write(isJson ? `${JSON.stringify(answer, null, 2)}\n` : `${text}\n`);
}
