import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { authorization, callApi } from "../call-api.ts";
import type { RunningHere } from "../find-running.ts";
import { isOurs, type Environment } from "../program-environment.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";

interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

/** Whether a system that was not stopped in order has left its traces. */
export async function checkNothingRuns(dataFolder: string): Promise<Finding> {
  const left = await readFile(join(dataFolder, "run.json"), "utf8").catch(() => undefined);
  const start = "Start it with: npx trunkline up";
  if (left === undefined) return doubtful("system", "nothing is running with this data folder", start);
  return doubtful("system", "is not running, and was not stopped in order", `${start}. It recovers by itself.`);
}

/** What a system that runs says about itself. */
export async function checkRunning(run: RunningHere): Promise<Finding[]> {
  const name = "system";
  const runs = good(name, `runs as process ${run.pid} on ${run.baseUrl}`);
  const health = await ask(`${run.baseUrl}/healthz`);
  if (typeof health === "string" || health.status !== 200) {
    const detail = typeof health === "string" ? health : `/healthz answers ${health.status}`;
    const fix = `See its log. If process ${run.pid} is not Trunkline, remove ${join(run.dataFolder, "run.json")}.`;
    return [wrong(name, `process ${run.pid} runs, but ${detail}`, fix)];
  }
  return [runs, ...(await checkReadiness(run)), ...(await checkAccess(run))];
}

async function checkReadiness(run: RunningHere): Promise<Finding[]> {
  const answer = await ask(`${run.baseUrl}/readyz`);
  if (typeof answer === "string") return [wrong("readiness", answer, "See its log.")];
  let readiness: Readiness;
  try {
    readiness = JSON.parse(answer.text) as Readiness;
  } catch {
    return [wrong("readiness", `/readyz answers ${answer.status} in words of its own`, "See its log.")];
  }
  return readiness.checks.map(({ name, ok, detail }) => {
    // A system whose carriers are down is ready to take messages, and still nothing goes out.
    const carriersDown = name === "carriers" && detail.startsWith("down: ");
    if (ok && !carriersDown) return good(name, detail);
    return wrong(name, detail, FIXES[name] ?? "See its log.");
  });
}

const FIXES: Readonly<Record<string, string>> = {
  carriers:
    "See in the log why they do not bind: address, user and secret in trunkline.yaml, the carrier's own allow list.",
  log: "Free space on the disk and see that it can be written to, then start again.",
};

/** The account can be fetched only with the database, and with the right token. */
async function checkAccess(run: RunningHere): Promise<Finding[]> {
  const url = `${run.baseUrl}/2010-04-01/Accounts/${run.accountSid}/IncomingPhoneNumbers.json?PageSize=1`;
  const answer = await ask(url, authorization(run));
  if (typeof answer === "string") return [wrong("API", answer, "See its log.")];
  if (answer.status === 200) return [good("API", "answers the first account, and has its database")];
  if (answer.status === 401) {
    const fix = "The token was changed since the start. Start again, so that env, send and phones know the new one.";
    return [doubtful("API", "does not take the auth token of the run file", fix)];
  }
  const fix = "See its log; most likely it does not reach its database.";
  return [wrong("API", `answers ${answer.status} to the first account`, fix)];
}

async function ask(url: string, authorizationHeader?: string) {
  const headers = authorizationHeader === undefined ? {} : { Authorization: authorizationHeader };
  return callApi(url, { headers }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
}

/** Whether the shell that this was typed into leads its programs to the system that runs. */
export function checkShell(env: Environment, run: RunningHere | undefined): Finding[] {
  if (!isOurs(env)) return [];
  const name = "this shell";
  const proxy = env["HTTPS_PROXY"] ?? "";
  const renew = 'eval "$(npx trunkline env)"';
  if (run === undefined) {
    const fix = `Start it and run: ${renew}, or undo it with: eval "$(npx trunkline env --unset)"`;
    return [wrong(name, `leads its programs to ${proxy}, where nothing of this data folder runs`, fix)];
  }
  if (proxy === run.baseUrl && env["TWILIO_AUTH_TOKEN"] === run.authToken) {
    return [good(name, "leads its programs to this system")];
  }
  return [wrong(name, `leads its programs to ${proxy} as another start was`, `Run again: ${renew}`)];
}
