import type { Simulator } from "../../modules/simulator/index.ts";
import { NOT_FOUND, type HttpRequest, type HttpResponse } from "../../platform/http/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { RecentRing, ringSource, type LiveSource } from "../../platform/live/index.ts";
import { readRunFile } from "../run-file.ts";

const KEPT_EVENTS = 2_000;
const TIMEOUT_MS = 5_000;
const MAX_BODY_OCTETS = 16_384;

/** What happens on the simulated phones, as it happens. They are the operator's. */
export function phoneSource(simulator: Simulator, operatorSid: () => string | undefined): LiveSource {
  const ring = new RecentRing<unknown>({ capacity: KEPT_EVENTS });
  simulator.onEvent((event) => {
    if (event.type === "message" || event.type === "message-changed") ring.add(operatorSid(), event);
  });
  return ringSource("phones", ring);
}

/**
 * The simulated phones of a system of several processes, which are a process of their own on the machine of the
 * supervisor; the run file says where.
 */
export function remotePhones(dataFolder: string): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const run = await readRunFile(dataFolder);
    if (run === undefined || run.phonesUrl === null) throw new AppError(NOT_FOUND, { resource: request.target });
    const { method, target } = request;
    const isRead = method === "GET" || method === "HEAD";
    const type = request.headers["content-type"];
    const answer = await fetch(`${run.phonesUrl}${target}`, {
      method,
      headers: typeof type === "string" ? { "Content-Type": type } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
      ...(isRead ? {} : { body: new Uint8Array(await request.readBody(MAX_BODY_OCTETS)) }),
    });
    const headers = ["Content-Type", answer.headers.get("content-type") ?? "application/json"];
    return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
}
