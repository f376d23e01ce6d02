import type { HttpResponse, TakeConnection } from "./message.ts";
import type { Mount, MountCall } from "./mount.ts";

/** A place where clients go on in another protocol (RFC 9110 §7.8). */
export interface UpgradeMount {
  /** As that of a {@link Mount}. */
  readonly path: string;
  /** In lower case, for example `websocket`. */
  readonly protocol: string;
  /**
   * Decides about a client that offers the protocol: gives what `take` made, and then the connection is handed
   * over; or another answer; or throws an `AppError`. The request came through everything that requests come through.
   */
  readonly run: (call: MountCall, take: (by: TakeConnection) => HttpResponse) => Promise<HttpResponse> | HttpResponse;
}

/** The mount for `mounts`. Who does not offer the protocol, or cannot (HTTP/2), is answered 426 (RFC 9110 §15.5.22). */
export function upgradeMount({ path, protocol, run }: UpgradeMount): Mount {
  return {
    method: "GET",
    path,
    access: "public",
    run: (call) => {
      const offer = call.request.upgrade;
      if (offer === undefined || !offer.protocols.includes(protocol)) return upgradeRequired(protocol);
      return run(call, (by) => {
        offer.accept(by);
        return { status: 101, headers: [] };
      });
    },
  };
}

/** Names what is spoken here, so that nobody has to guess. */
function upgradeRequired(protocol: string): HttpResponse {
  return {
    status: 426,
    headers: [
      "Connection",
      "upgrade",
      "Upgrade",
      protocol,
      "Content-Type",
      "text/plain; charset=utf-8",
      "Cache-Control",
      "no-store",
    ],
    body: `This path speaks ${protocol}.\n`,
  };
}
