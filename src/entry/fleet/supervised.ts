import { AppError, callerError } from "../../kernel/errors.ts";
import { INTERNAL_PREFIX, type FleetKey } from "../../platform/fleet/index.ts";
import { NOT_FOUND, type HttpRequest, type Mount } from "../../platform/http/index.ts";
import { readRunFile } from "../run-file.ts";
import { signedCall, type SignedCall } from "./signed-call.ts";

export const supervisedErrors = {
  noSupervisor: callerError(
    20409,
    409,
    "The processes of this system are not run by one supervisor on this machine; start it with --cells to have that.",
  ),
  noChaos: callerError(20006, 403, "Breaking things on purpose is switched off here; console.chaos switches it on."),
};

/** A cell takes a while to start. */
const START_LIMIT_MS = 60_000;
const MAX_FORM_OCTETS = 4_096;

export interface SupervisedOptions {
  readonly dataFolder: string;
  readonly fleetKey: FleetKey;
  readonly isOperator: (accountSid: string) => boolean;
  /** Whether processes may be killed to see what happens. */
  readonly chaos: boolean;
}

/**
 * The processes of a system on one machine, for the operator: `GET /trunkline/v1/Fleet/Processes`,
 * `POST …/Processes/{Name}/Kills` (ends one as a crash would) and `POST …/Fleet/Cells` (starts one more cell).
 * The supervisor is found by the run file of the data folder, so there is none on other machines.
 */
export function supervisedMounts(options: SupervisedOptions): Mount[] {
  const mount = (method: "GET" | "POST", path: string, run: (input: MountInput) => Promise<unknown>): Mount => ({
    method,
    path: `/trunkline/v1/Fleet${path}`,
    access: "main",
    run: async ({ principal, request, path: names }) => {
      if (!options.isOperator(principal?.accountSid ?? "")) throw new AppError(NOT_FOUND, { resource: request.target });
      const answer = await run({ request, name: names["Name"] ?? "" });
      const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
      return { status: method === "GET" ? 200 : 201, headers, body: `${JSON.stringify(answer)}\n` };
    },
  });
  return [
    mount("GET", "/Processes", () => ask(options, { method: "GET", target: "/nodes" })),
    mount("POST", "/Processes/{Name}/Kills", ({ name }) => {
      if (!options.chaos) throw new AppError(supervisedErrors.noChaos);
      return ask(options, { method: "POST", target: `/nodes/${encodeURIComponent(name)}/kill` });
    }),
    mount("POST", "/Cells", async ({ request }) => {
      const json = await wishOf(request);
      return ask(options, { method: "POST", target: "/cells", json, timeoutMs: START_LIMIT_MS });
    }),
  ];
}

interface MountInput {
  readonly request: HttpRequest;
  readonly name: string;
}

/** What kind of cell is wanted. What makes no sense is replaced by what is usual, by the supervisor. */
async function wishOf(request: HttpRequest): Promise<unknown> {
  const fields = new URLSearchParams((await request.readBody(MAX_FORM_OCTETS)).toString("utf8"));
  const first = (name: string): string | undefined => fields.get(name) ?? undefined;
  return { type: first("Type"), tier: first("Tier"), region: first("Region") };
}

async function ask({ dataFolder, fleetKey }: SupervisedOptions, call: SignedCall): Promise<unknown> {
  const run = await readRunFile(dataFolder);
  if (run === undefined || run.supervisorUrl === null) throw new AppError(supervisedErrors.noSupervisor);
  const target = `${INTERNAL_PREFIX}${call.target}`;
  const { status, json } = await signedCall(run.supervisorUrl, fleetKey, { ...call, target });
  if (status === 200) return json;
  if (status === 404) throw new AppError(NOT_FOUND, { resource: call.target });
  throw new Error(`the supervisor answers ${status} to ${call.target}`);
}
