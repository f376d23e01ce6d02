import { AppError, callerError } from "../../kernel/errors.ts";
import { headerOf, type HttpRequest } from "../../platform/http/index.ts";

/** For whoever asks from elsewhere, or under a name that is not of this machine. */
export const foreignHost = callerError(
  20006,
  403,
  "The simulated phones answer only to this machine, and under a name of it.",
);

const LOOPBACK_PEER = /^(::ffff:)?127\.|^::1$/;
const OWN_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Only this machine asks, also where the API listens to all the world. And a page on
 * another site may point its name at this machine; its requests then carry that name.
 */
export function checkOwnMachine({ peer, headers }: HttpRequest): void {
  const host = (headerOf(headers, "host") ?? "").replace(/:\d+$/, "");
  if (!LOOPBACK_PEER.test(peer) || !OWN_NAMES.has(host)) throw new AppError(foreignHost);
}
