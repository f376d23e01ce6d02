import { AppError, callerError } from "../../kernel/errors.ts";
import {
  headerOf,
  type HttpRequest,
  type HttpResponse,
  type Mount,
  type MountCall,
} from "../../platform/http/index.ts";
import { echoMount } from "./echo-app.ts";
import { checkOwnMachine, foreignHost } from "./own-machine.ts";
import type { Simulator } from "./simulator.ts";

const MAX_BODY_OCTETS = 16_384;
const DEFAULT_LIMIT = 50;

export const simulatorErrors = {
  foreignHost,
  noJson: callerError(20001, 400, "The body must be a JSON object with Content-Type application/json."),
};

/**
 * The simulated phones over HTTP: list them, read one, text from one, and set faults.
 * Without credentials, because they exist for development; but only for requests that name
 * this machine, and that no foreign web page can make a browser send.
 */
export function simulatorMounts(simulator: Simulator): Mount[] {
  const mount = (method: "GET" | "POST", path: string, run: (call: MountCall) => unknown): Mount => ({
    method,
    path: `/simulator${path}`,
    access: "public",
    run: async (call) => {
      checkOwnMachine(call.request);
      return json(await run(call));
    },
  });
  return [
    mount("GET", "/phones", ({ query }) => {
      const asked = new URLSearchParams(query);
      const cursor = asked.get("cursor");
      return simulator.listPhones({ limit: limitOf(asked), ...(cursor === null ? {} : { cursor }) });
    }),
    mount("GET", "/phones/{number}/messages", ({ path, query }) => ({
      messages: simulator.phoneMessages(path.number ?? "", { limit: limitOf(new URLSearchParams(query)) }),
    })),
    mount("POST", "/phones/{number}/messages", async ({ path, request }) => {
      const { to, body } = await readObject(request);
      return simulator.sendFromPhone({ from: path.number ?? "", to: textOf(to), body: textOf(body) });
    }),
    mount("GET", "/faults", () => simulator.getFaults()),
    mount("POST", "/faults", async ({ request }) => simulator.setFaults(await readObject(request))),
    mount("GET", "/binds", () => ({ binds: simulator.binds })),
    echoMount(),
  ];
}

/** JSON only: a page on another site cannot send it without asking first, and nobody answers that question. */
async function readObject(request: HttpRequest): Promise<Record<string, unknown>> {
  const type = headerOf(request.headers, "content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw new AppError(simulatorErrors.noJson);
  const text = (await request.readBody(MAX_BODY_OCTETS)).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below, with everything else that is no object.
  }
  throw new AppError(simulatorErrors.noJson);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get("limit") ?? DEFAULT_LIMIT);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, 1_000) : DEFAULT_LIMIT;
}

function json(value: unknown): HttpResponse {
  return { status: 200, headers: ["Content-Type", "application/json"], body: `${JSON.stringify(value)}\n` };
}
