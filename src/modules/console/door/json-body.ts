import { AppError } from "../../../kernel/errors.ts";
import { headerOf, type HttpRequest, type HttpResponse } from "../../../platform/http/index.ts";
import { consoleErrors } from "../errors.ts";
import { DATA_HEADERS } from "./answer-headers.ts";

/** A password, a token and an e-mail address fit in. */
const MAX_BODY_OCTETS = 8_192;

/** The members of a JSON body. Throws 20001 for anything that is no JSON object, and says so by its type: forms cannot. */
export async function readJsonBody(request: HttpRequest): Promise<Readonly<Record<string, unknown>>> {
  const type = headerOf(request.headers, "content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) throw new AppError(consoleErrors.noJson);
  const text = (await request.readBody(MAX_BODY_OCTETS)).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below, with everything else that is no object.
  }
  throw new AppError(consoleErrors.noJson);
}

/** A member that is a text of some length; `undefined` where it is absent or empty. */
export function textIn(
  body: Readonly<Record<string, unknown>>,
  name: string,
  maxCharacters: number,
): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string" || value.length > maxCharacters) throw new AppError(consoleErrors.noJson);
  return value;
}

/** An answer in JSON. */
export function jsonAnswer(status: number, value: unknown, headers: readonly string[] = []): HttpResponse {
  return {
    status,
    headers: [...DATA_HEADERS, "Content-Type", "application/json", ...headers],
    body: `${JSON.stringify(value)}\n`,
  };
}

/** An error in JSON, with what else the page has to know. Never asks a browser for credentials in a window of its own. */
export function errorAnswer(error: AppError, more: Readonly<Record<string, unknown>> = {}): HttpResponse {
  const { code, message, status, detail } = error;
  const seconds = detail["seconds"];
  const retry = status === 429 || status === 503 ? ["Retry-After", String(seconds ?? 1)] : [];
  const moreInfo = `https://www.twilio.com/docs/errors/${code}`;
  return jsonAnswer(status, { code, message, more_info: moreInfo, status, ...more }, retry);
}
