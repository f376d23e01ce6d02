import { AppError } from "../../../kernel/errors.ts";
import { headerOf, NOT_FOUND, type HttpRequest, type HttpResponse } from "../../../platform/http/index.ts";
import { consoleErrors } from "../errors.ts";
import type { Permission } from "../permissions.ts";
import type { ConsoleDoorOptions } from "./options.ts";
import { passAnswer } from "./sub-request.ts";
import type { Visitor } from "./visitors.ts";

const PREFIX = "/console/api/simulator";
const ABSOLUTE_TARGET = /^https?:\/\/[^/?#]*/i;
/** What there is, and nothing else. */
const PHONES = /^\/(?:phones(?:\/[^/?#]{1,64}\/messages)?|binds|faults)$/;
const MAX_BODY_OCTETS = 16_384;

/** Asks the simulated phones for somebody who may. To them it is a request of this machine, because the door has looked who asks. */
export async function askSimulator(
  { simulator }: Pick<ConsoleDoorOptions, "simulator">,
  request: HttpRequest,
  { permissions }: Visitor,
): Promise<HttpResponse> {
  const rest = request.target.replace(ABSOLUTE_TARGET, "").slice(PREFIX.length);
  const [pathname = ""] = rest.split("?");
  const isRead = request.method === "GET";
  if (simulator === undefined || !PHONES.test(pathname)) throw new AppError(NOT_FOUND, { resource: "simulator" });
  const permission: Permission = pathname === "/faults" && !isRead ? "chaos" : "phones";
  if (!permissions.has(permission)) throw new AppError(consoleErrors.noPermission, { permission });
  const type = headerOf(request.headers, "content-type");
  const answer = await simulator({
    method: request.method,
    target: `/simulator${rest}`,
    headers: { host: "127.0.0.1", ...(type === undefined ? {} : { "content-type": type }) },
    scheme: "http",
    peer: "127.0.0.1",
    ...(request.contentLength === undefined ? {} : { contentLength: request.contentLength }),
    readBody: (maxOctets) => request.readBody(Math.min(maxOctets, MAX_BODY_OCTETS)),
  });
  return passAnswer(answer);
}
