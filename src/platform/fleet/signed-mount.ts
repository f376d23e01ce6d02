import { AppError, callerError } from "../../kernel/errors.ts";
import { headerOf, type HttpResponse, type Mount } from "../http/index.ts";
import type { Clock } from "../ports.ts";
import { FLEET_SIGNATURE_HEADER, type FleetKey } from "./fleet-key.ts";

/** Below this path processes of the system speak to each other. Edges refuse it. */
export const INTERNAL_PREFIX = "/trunkline/internal/v1";

export const fleetErrors = {
  unsigned: callerError(20006, 403, "Only processes of this system are answered here."),
  noJson: callerError(20001, 400, "The body must be JSON."),
};

const DEFAULT_MAX_BODY_OCTETS = 1024 * 1024;

/** A request of another process, proven to be one. */
export interface SignedMountCall {
  readonly path: Readonly<Record<string, string>>;
  readonly query: string;
  /** The body's JSON; `undefined` where there is no body. */
  readonly json: unknown;
}

/** An endpoint for the other processes of the system. */
export interface SignedEndpoint {
  readonly method: Mount["method"];
  /** Below {@link INTERNAL_PREFIX}, for example `/cells/{name}`. */
  readonly path: string;
  /** 1 MiB by default. */
  readonly maxBodyOctets?: number;
  /** Gives what is answered as JSON with 200, or a promise of it; `undefined` is 404. */
  readonly run: (call: SignedMountCall) => unknown;
}

/** The mount of an endpoint, which answers requests signed with the system's key and 403 to all others. */
export function signedMount(key: FleetKey, clock: Pick<Clock, "nowMs">, endpoint: SignedEndpoint): Mount {
  return {
    method: endpoint.method,
    path: `${INTERNAL_PREFIX}${endpoint.path}`,
    access: "public",
    run: async ({ request, path, query }): Promise<HttpResponse> => {
      const body = await request.readBody(endpoint.maxBodyOctets ?? DEFAULT_MAX_BODY_OCTETS);
      const { method, target } = request;
      const signature = headerOf(request.headers, FLEET_SIGNATURE_HEADER);
      if (!key.isSigned({ method, target, body }, signature, clock.nowMs())) throw new AppError(fleetErrors.unsigned);
      const answer = await endpoint.run({ path, query, json: body.length === 0 ? undefined : parse(body) });
      const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
      return answer === undefined
        ? { status: 404, headers, body: "null\n" }
        : { status: 200, headers, body: `${JSON.stringify(answer)}\n` };
    },
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    throw new AppError(fleetErrors.noJson);
  }
}
